// algorithm_more_test.cpp: selections, set operations, heaps, shifts and elements in raw memory, against
// those of the standard: on random numbers with duplicates, sizes around the blocks, and elements that throw.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/algorithm.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

struct item {
    int key;
    std::string text;
    friend bool operator==(const item&, const item&) = default;
};
bool by_key(const item& a, const item& b) { return a.key < b.key; }

// check(n, random) for sizes with few and with many duplicates.
template <class F>
void sizes(F&& check) {
    std::mt19937_64 random(seed());
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        for (std::size_t n : {0, 1, 2, 7, 100, 4097, 9001, 70'000}) {
            SCOPED_TRACE(std::to_string(n) + " items, " + std::to_string(workers) + " workers");
            pool.run([&] { check(n, random); });
        }
    }
}

ints numbers(std::size_t n, int distinct, std::mt19937_64& random) {
    ints v(n);
    for (int& x : v) x = static_cast<int>(random() % static_cast<unsigned>(distinct));
    return v;
}
std::vector<item> items(const ints& keys, const std::string& text) {
    std::vector<item> v;
    for (const int key : keys) v.push_back({key, text + std::to_string(v.size())});
    return v;
}

// Places at the ends, near them, and somewhere.
std::vector<std::size_t> places(std::size_t n, std::mt19937_64& random) {
    std::vector<std::size_t> all{0, n / 2, n};
    if (n > 20) all.insert(all.end(), {9, n - 1, static_cast<std::size_t>(random() % n)});
    return all;
}

TEST(Selections, NthElement) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        for (int distinct : {3, 1 << 30}) {
            const ints in = numbers(n, distinct, random);
            ints sorted = in;
            std::ranges::sort(sorted);
            for (const std::size_t place : places(n, random)) {
                ints v = in;
                veda::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(place), v.end());
                if (place < n) {
                    const int wanted = v[place];
                    ASSERT_EQ(wanted, sorted[place]);
                    const auto at = v.begin() + static_cast<std::ptrdiff_t>(place);
                    ASSERT_TRUE(std::all_of(v.begin(), at, [&](int x) { return x <= wanted; }));
                    ASSERT_TRUE(std::all_of(at, v.end(), [&](int x) { return x >= wanted; }));
                }
                std::ranges::sort(v);
                ASSERT_EQ(v, sorted);
            }
        }
    });
}

TEST(Selections, PartialSort) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        const ints in = numbers(n, n % 2 == 0 ? 50 : 1 << 30, random);
        ints sorted = in;
        std::ranges::sort(sorted, std::greater<>{});
        for (const std::size_t place : places(n, random)) {
            const auto middle = static_cast<std::ptrdiff_t>(place);
            ints v = in;
            veda::partial_sort(v.begin(), v.begin() + middle, v.end(), std::greater<>{});
            ASSERT_TRUE(std::equal(v.begin(), v.begin() + middle, sorted.begin()));
            std::ranges::sort(v, std::greater<>{});
            ASSERT_EQ(v, sorted);
            std::deque<int> out(place + (place == n ? 5 : 0), -1);
            ASSERT_EQ(veda::partial_sort_copy(in.begin(), in.end(), out.begin(), out.end(), std::greater<>{}),
                      out.begin() + middle);
            ASSERT_TRUE(std::equal(out.begin(), out.begin() + middle, sorted.begin()));
        }
    });
}

