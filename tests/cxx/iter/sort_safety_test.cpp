// sort_safety_test.cpp: orders that contradict themselves or throw. Whatever they say, nothing outside of the
// range is touched, and each element is in the range exactly once afterwards.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/algorithm.hpp>
#include <veda/sort.hpp>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace veda::test;

// ---- elements: plain, too large for a comparison without branches, and not copied like bytes ------

struct large {
    std::int64_t number;
    std::int64_t more[4];
};

void make(int& element, std::int64_t number) { element = static_cast<int>(number); }
void make(large& element, std::int64_t number) { element = {number, {number, number, number, number}}; }
void make(std::unique_ptr<int>& element, std::int64_t number) {
    element = std::make_unique<int>(static_cast<int>(number));
}

std::int64_t number_of(int element) { return element; }
std::int64_t number_of(const large& element) { return element.number; }
std::int64_t number_of(const std::unique_ptr<int>& element) { return element ? *element : INT64_MIN; }

// ---- orders that cannot be trusted ----------------------------------------------------------------

std::uint64_t mixed(std::uint64_t n) {
    n *= 0x9e3779b97f4a7c15u;
    n ^= n >> 32;
    n *= 0xd6e8feb86659fd93u;
    return n ^ n >> 32;
}

enum class lie { always, never, random, seldom, often, takes_turns, now_and_then, throws };
constexpr lie lies[] = {lie::always, lie::never,       lie::random,       lie::seldom,
                        lie::often,  lie::takes_turns, lie::now_and_then, lie::throws};

class liar {
  public:
    liar(lie kind, std::uint64_t from)
        : kind_(kind), asked_(std::make_shared<std::atomic<std::uint64_t>>(from)) {}

    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
        const std::uint64_t n = asked_->fetch_add(1, std::memory_order_relaxed);
        switch (kind_) {
            case lie::always:
                return true;
            case lie::never:
                return false;
            case lie::random:
                return mixed(n) % 2 == 0;
            case lie::seldom:
                return mixed(n) % 16 == 0;
            case lie::often:
                return mixed(n) % 16 != 0;
            case lie::takes_turns:
                return n / 64 % 2 == 0;
            case lie::now_and_then:
                return (number_of(a) < number_of(b)) != (mixed(n) % 64 == 0);
            case lie::throws:
                if (mixed(n) % 3000 == 0) throw std::runtime_error("no order");
                return number_of(a) < number_of(b);
        }
        return false;
    }

  private:
    lie kind_;
    std::shared_ptr<std::atomic<std::uint64_t>> asked_;
};

// ---- the sweep ------------------------------------------------------------------------------------

// A range between elements that must stay as they are.
template <class T>
class guarded {
    static constexpr std::size_t guards = 70;  // more than a block of a partition

  public:
    guarded(std::size_t n, std::mt19937_64& random) : all_(n + 2 * guards) {
        for (std::size_t i = 0; i != all_.size(); ++i)
            make(all_[i], i < guards || i >= guards + n ? -1 - static_cast<std::int64_t>(i)
                                                         : static_cast<std::int64_t>(random() % (n / 3 + 1)));
        before_ = numbers();
    }
    auto begin() { return all_.begin() + guards; }
    auto end() { return all_.end() - guards; }

    void check() const {
        std::vector<std::int64_t> before = before_, now = numbers();
        EXPECT_TRUE(std::equal(now.begin(), now.begin() + guards, before.begin()));
        EXPECT_TRUE(std::equal(now.end() - guards, now.end(), before.end() - guards));
        std::ranges::sort(before);
        std::ranges::sort(now);
        EXPECT_EQ(now, before);
    }

  private:
    std::vector<std::int64_t> numbers() const {
        std::vector<std::int64_t> all;
        for (const T& element : all_) all.push_back(number_of(element));
        return all;
    }

    std::vector<T> all_;
    std::vector<std::int64_t> before_;
};

