// untouched_test.cpp: what only reads writes nothing. Every consumer runs over every kind of reference, and
// the sources are compared with what they were.
//
// A kind is a chain over containers that the test keeps. A new consumer goes into every_consumer, a new kind
// of reference into every_kind.
#include "support.hpp"

#include <veda/sources.hpp>

#include <cmath>
#include <compare>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;

constexpr int some_items = 2500;

// What refers to an int and is assigned through.
struct proxy {
    int* at;
    proxy(int& x) : at(&x) {}
    proxy(const proxy&) = default;
    proxy& operator=(const proxy& from) {
        *at = *from.at;
        return *this;
    }
};

// What an item is worth, whatever it is.
int worth(int x) { return x; }
int worth(bool x) { return x ? 1 : 0; }
int worth(std::uint64_t x) { return static_cast<int>(x); }
int worth(const std::unique_ptr<int>& x) { return *x; }
int worth(const proxy& x) { return *x.at; }
template <class A, class B>
int worth(const std::pair<A, B>& x);
template <class... T>
int worth(const std::tuple<T...>& x);
template <class A, class B>
int worth(const std::pair<A, B>& x) {
    return 3 * worth(x.second) + worth(x.first);
}
template <class... T>
int worth(const std::tuple<T...>& x) {
    return std::apply([](const auto&... parts) { return (worth(parts) + ...); }, x);
}
const auto less = [](const auto& a, const auto& b) { return worth(a) < worth(b); };
const auto key = [](const auto& x) { return worth(x); };
const auto nobody = [](const auto&) { return false; };

template <class T>
T greater_of(T a, T b) {
    return worth(a) < worth(b) ? std::move(b) : std::move(a);
}

// make() gives the chain anew.
template <class Make>
void every_consumer(const Make& make) {
    using item = typename decltype(make())::item;
    using value = std::remove_cvref_t<item>;
    const auto greater = [](auto&& a, auto&& b) -> value {
        return greater_of<value>(std::forward<decltype(a)>(a), std::forward<decltype(b)>(b));
    };
    make().for_each([](const auto& x) { (void)worth(x); });
    (void)make().count();
    (void)make().any_of(nobody);
    (void)make().is_sorted(less);
    (void)make().is_sorted_by([](const auto&, const auto&) { return true; });
    (void)make().map(key).sum();
    (void)make().map(key).min();
    (void)make().fold(0, [](int acc, const auto& x) { return acc + worth(x); }).sum();
    (void)make().try_for_each([](const auto&) { return true; });
    (void)make().histogram(1, [](const auto&) { return 0; });
    (void)make().position_last(nobody);
    (void)make().distinct_by(key).count();
    (void)make().in_order(7).count();
    (void)make().reduce_by_key(key, key, std::plus<>{});
    (void)make().map(key).inclusive_scan();
    (void)make().reduce_deterministic(0, [](int acc, const auto& x) {
        if constexpr (std::is_same_v<std::remove_cvref_t<decltype(x)>, int>) return acc + x;
        else return acc + worth(x);
    });
    if constexpr (veda::kept_as_value<item>) {
        (void)make().min(less);
        (void)make().max(less);
        (void)make().min_by_key(key);
        (void)make().max_by_key(key);
        (void)make().min(std::less<>{}, key);
        (void)make().find_any(nobody);
        (void)make().find_first([](const auto& x) { return worth(x) != 0; });
        (void)make().find_last([](const auto& x) { return worth(x) != 0; });
        (void)make().reduce_with(greater);
        (void)make().collect_chunks();
        (void)make().map([](auto&& x) { return std::optional<value>(std::forward<decltype(x)>(x)); })
            .try_reduce_with([&](auto&& a, auto&& b) {
                return std::optional<value>(
                    greater(std::forward<decltype(a)>(a), std::forward<decltype(b)>(b)));
            });
        (void)make().template collect<std::vector<value>>();
        (void)make().filter([](const auto& x) { return worth(x) % 2 == 0; })
            .template collect<std::vector<value>>();
        (void)make().partition([](const auto& x) { return worth(x) % 2 == 0; });
        (void)make().pack([](const auto& x) { return worth(x) % 3 == 0; });
        (void)make().top_k(9, less);
        (void)make().top_k_by_key(9, key);
        (void)make().kth(9, std::less<>{}, key);
        if constexpr (veda::has_its_place<value>) {
            (void)make().group_by_key(1, [](const auto&) { return 0; });
            (void)make().group_by(key);
        }
    }
    if constexpr (std::is_lvalue_reference_v<item>) {
        (void)make().min_ref(less);
        (void)make().max_ref(less, std::identity{});
        (void)make().minmax_ref(std::less<>{}, key);
        (void)make().find_any_ref(nobody);
        (void)make().find_first_ref([](const auto& x) { return worth(x) != 0; });
        (void)make().find_last_ref([](const auto& x) { return worth(x) != 0; });
    }
    if constexpr (std::copy_constructible<value>) {
        (void)make().minmax(less);
        (void)make().minmax(std::less<>{}, key);
        if constexpr (veda::scans<decltype(greater), item>) {
            (void)make().inclusive_scan(greater);
            if (auto first = make().min(less)) {
                (void)make().exclusive_scan(*first, greater);
                (void)make().reduce([&] { return value(*first); }, greater);
                (void)make().fold([&] { return value(*first); }, greater).count();
                (void)make().reduce_deterministic([&] { return value(*first); }, greater);
                (void)make().fold_chunks(7, [&] { return value(*first); }, greater).count();
            }
        }
    }
}

