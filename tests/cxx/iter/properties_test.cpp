// properties_test.cpp: what holds for every source and every adaptor, one sweep per property: order is kept,
// each item comes once, nothing leaks whatever throws, and an early exit stops the run.
//
// Each entry is a chain of counted ints beside what it must give. Add new sources and adaptors here.
#include "support.hpp"
#include "support/effort.hpp"

#include <veda/slices.hpp>
#include <veda/sources.hpp>
#include <veda/str.hpp>

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <list>
#include <optional>
#include <random>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace veda::test;
using ints = std::vector<int>;

// ---- items that are told to throw -----------------------------------------------------------------

// The value for which making an item throws; -1: none.
std::atomic<int> bad_value{-1};

counted made(int value) {
    if (value == bad_value.load(std::memory_order_relaxed)) throw std::runtime_error("a bad value");
    if (value % 8 == 3) busy(std::chrono::nanoseconds(500));
    return counted(value);
}
const auto make = [](int value) { return made(value); };
const auto remake = [](const counted& x) { return made(x.value()); };

ints up_to(int n) {
    ints all(static_cast<std::size_t>(n));
    std::iota(all.begin(), all.end(), 0);
    return all;
}
template <class C>
C container_of(int n) {
    C all;
    for (int i = 0; i < n; ++i) all.insert(all.end(), counted(i));
    return all;
}

// ---- every source ---------------------------------------------------------------------------------

enum class order { kept, any };

struct span_of_ints {
    int first, last;
};

// check(name, order, chain): the chain gives 0 .. n - 1.
template <class Check>
void every_source(int n, Check&& check) {
    const auto moved = [](counted&& x) { return made(x.value()); };
    check("integers", order::kept, veda::par(0, n).map(make));
    const auto vector = container_of<std::vector<counted>>(n);
    check("borrowed vector", order::kept, veda::par(vector).map(remake));
    check("owned vector", order::kept, veda::par(container_of<std::vector<counted>>(n)).map(moved));
    check("owned deque", order::kept, veda::par(container_of<std::deque<counted>>(n)).map(moved));
    check("owned list", order::kept, veda::par(container_of<std::list<counted>>(n)).map(moved));
    const auto set = container_of<std::set<counted>>(n);
    check("set", order::kept, veda::par(set).map(remake));
    auto drained = container_of<std::vector<counted>>(n);
    check("drain", order::kept, veda::drain(drained).map(moved));
    EXPECT_TRUE(drained.empty());
    check("spaced", order::kept, veda::spaced(0, 1, static_cast<std::uint64_t>(n)).map(make));
    check("table", order::kept,
          veda::iota2d(static_cast<std::uint64_t>(n), 1).map([](veda::index2d at) {
              return made(static_cast<int>(at.row));
          }));
    check("zip of three", order::kept,
          veda::par_zip(veda::par(0, n), veda::par(0, n + 1), vector).map([](const auto& all) {
              return made(std::get<0>(all));
          }));
    const auto children = [](const span_of_ints& node) {
        std::vector<span_of_ints> below;
        const int first = node.first + 1, middle = first + (node.last - first) / 2;
        if (first < middle) below.push_back({first, middle});
        if (middle < node.last) below.push_back({middle, node.last});
        return below;
    };
    check("tree", order::kept,
          veda::walk_tree_prefix(span_of_ints{-1, n}, children)
              .filter([](const span_of_ints& node) { return node.first >= 0; })
              .map([](const span_of_ints& node) { return made(node.first); }));
    const auto divide = [](span_of_ints whole) {
        using parts = std::pair<span_of_ints, std::optional<span_of_ints>>;
        if (whole.last - whole.first < 2) return parts(whole, std::nullopt);
        const int middle = whole.first + (whole.last - whole.first) / 2;
        return parts({whole.first, middle}, span_of_ints{middle, whole.last});
    };
    check("divided", order::kept,
          veda::split(span_of_ints{0, n}, divide)
              .filter([](const span_of_ints& part) { return part.first < part.last; })
              .map([](const span_of_ints& part) { return made(part.first); }));
    std::string text;
    for (int i = 0; i < n; ++i) text += std::to_string(i) + '\n';
    check("lines", order::kept, veda::str(text).lines().map([](std::string_view line) {
        return made(std::stoi(std::string(line)));
    }));
    const ints numbers = up_to(n);
    check("runs", order::kept,
          veda::par_chunk_by(numbers, [](int a, int b) { return a / 3 == b / 3; })
              .flat_map_seq([](std::span<const int> run) { return run; })
              .map(make));
    check("bridge", order::any, veda::par_bridge(std::views::iota(0, n)).map(make));
}