// change(range, order) for every kind of order.
template <class T, class F>
void lied_to(F&& change) {
    std::mt19937_64 random(seed());
    for (std::uint32_t workers : {1u, 3u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        for (std::size_t n : {2, 3, 5, 20, 21, 25, 26, 60, 130, 400, 2100, 9000, 70'000}) {
            for (lie kind : lies) {
                const std::uint64_t rounds = scaled(n < 1000 ? 20 : 2);
                for (std::uint64_t round = 0; round != rounds; ++round) {
                    guarded<T> range(n, random);
                    const liar order(kind, random());
                    (void)thrown_by([&] { pool.run([&] { change(range, order); }); });
                    range.check();
                    if (testing::Test::HasFailure()) {
                        FAIL() << n << " elements, " << workers << " workers, lie " << static_cast<int>(kind);
                    }
                }
            }
        }
    }
}

template <class T>
class SortSafety : public testing::Test {};
using elements = testing::Types<int, large, std::unique_ptr<int>>;
TYPED_TEST_SUITE(SortSafety, elements);

TYPED_TEST(SortSafety, Unstable) {
    lied_to<TypeParam>([](auto& range, const liar& order) { veda::sort(range.begin(), range.end(), order); });
}
TYPED_TEST(SortSafety, Stable) {
    lied_to<TypeParam>([](auto& range, const liar& order) {
        veda::stable_sort(range.begin(), range.end(), order);
    });
}
TYPED_TEST(SortSafety, Selections) {
    lied_to<TypeParam>([](auto& range, const liar& order) {
        const auto size = range.end() - range.begin();
        veda::nth_element(range.begin(), range.begin() + size / 2, range.end(), order);
        veda::partial_sort(range.begin(), range.begin() + size / 20, range.end(), order);
        veda::inplace_merge(range.begin(), range.begin() + size / 3, range.end(), order);
    });
}
TYPED_TEST(SortSafety, Partitions) {
    lied_to<TypeParam>([](auto& range, const liar& order) {
        const auto likes = [order](const TypeParam& x) { return order(x, x); };
        veda::partition(range.begin(), range.end(), likes);
        veda::stable_partition(range.begin(), range.end(), likes);
    });
}

// A key that is less than whatever it says.
struct lying_key {
    const liar* order;
    std::int64_t number;
    bool operator<(const lying_key& other) const {
        return (*order)(static_cast<int>(number), static_cast<int>(other.number));
    }
    bool operator>(const lying_key& other) const { return other < *this; }
    bool operator<=(const lying_key& other) const { return !(other < *this); }
    bool operator>=(const lying_key& other) const { return !(*this < other); }
    bool operator==(const lying_key& other) const { return !(*this < other); }
};

TYPED_TEST(SortSafety, ByKeys) {
    lied_to<TypeParam>([](auto& range, const liar& order) {
        const auto key = [&order](const TypeParam& x) { return lying_key{&order, number_of(x)}; };
        veda::sort_by_cached_key(std::ranges::subrange(range.begin(), range.end()), key);
    });
}

// A projection that gives another number each time it is asked, to sorts that read the bits of the number.
TYPED_TEST(SortSafety, ProjectionsThatChange) {
    lied_to<TypeParam>([](auto& range, const liar& order) {
        const auto changing = [at = &order](const TypeParam& x) noexcept {
            try {
                return (*at)(x, x) ? 7 : -70'000;
            } catch (...) {
                return 1;
            }
        };
        veda::sort(range.begin(), range.end(), {}, changing);
        veda::stable_sort(range.begin(), range.end(), std::greater<>{}, changing);
    });
}

// All of both are in the output, and nothing else is written.
TEST(SortSafety, Merges) {
    std::mt19937_64 random(seed());
    for (lie kind : lies) {
        for (std::size_t n : {10, 700, 9000, 30'000}) {
            guarded<int> left(n, random), right(n / 2, random);
            std::vector<int> out(n + n / 2 + 2, -7);
            const auto merge = [&] {
                veda::merge(left.begin(), left.end(), right.begin(), right.end(), out.begin() + 1,
                            liar(kind, random()));
            };
            const bool threw = !thrown_by(merge).empty();
            EXPECT_EQ(out.front(), -7);
            EXPECT_EQ(out.back(), -7);
            if (threw) continue;
            std::vector<int> expected(left.begin(), left.end());
            expected.insert(expected.end(), right.begin(), right.end());
            std::vector<int> now(out.begin() + 1, out.end() - 1);
            std::ranges::sort(expected);
            std::ranges::sort(now);
            EXPECT_EQ(now, expected);
        }
    }
}

// A text with an order of its own is sorted by that one.
struct backwards : std::string {
    using std::string::string;
    friend bool operator<(const backwards& a, const backwards& b) {
        return std::string_view(b) < std::string_view(a);
    }
    friend bool operator>(const backwards& a, const backwards& b) { return b < a; }
    friend bool operator<=(const backwards& a, const backwards& b) { return !(b < a); }
    friend bool operator>=(const backwards& a, const backwards& b) { return !(a < b); }
};

TEST(SortSafety, TextsWithAnOrderOfTheirOwn) {
    std::vector<backwards> v(3000);
    for (std::size_t i = 0; i != v.size(); ++i) v[i].assign(std::to_string(i * 7919 % 3001));
    veda::sort(v);
    EXPECT_TRUE(std::is_sorted(v.begin(), v.end()));
}

}  // namespace