TEST(Selections, OfRangesByAMember) {
    std::mt19937_64 random(seed());
    auto v = items(numbers(100'000, 1000, random), "text ");
    std::vector<item> three(3);
    veda::partial_sort_copy(v, three, std::greater<>{}, &item::key);
    veda::nth_element(v, v.begin() + 500, {}, &item::key);
    EXPECT_LE(v[3].key, v[500].key);
    veda::partial_sort(v, v.begin() + 3, std::greater<>{}, &item::key);
    for (std::size_t i = 0; i != 3; ++i) EXPECT_EQ(v[i].key, three[i].key);
    std::vector<std::unique_ptr<int>> pointers;
    for (int i = 0; i != 80'000; ++i) pointers.push_back(std::make_unique<int>(i * 7919 % 80'021));
    veda::nth_element(pointers, pointers.begin() + 70'000, {}, [](const auto& p) { return *p; });
    for (int i = 0; i != 70'000; ++i) ASSERT_LE(*pointers[static_cast<std::size_t>(i)], *pointers[70'000]);
}

// All four of one pair of ranges, by the standard algorithms and by ours.
template <class T, class Less>
void check_sets(const std::vector<T>& a, const std::vector<T>& b, Less less) {
    const auto check = [&](auto ours, auto theirs) {
        std::vector<T> out(a.size() + b.size()), expected(out);
        out.erase(ours(a.begin(), a.end(), b.begin(), b.end(), out.begin(), less), out.end());
        expected.erase(theirs(a.begin(), a.end(), b.begin(), b.end(), expected.begin(), less),
                       expected.end());
        ASSERT_TRUE(out == expected);
    };
    check([](auto... x) { return veda::set_union(x...); }, [](auto... x) { return std::set_union(x...); });
    check([](auto... x) { return veda::set_intersection(x...); },
          [](auto... x) { return std::set_intersection(x...); });
    check([](auto... x) { return veda::set_difference(x...); },
          [](auto... x) { return std::set_difference(x...); });
    check([](auto... x) { return veda::set_symmetric_difference(x...); },
          [](auto... x) { return std::set_symmetric_difference(x...); });
    ASSERT_EQ(veda::includes(a.begin(), a.end(), b.begin(), b.end(), less),
              std::includes(a.begin(), a.end(), b.begin(), b.end(), less));
}

TEST(Sets, AreThoseOfTheStandard) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        for (int distinct : {10, 1 << 20}) {
            for (std::size_t m : {n, n / 5}) {
                ints a = numbers(n, distinct, random), b = numbers(m, distinct, random);
                std::ranges::sort(a);
                std::ranges::sort(b);
                check_sets(a, b, std::less<>{});
                check_sets(b, a, std::less<>{});
                ints part;
                for (std::size_t i = 0; i < a.size(); i += 2) part.push_back(a[i]);
                check_sets(a, part, std::less<>{});
                if (n > 10'000) check_sets(items(a, "a"), items(b, "b"), by_key);
            }
        }
    });
}

TEST(Sets, OfRangesByTwoProjections) {
    veda::runtime pool(veda::config{}.workers(3));
    pool.run([] {
        ints a(30'000), b(20'000);
        std::iota(a.begin(), a.end(), 0);
        for (int i = 0; i != 20'000; ++i) b[static_cast<std::size_t>(i)] = -2 * i;
        ints out(50'000);
        const auto end = veda::set_intersection(a, b, out.begin(), {}, {}, std::negate<>{});
        EXPECT_EQ(end - out.begin(), 15'000);
        EXPECT_EQ(out[7], 14);
        EXPECT_TRUE(veda::includes(a, ints{-2, -8}, {}, {}, std::negate<>{}));
    });
}

TEST(Heaps, EndWhereAChildIsGreater) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        ints v = numbers(n, 1000, random);
        EXPECT_EQ(veda::is_heap_until(v.begin(), v.end()), std::is_heap_until(v.begin(), v.end()));
        std::ranges::make_heap(v);
        EXPECT_TRUE(veda::is_heap(v.begin(), v.end()) && veda::is_heap(v));
        if (n < 10) return;
        v[n - 3] = 5000;
        EXPECT_EQ(veda::is_heap_until(v), v.end() - 3);
        EXPECT_FALSE(veda::is_heap(v, std::greater<>{}));
        std::ranges::make_heap(v, {}, std::negate<>{});
        EXPECT_TRUE(veda::is_heap(v, {}, std::negate<>{}));
    });
}