// ---- every adaptor --------------------------------------------------------------------------------

using transformed = std::function<ints(ints)>;

ints kept_if(ints v, bool (*likes)(int)) {
    std::erase_if(v, [likes](int x) { return !likes(x); });
    return v;
}
bool even(int x) { return x % 2 == 0; }

// Those that go on any chain of counted items. check(name, chain, what it makes of the items).
template <class Base, class Check>
void every_adaptor(const Base& base, Check&& check) {
    const transformed same = [](ints v) { return v; };
    const transformed evens = [](ints v) { return kept_if(std::move(v), even); };
    const transformed doubled = [](ints v) {
        ints all;
        for (int x : v) all.insert(all.end(), {x, x});
        return all;
    };
    const auto twice = [](const counted& x) { return std::vector<counted>(2, x); };
    const auto is_even = [](const counted& x) { return even(x.value()); };
    const auto always = [](const counted&) { return true; };
    check("map", base().map(remake), same);
    check("filter", base().filter(is_even), evens);
    check("filter_map",
          base().filter_map([](counted x) {
              return even(x.value()) ? std::optional(std::move(x)) : std::nullopt;
          }),
          evens);
    check("flat_map", base().flat_map([twice](const counted& x) { return veda::par(twice(x)); }),
          doubled);
    check("flat_map_seq", base().flat_map_seq(twice), doubled);
    check("flatten", base().map(twice).flatten(), doubled);
    check("inspect", base().inspect([](const counted&) {}), same);
    check("update", base().update([](counted& x) { x = counted(x.value()); }), same);
    check("map_with", base().map_with(counted(7), [](counted&, counted x) { return x; }), same);
    check("map_init", base().map_init([] { return counted(7); }, [](counted&, counted x) { return x; }),
          same);
    check("while_some",
          base().map([](counted x) { return std::optional(std::move(x)); }).while_some(), same);
    check("take_any_while", base().take_any_while(always), same);
    check("skip_any_while", base().skip_any_while([](const counted&) { return false; }), same);
    check("take_any", base().take_any(1'000'000), same);
    check("skip_any", base().skip_any(0), same);
    check("chain", base().chain(base()), [](ints v) {
        const ints again = v;
        v.insert(v.end(), again.begin(), again.end());
        return v;
    });
    check("fold",
          base()
              .fold([] { return std::vector<counted>(); },
                    [](std::vector<counted> all, counted x) {
                        all.push_back(std::move(x));
                        return all;
                    })
              .flatten(),
          same);
    check("intersperse", base().intersperse(counted(-5)), [](ints v) {
        ints all;
        for (int x : v) {
            if (!all.empty()) all.push_back(-5);
            all.push_back(x);
        }
        return all;
    });
    check("stop_on", base().stop_on(std::stop_token()), same);
    check("progress", base().progress([](const veda::progress_report&) {}), same);
    check("stop_on_throw", base().stop_on_throw(), same);
}

// Those that ask for an indexed chain.
template <class Base, class Check>
void every_indexed_adaptor(const Base& base, Check&& check) {
    const transformed same = [](ints v) { return v; };
    const auto unpaired = [](auto pair) { return std::move(pair.second); };
    check("take", base().take(100), [](ints v) {
        v.resize(std::min<std::size_t>(v.size(), 100));
        return v;
    });
    check("skip", base().skip(10), [](ints v) {
        return ints(v.begin() + std::min<std::ptrdiff_t>(10, std::ssize(v)), v.end());
    });
    check("step_by", base().step_by(3), [](ints v) {
        ints all;
        for (std::size_t i = 0; i < v.size(); i += 3) all.push_back(v[i]);
        return all;
    });
    check("rev", base().rev(), [](ints v) { return ints(v.rbegin(), v.rend()); });
    check("enumerate", base().enumerate().map(unpaired), same);
    check("zip", veda::par(0, 1'000'000).zip(base()).map(unpaired), same);
    check("chunks", base().chunks(7).flatten(), same);
    check("interleave", base().interleave(base()), [](ints v) {
        ints all;
        for (int x : v) all.insert(all.end(), {x, x});
        return all;
    });
    check("by_uniform_blocks", base().by_uniform_blocks(50), same);
    check("by_exponential_blocks", base().by_exponential_blocks(), same);
    check("with_max_len", base().with_max_len(2), same);
    check("with_min_len", base().with_min_len(20), same);
    check("fold_chunks",
          base()
              .fold_chunks(5, [] { return std::vector<counted>(); },
                           [](std::vector<counted> all, counted x) {
                               all.push_back(std::move(x));
                               return all;
                           })
              .flatten(),
          same);
}

