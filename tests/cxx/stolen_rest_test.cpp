// stolen_rest_test.cpp: a short loop that began while nobody asked for work, and of which a thief then takes
// all that is left, in the middle.
#include "support.hpp"

#include <gtest/gtest.h>
#include <veda/loop.h>

#include <functional>
#include <string>
#include <vector>

namespace {

using namespace veda::test;

constexpr std::size_t items = 9;
constexpr std::size_t middle = 3;  // this item ends only after a thief has run a later one

// Runs inner on a worker of two, in the middle of a loop of which something else is public, while the other
// worker is busy. What inner calls for each item calls at(item).
class theft {
  public:
    template <class F>
    void run(F inner) {
        veda::runtime pool(veda::config{}.workers(2));
        pool.run([&] {
            veda::par(0, 3).for_each([&](int part) {
                if (part == 2) return keep_busy();
                if (part == 1) return;
                await(other_is_busy_);
                // Answers those that asked before they fell asleep; part 1 stays public.
                for (int i = 0; i < 1000 && veda::detail::is_asked(veda::detail::this_head()); ++i)
                    veda::join([] {}, [] {});
                inner();
            });
        });
    }
    void at(std::size_t item) {
        if (item != middle) {
            if (item > middle) taken_ = true;
            return;
        }
        middle_reached_ = true;
        while (!taken_) veda::join([] {}, [] {});  // answers a thief that asks
    }

  private:
    void keep_busy() {
        other_is_busy_ = true;
        await(middle_reached_);
    }
    std::atomic<bool> other_is_busy_{false}, middle_reached_{false}, taken_{false};
};

std::vector<std::size_t> numbers() {
    std::vector<std::size_t> all(items);
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

TEST(StolenRest, IsCombinedInOrder) {
    theft thief;
    std::string text;
    thief.run([&] {
        text = veda::par(std::size_t{0}, items)
                   .map([&](std::size_t i) { return thief.at(i), std::to_string(i); })
                   .reduce(std::string(), std::plus<>{});
    });
    EXPECT_EQ(text, "012345678");
}

TEST(StolenRest, IsCollectedInItsPlace) {
    theft thief;
    std::vector<std::size_t> all;
    thief.run([&] {
        all = veda::par(std::size_t{0}, items)
                  .map([&](std::size_t i) { return thief.at(i), i; })
                  .collect<std::vector<std::size_t>>();
    });
    EXPECT_EQ(all, numbers());
}

TEST(StolenRest, ThrowsAfterWhatIsLeftOfIt) {
    for (std::size_t from : {middle, middle + 1, items - 1}) {
        theft thief;
        std::string thrown;
        thief.run([&] {
            thrown = thrown_by([&] {
                veda::par(std::size_t{0}, items).for_each([&](std::size_t i) {
                    thief.at(i);
                    if (i >= from) throw static_cast<int>(i);
                });
            });
        });
        EXPECT_EQ(thrown, "int " + std::to_string(from));
    }
}

// The same through the C functions.
struct visits {
    theft thief;
    std::atomic<int> count[items] = {};

    void visit(std::size_t i) {
        thief.at(i);
        ++count[i];
    }
    void expect_each_once() const {
        for (const auto& c : count) EXPECT_EQ(c, 1);
    }
};

TEST(StolenRest, OfVedaForRunsOnce) {
    visits all;
    const auto body = [](void* ctx, std::uint64_t begin, std::uint64_t end, const veda_exec_t*) {
        for (std::uint64_t i = begin; i < end; ++i) static_cast<visits*>(ctx)->visit(i);
        return end;
    };
    all.thief.run([&] {
        veda_for_desc_t range{};
        range.struct_size = sizeof range;
        range.end = items;
        EXPECT_EQ(veda_for(veda_worker_runtime(), &range, body, &all), VEDA_OK);
    });
    all.expect_each_once();
}

TEST(StolenRest, OfVedaJoinNRunsOnce) {
    visits all;
    const auto branch = [](void* ctx, std::uint64_t i, veda_worker_t*) {
        static_cast<visits*>(ctx)->visit(i);
    };
    all.thief.run([&] { EXPECT_EQ(veda_join_n(veda_worker_current(), items, branch, &all), VEDA_OK); });
    all.expect_each_once();
}

TEST(StolenRest, OfVedaReduceIsCombinedInOrder) {
    struct digits {
        std::uint64_t number, scale;
    };
    constexpr digits none{0, 1};
    theft thief;
    digits result{};
    const auto fold = [](void* ctx, std::uint64_t begin, std::uint64_t end, void* acc, const veda_exec_t*) {
        auto& sum = *static_cast<digits*>(acc);
        for (std::uint64_t i = begin; i < end; ++i) {
            static_cast<theft*>(ctx)->at(i);
            sum = {sum.number * 10 + i, sum.scale * 10};
        }
        return end;
    };
    const auto combine = [](void*, void* left, const void* right) {
        auto& l = *static_cast<digits*>(left);
        const auto& r = *static_cast<const digits*>(right);
        l = {l.number * r.scale + r.number, l.scale * r.scale};
    };
    thief.run([&] {
        veda_reduce_desc_t desc{};
        desc.struct_size = sizeof desc;
        desc.end = items;
        desc.acc_size = sizeof none;
        desc.identity = &none;
        EXPECT_EQ(veda_reduce(veda_worker_runtime(), &desc, fold, combine, &thief, &result), VEDA_OK);
    });
    EXPECT_EQ(result.number, 12345678u);
}

}  // namespace