TEST(InPlaceMerge, OfNumbersAndOfWhatIsMoved) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        ints keys = numbers(n, 1000, random);
        const auto middle = static_cast<std::ptrdiff_t>(n / 3);
        std::sort(keys.begin(), keys.begin() + middle);
        std::sort(keys.begin() + middle, keys.end());
        ints v = keys;
        veda::inplace_merge(v.begin(), v.begin() + middle, v.end());
        EXPECT_TRUE(std::ranges::is_sorted(v));
        auto texts = items(keys, "text "), expected = texts;
        veda::inplace_merge(texts, texts.begin() + middle, {}, &item::key);
        std::inplace_merge(expected.begin(), expected.begin() + middle, expected.end(), by_key);
        EXPECT_TRUE(texts == expected);
    });
}

TEST(SearchN, FindsTheFirstRun) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        const ints v = numbers(n, 2, random);
        for (int count : {-1, 0, 1, 2, 5, 12, 40, 5000}) {
            EXPECT_EQ(veda::search_n(v.begin(), v.end(), count, 1),
                      std::search_n(v.begin(), v.end(), count, 1))
                << count;
        }
        EXPECT_EQ(veda::search_n(v, 3, -1, std::equal_to<>{}, std::negate<>{}),
                  std::search_n(v.begin(), v.end(), 3, 1));
    });
}

TEST(Shift, BothWaysByAnyNumber) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        const ints keys = numbers(n, 1000, random);
        const auto in = items(keys, "text ");
        const auto size = static_cast<std::ptrdiff_t>(n);
        for (std::ptrdiff_t by : std::initializer_list<std::ptrdiff_t>{0, 1, 100, 4095, 5000, size - 1,
                                                                       size, size + 1}) {
            if (by < 0) continue;
            auto v = in;
            v.erase(veda::shift_left(v.begin(), v.end(), by), v.end());
            auto expected = in;
            expected.erase(std::shift_left(expected.begin(), expected.end(), by), expected.end());
            ASSERT_TRUE(v == expected) << by;
            v = expected = in;
            v.erase(v.begin(), veda::shift_right(v, by));
            expected.erase(expected.begin(), std::shift_right(expected.begin(), expected.end(), by));
            ASSERT_TRUE(v == expected) << by;
        }
    });
}

TEST(Writes, GenerateMoveAndReplaceCopy) {
    sizes([](std::size_t n, std::mt19937_64& random) {
        const ints in = numbers(n, 4, random);
        ints out(n), expected(n);
        veda::replace_copy(in.begin(), in.end(), out.begin(), 3, 9);
        std::replace_copy(in.begin(), in.end(), expected.begin(), 3, 9);
        EXPECT_EQ(out, expected);
        std::ranges::fill(out, -1);
        EXPECT_EQ(veda::replace_copy_if(in, out.begin(), [](int x) { return x == -3; }, 9, std::negate<>{}),
                  out.end());
        EXPECT_EQ(out, expected);
        std::ranges::fill(out, -1);
        EXPECT_EQ(veda::replace_copy(in, out.begin(), -3, 9, std::negate<>{}), out.end());
        EXPECT_EQ(out, expected);
        EXPECT_EQ(veda::generate_n(out.begin(), n, [] { return 5; }), out.end());
        EXPECT_EQ(out, ints(n, 5));
        auto texts = items(in, "a text that is too long for the place of a short one ");
        const auto copies = texts;
        std::vector<item> moved(n);
        EXPECT_EQ(veda::move(texts, moved.begin()), moved.end());
        EXPECT_TRUE(moved == copies);
        EXPECT_TRUE(std::ranges::all_of(texts, [](const item& x) { return x.text.empty(); }));
    });
}

// ---- raw memory ------------------------------------------------------------------------------------

class raw {
  public:
    explicit raw(std::size_t n) : size_(n), first_(std::allocator<counted>().allocate(n)) {}
    raw(const raw&) = delete;
    ~raw() { std::allocator<counted>().deallocate(first_, size_); }
    counted* begin() const { return first_; }
    counted* end() const { return first_ + size_; }

  private:
    std::size_t size_;
    counted* first_;
};

