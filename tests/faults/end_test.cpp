// The default runtime is ended by several threads at once, and by tasks that must not. Everybody
// gets an answer, nobody waits for himself, and no task is lost.
#include <unistd.h>
#include <veda/veda.h>

#include <atomic>

#include "support/crew.hpp"
#include "support/effort.hpp"
#include "support/own_runtime.hpp"

namespace {

struct tasks {
    std::atomic<std::uint64_t> ran{0}, wrong{0};
    std::uint64_t spawned = 0;
};

// A task may ask for the end, or for another beginning, while others wait for its own end.
void ask_for_the_end(void* ctx, veda_worker_t*) {
    auto& t = *static_cast<tasks*>(ctx);
    t.wrong += veda_shutdown(0) != VEDA_E_WORKER;
    t.wrong += veda_shutdown(UINT64_MAX) != VEDA_E_WORKER;
    t.wrong += veda_init(nullptr) != VEDA_E_STATE;
    t.wrong += veda_runtime_default() != veda_worker_runtime();
    ++t.ran;
}

veda_status begin(void (*on_stop)(void*, std::uint32_t) = nullptr, void* ctx = nullptr) {
    veda_runtime_config_t config{};
    config.struct_size = sizeof config;
    config.worker_count = 2;
    config.on_worker_stop = on_stop;
    config.hook_ctx = ctx;
    return veda_init(&config);
}

TEST(End, RacesOfShutdowns) {
    alarm(1200);
    const std::uint64_t rounds = veda::test::scaled(2000, 100'000);
    tasks t;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        ASSERT_EQ(begin(), VEDA_OK) << veda_last_error();
        veda_runtime_t* runtime = veda_runtime_default();
        for (int i = 0; i < 4; ++i, ++t.spawned)
            ASSERT_EQ(veda_spawn(runtime, ask_for_the_end, &t), VEDA_OK);
        veda::test::run_together(3, [&](unsigned index) {
            const veda_status ended = veda_shutdown(index == 0 ? 0 : UINT64_MAX);
            t.wrong += ended != VEDA_OK && !(index == 0 && ended == VEDA_E_BUSY);
        });
        ASSERT_EQ(t.ran, t.spawned);
        ASSERT_EQ(t.wrong, 0u) << "round " << round;
        ASSERT_EQ(veda_runtime_destroy(runtime), VEDA_E_HANDLE);
    }
}

TEST(End, RacesOfBeginningsAndEnds) {
    alarm(1200);
    const std::uint64_t rounds = veda::test::scaled(1000, 20'000);
    std::atomic<std::uint64_t> wrong{0}, begun{0};
    veda::test::run_together(4, [&](unsigned index) {
        for (std::uint64_t round = 0; round < rounds; ++round) {
            if ((round + index) % 2) {
                const veda_status ended = veda_shutdown(UINT64_MAX);
                wrong += ended != VEDA_OK;
            } else {
                const veda_status started = begin();
                wrong += started != VEDA_OK && started != VEDA_E_STATE;
                begun += started == VEDA_OK;
            }
        }
    });
    EXPECT_EQ(wrong, 0u);
    EXPECT_GT(begun, 1u);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

// The hook of a worker that stops may use the library: it finds the next default runtime.
TEST(End, StopHookAsksForTheDefaultRuntime) {
    alarm(60);
    std::atomic<int> stopped{0}, started{0};
    struct seen {
        std::atomic<int>&stopped, &started;
    } s{stopped, started};
    const auto on_stop = [](void* ctx, std::uint32_t) {
        auto& s = *static_cast<seen*>(ctx);
        s.started += veda_runtime_default() != nullptr;
        ++s.stopped;
    };
    ASSERT_EQ(begin(on_stop, &s), VEDA_OK);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
    EXPECT_EQ(stopped, 2);
    EXPECT_EQ(started, 2);
    EXPECT_EQ(veda_shutdown(UINT64_MAX), VEDA_OK);
}

}  // namespace