struct sources {
    std::vector<int> a, b;
    std::vector<bool> bits;
    std::vector<std::unique_ptr<int>> owners;
};

// check(chain maker), for each kind of reference.
template <class Check>
void every_kind(sources& s, Check&& check) {
    const sources& fixed = s;
    check([&] { return veda::par(s.a); });
    check([&] { return veda::par(s.a).map([](int& x) { return proxy(x); }); });
    check([&] { return veda::par(s.a).zip(s.b); });
    check([&] { return veda::par_zip(s.a, s.b, fixed.a); });
    check([&] { return veda::par(s.a).zip(s.b).enumerate(); });
    check([&] { return veda::par(fixed.bits).zip(s.a); });
    check([&] { return veda::par(s.owners); });
    check([&] { return veda::par(s.owners).map([](const auto& x) { return std::make_unique<int>(*x); }); });
}

TEST(Untouched, NoConsumerWritesIntoWhatItReads) {
    for (std::uint32_t workers : {1u, 4u}) {
        veda::runtime pool(veda::config{}.workers(workers));
        sources s;
        s.a = numbers(some_items);
        for (int x : numbers(some_items)) {
            s.b.push_back(100 - x);
            s.bits.push_back(x % 3 == 1);
            s.owners.push_back(std::make_unique<int>(x));
        }
        const auto a = s.a, b = s.b;
        const auto bits = s.bits;
        std::vector<const int*> owned;
        for (const auto& x : s.owners) owned.push_back(x.get());
        int kind = 0;
        pool.run([&] {
            every_kind(s, [&](const auto& make) {
                every_consumer(make);
                EXPECT_EQ(s.a, a) << "kind " << kind;
                EXPECT_EQ(s.b, b) << "kind " << kind;
                EXPECT_EQ(s.bits, bits) << "kind " << kind;
                for (std::size_t i = 0; i != owned.size(); ++i) {
                    ASSERT_EQ(s.owners[i].get(), owned[i]) << "kind " << kind;
                    ASSERT_EQ(*owned[i], a[i]) << "kind " << kind;
                }
                ++kind;
            });
        });
    }
}

// What the results are worth when they are pairs of references.
TEST(Untouched, ResultsThatAreReferencesAreTheRightOnes) {
    in_every_pool([](std::uint32_t) {
        std::vector<int> a = numbers(some_items), b(a.size());
        for (std::size_t i = 0; i != b.size(); ++i) b[i] = static_cast<int>(i);
        const auto ends = veda::par(a).map(slowly).zip(b).minmax();
        EXPECT_EQ(ends->first, (std::pair<int, int&>(0, b[0])));
        EXPECT_EQ(ends->second.first, 100);
        const auto last = *veda::par(a).zip(b).reduce_with([](auto, auto y) { return y; });
        EXPECT_EQ(&last.first, &a.back());
        EXPECT_EQ(&last.second, &b.back());
        const auto running = veda::par(a).zip(b).inclusive_scan([](auto x, auto) { return x; });
        EXPECT_EQ(&running.back().second, &b.front());
    });
}

// A type without an assignment.
struct fixed {
    const int value;
    friend bool operator==(const fixed&, const fixed&) = default;
    friend auto operator<=>(const fixed&, const fixed&) = default;
    friend fixed operator+(fixed a, fixed b) { return {a.value + b.value}; }
};

TEST(Untouched, ItemsNeedNoAssignment) {
    in_every_pool([](std::uint32_t) {
        const auto items = [] { return veda::par(0, 1000).map(slowly).map([](int x) { return fixed{x}; }); };
        EXPECT_EQ(items().min(), fixed{0});
        EXPECT_EQ(items().max(), fixed{999});
        EXPECT_EQ(items().minmax()->second, fixed{999});
        EXPECT_TRUE(items().is_sorted());
        EXPECT_EQ(items().reduce(fixed{0}, std::plus<>{}), fixed{499500});
        EXPECT_EQ(items().reduce_with(std::plus<>{}), fixed{499500});
        EXPECT_EQ(items().fold(fixed{0}, std::plus<>{}).reduce_with(std::plus<>{}), fixed{499500});
        EXPECT_EQ(items().reduce_deterministic(fixed{0}, std::plus<>{}), fixed{499500});
        EXPECT_EQ(items().find_last([](const fixed& x) { return x.value < 7; }), fixed{6});
        EXPECT_EQ(items().collect<std::vector<fixed>>().back(), fixed{999});
        const auto is_kept = [](const fixed& x) { return x.value != 3; };
        EXPECT_EQ(items().filter(is_kept).collect<std::vector>().size(), 999u);
    });
}

}  // namespace