TEST(RawMemory, IsFilledAndEmptied) {
    for (std::size_t n : {0u, 1u, 5000u, 40'000u}) {
        std::vector<counted> from;
        for (std::size_t i = 0; i != n; ++i) from.emplace_back(static_cast<int>(i));
        const long before = counted::alive();
        const raw to(n);
        const auto is_made = [&] {
            EXPECT_EQ(counted::alive(), before + static_cast<long>(n));
            return n == 0 || (to.end() - 1)->value() == static_cast<int>(n) - 1;
        };
        EXPECT_EQ(veda::uninitialized_copy(from.begin(), from.end(), to.begin()), to.end());
        EXPECT_TRUE(is_made());
        veda::destroy(to.begin(), to.end());
        EXPECT_EQ(veda::uninitialized_copy_n(from.begin(), n, to.begin()), to.end());
        EXPECT_TRUE(is_made());
        EXPECT_EQ(veda::destroy_n(to.begin(), n), to.end());
        veda::uninitialized_copy(from, to);
        EXPECT_TRUE(is_made());
        veda::destroy(to);
        veda::uninitialized_fill(to.begin(), to.end(), counted(static_cast<int>(n) - 1));
        EXPECT_TRUE(is_made());
        veda::destroy(to);
        EXPECT_EQ(veda::uninitialized_fill_n(to.begin(), n, counted(static_cast<int>(n) - 1)), to.end());
        veda::destroy(to);
        EXPECT_EQ(veda::uninitialized_move(from.begin(), from.end(), to.begin()), to.end());
        EXPECT_TRUE(is_made());
        EXPECT_TRUE(n == 0 || from[0].value() == -1);
        veda::destroy(to);
        EXPECT_EQ(veda::uninitialized_move_n(from.begin(), n, to.begin()),
                  std::pair(from.end(), to.end()));
        veda::destroy(to);
        EXPECT_EQ(counted::alive(), before);

        std::vector<int> numbers(n, 7);
        veda::uninitialized_value_construct(numbers);
        EXPECT_EQ(std::ranges::count(numbers, 0), static_cast<std::ptrdiff_t>(n));
        EXPECT_EQ(veda::uninitialized_value_construct_n(numbers.begin(), n), numbers.end());
        std::vector<std::string> texts;
        std::allocator<std::string> memory;
        std::string* const place = memory.allocate(n);
        veda::uninitialized_default_construct(place, place + n);
        veda::destroy(place, place + n);
        EXPECT_EQ(veda::uninitialized_default_construct_n(place, n), place + n);
        veda::destroy(place, place + n);
        memory.deallocate(place, n);
    }
}

TEST(RawMemory, IsEmptyAgainAfterAThrow) {
    constexpr std::size_t n = 40'000;
    std::vector<counted> from;
    from.reserve(n);
    for (std::size_t i = 0; i != n; ++i) from.emplace_back(static_cast<int>(i));
    const long before = counted::alive();
    const raw to(n);
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        for (long after : {1L, 100L, 5000L, 30'000L}) {
            counted::throw_after() = after;
            EXPECT_EQ(thrown_by([&] { pool.run([&] { veda::uninitialized_copy(from, to); }); }),
                      "a copy or move failed");
            counted::throw_after() = 0;
            EXPECT_EQ(counted::alive(), before);
        }
    }
}

TEST(Selections, AThrowingOrderLosesNothing) {
    std::mt19937_64 random(seed());
    veda::runtime pool(veda::config{}.workers(3));
    for (long after : {1L, 300L, 5000L, 100'000L}) {
        auto v = items(numbers(80'000, 1 << 20, random), "text ");
        auto before = v;
        std::atomic<long> left{after};
        const auto less = [&](const item& a, const item& b) {
            if (left.fetch_sub(1) == 1) throw std::runtime_error("no order");
            return a.key < b.key;
        };
        (void)thrown_by([&] { pool.run([&] { veda::nth_element(v, v.begin() + 40'000, less); }); });
        left = after;
        (void)thrown_by([&] { pool.run([&] { veda::partial_sort(v, v.begin() + 100, less); }); });
        const auto by_text = [](const item& a, const item& b) { return a.text < b.text; };
        std::ranges::sort(v, by_text);
        std::ranges::sort(before, by_text);
        EXPECT_TRUE(v == before);
    }
}

}  // namespace
