// at_once_test.cpp: what is shown to other workers: few long bodies begin at once, and small loops inside
// each other keep to themselves what nobody asks for.
#include "support.hpp"

#include <veda/loop.h>

#include <gtest/gtest.h>

#include <functional>

namespace {

using namespace veda::test;

// Everybody who comes waits for all others, so that a body that does not begin hangs the test.
class meeting {
  public:
    explicit meeting(std::uint32_t all) : all_(all) {}
    void come() {
        here_.fetch_add(1, std::memory_order_acq_rel);
        while (here_.load(std::memory_order_acquire) < all_) std::this_thread::yield();
    }

  private:
    const std::uint32_t all_;
    std::atomic<std::uint32_t> here_{0};
};

void for_by_c(std::uint32_t n, const std::function<void(std::uint64_t)>& body) {
    veda_for_desc_t desc{};
    desc.struct_size = sizeof desc;
    desc.end = n;
    const auto run = [](void* ctx, std::uint64_t begin, std::uint64_t end, const veda_exec_t*) {
        for (std::uint64_t i = begin; i < end; ++i)
            (*static_cast<const std::function<void(std::uint64_t)>*>(ctx))(i);
        return end;
    };
    ASSERT_EQ(veda_for(veda_worker_runtime(), &desc, run, const_cast<void*>(static_cast<const void*>(&body))),
              VEDA_OK);
}

void join_by_c(std::uint32_t n, const std::function<void(std::uint64_t)>& body) {
    const auto run = [](void* ctx, std::uint64_t i, veda_worker_t*) {
        (*static_cast<const std::function<void(std::uint64_t)>*>(ctx))(i);
    };
    ASSERT_EQ(veda_join_n(veda_worker_current(), n, run, const_cast<void*>(static_cast<const void*>(&body))),
              VEDA_OK);
}

// guarantee: progress-11
TEST(AtOnce, FewLongBodiesBeginAtOnce) {
    for (std::uint32_t n : {2u, 3u, 4u, 8u}) {
        veda::runtime pool(veda::config{}.workers(n));
        for (int round = 0; round < 10; ++round) {
            pool.run([n] {
                meeting for_each(n), sum(n), join(n), c_for(n), c_join(n);
                veda::par(0u, n).for_each([&](std::uint32_t) { for_each.come(); });
                EXPECT_EQ(veda::par(0u, n).map([&](std::uint32_t) { return sum.come(), 1u; }).sum(), n);
                veda::join_n(n, [&](std::uint32_t) { join.come(); });
                for_by_c(n, [&](std::uint64_t) { c_for.come(); });
                join_by_c(n, [&](std::uint64_t) { c_join.come(); });
            });
        }
    }
}

constexpr int depth = 4;  // 10^4 leaves

long by_sum(int below) {
    return below == 0 ? 1 : veda::par(0, 10).map([=](int) { return by_sum(below - 1); }).sum();
}
void by_for_each(int below, std::atomic<long>& leaves) {
    if (below == 0) {
        ++leaves;
    } else {
        veda::par(0, 10).for_each([&, below](int) { by_for_each(below - 1, leaves); });
    }
}
long by_join_n(int below) {
    return below == 0 ? 1 : veda::join_n(10, [=](int) { return by_join_n(below - 1); }, 0L, std::plus<>{});
}
void by_c_for(int below, std::atomic<long>& leaves) {
    if (below == 0) {
        ++leaves;
    } else {
        for_by_c(10, [&, below](std::uint64_t) { by_c_for(below - 1, leaves); });
    }
}

// Both places are taken: by this thread, and by a task that lasts as long as the tree.
TEST(AtOnce, NestedLoopsShowLittleWhileNobodyAsks) {
    veda::runtime pool(veda::config{}.workers(2));
    std::atomic<bool> begun{false}, done{false};
    auto busy_one = pool.spawn([&] {
        begun.store(true, std::memory_order_release);
        await(done);
    });
    await(begun);
    pool.run([&] {
        const auto shown_by = [](auto grow) {
            const auto shown = [] { return veda::read_counter(veda_worker_runtime(), "shared"); };
            const std::uint64_t before = shown();
            EXPECT_EQ(grow(), 10000);
            return shown() - before;
        };
        // The outermost loops find nothing public: a few for each level.
        EXPECT_LT(shown_by([] { return by_sum(depth); }), 200u);
        EXPECT_LT(shown_by([] { return by_join_n(depth); }), 200u);
        std::atomic<long> leaves{0}, c_leaves{0};
        EXPECT_LT(shown_by([&] { return by_for_each(depth, leaves), leaves.load(); }), 200u);
        EXPECT_LT(shown_by([&] { return by_c_for(depth, c_leaves), c_leaves.load(); }), 200u);
    });
    done.store(true, std::memory_order_release);
    busy_one.get();
}

}  // namespace