// Everything, over both kinds of chains: check(name, order, chain, expected).
template <class Check>
void everything(int n, Check&& check) {
    const ints all = up_to(n);
    every_source(n, [&](const char* name, order kind, auto&& chain) {
        check(std::string(name), kind, std::move(chain), all);
    });
    const auto adapted = [&](const char* on) {
        return [&, on](const char* name, auto&& chain, const transformed& serial) {
            check(name + std::string(on), order::kept, std::move(chain), serial(all));
        };
    };
    const auto indexed = [n] { return veda::par(0, n).map(make); };
    const auto filtered = [n] { return veda::par(0, n).filter([](int) { return true; }).map(make); };
    every_adaptor(indexed, adapted(" of an indexed chain"));
    every_indexed_adaptor(indexed, adapted(" of an indexed chain"));
    every_adaptor(filtered, adapted(" of a filtered chain"));
}

// ---- the properties -------------------------------------------------------------------------------

ints values(const std::vector<counted>& items) {
    ints all;
    for (const counted& x : items) all.push_back(x.value());
    return all;
}

TEST(Properties, OrderIsKeptAndEachItemComesOnce) {
    in_every_pool([](std::uint32_t workers) {
        for (int n : lengths()) {
            everything(n, [&](const std::string& name, order kind, auto&& chain, ints expected) {
                ints got = values(chain.template collect<std::vector<counted>>());
                if (kind == order::any) std::ranges::sort(got);
                EXPECT_EQ(got, expected)
                    << name << ", " << n << " items, " << workers << " workers";
            });
        }
    });
    EXPECT_EQ(counted::alive(), 0);
}

// The making of an item throws, or any copy or move on its way.
TEST(Properties, NothingLeaksWhateverThrows) {
    std::mt19937_64 random(seed());
    in_every_pool([&](std::uint32_t workers) {
        for (std::uint64_t round = 0; round < scaled(60); ++round) {
            const int n = static_cast<int>(random() % 258);
            const bool by_value = random() % 2 == 0;
            const int which = static_cast<int>(random() % 300);
            everything(n, [&](const std::string& name, order, auto&& chain, const ints& expected) {
                (by_value ? bad_value.store(which) : counted::throw_after().store(which + 1));
                bool threw = false;
                try {
                    const auto all = chain.template collect<std::vector<counted>>();
                    EXPECT_EQ(all.size(), expected.size()) << name;
                } catch (const std::runtime_error&) {
                    threw = true;
                }
                bad_value = -1;
                counted::throw_after() = 0;
                const bool is_there = std::ranges::find(expected, which) != expected.end();
                if (by_value && is_there) {
                    EXPECT_TRUE(threw) << name << ", " << workers << " workers";
                }
            });
            EXPECT_EQ(counted::alive(), 0) << n << " items, " << workers << " workers";
        }
    });
}

// More items than anybody could wait for; the answer is among the first thousand.
TEST(Properties, AnEarlyExitStops) {
    in_every_pool([](std::uint32_t workers) {
        const auto endless = [] {
            return veda::par(std::int64_t{0}, std::int64_t{1} << 40).map([](std::int64_t x) {
                return counted(static_cast<int>(x % 1'000'000));
            });
        };
        const auto filtered = [] {
            return veda::par(std::int64_t{0}, std::int64_t{1} << 40)
                .filter([](std::int64_t) { return true; })
                .map([](std::int64_t x) { return counted(static_cast<int>(x % 1'000'000)); });
        };
        const auto check = [&](const char* name, auto&& chain, const transformed&) {
            if (name == std::string("fold")) return;  // its accumulators are whole, or none
            EXPECT_TRUE(chain.any_of([](const counted& x) { return x.value() == 96; }))
                << name << ", " << workers << " workers";
        };
        every_adaptor(endless, check);
        every_indexed_adaptor(endless, check);
        every_adaptor(filtered, check);
    });
    EXPECT_EQ(counted::alive(), 0);
}

}  // namespace
