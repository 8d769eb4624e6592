// The number of places follows the machine, up and down, and whatever happens no task is left
// alone. The machine is played by a reader: the real one is in tests/limits.
#include "adapt/follower.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "fork/spawn.hpp"
#include "support/crew.hpp"
#include "support/effort.hpp"
#include "support/temporary_folder.hpp"

namespace {

using std::chrono::steady_clock;
using veda::rt::counter;
using veda::rt::follower;
using veda::rt::registry;
using veda::rt::settings;
using veda::rt::os::cpu_limits;

constexpr std::uint64_t short_pause_ns = 2'000'000;

struct ending {
    void operator()(registry* pool) const {
        pool->drain(UINT64_MAX);
        delete pool;
    }
};
using owned = std::unique_ptr<registry, ending>;

owned make_registry(std::uint32_t workers, std::uint32_t most) {
    settings config;
    config.worker_count = workers;
    config.most_workers = most;
    registry* pool = nullptr;
    EXPECT_EQ(registry::create(config, &pool), VEDA_OK);
    return owned(pool);
}

// What the machine says, for any thread to change.
struct machine {
    std::atomic<std::uint32_t> affinity{64}, quota{0}, pids{0};
    std::atomic<std::uint64_t> looks{0};

    follower::reader reader() {
        return [this] {
            ++looks;
            cpu_limits limits;
            limits.affinity = affinity;
            limits.quota = quota;
            limits.pids_margin = pids;
            return limits;
        };
    }
    void follow(registry& pool) {
        auto made = std::make_unique<follower>(pool, reader(), short_pause_ns);
        ASSERT_EQ(made->start(), 0);
        pool.attach(std::move(made));
    }
};

template <class Condition>
testing::AssertionResult comes_true(Condition condition) {
    const auto deadline = steady_clock::now() + std::chrono::seconds(20);
    while (!condition()) {
        if (steady_clock::now() > deadline) return testing::AssertionFailure() << "not in 20 s";
        std::this_thread::yield();
    }
    return testing::AssertionSuccess();
}

// Tasks that come back again and again until they are told to stop, and count how many run at once.
class steady_load {
  public:
    steady_load(registry& pool, int tasks) : pool_(pool) {
        for (int i = 0; i < tasks; ++i) submit();
    }
    ~steady_load() {
        over_ = true;
        pool_.drain(UINT64_MAX);
    }
    // True once a hundred tasks in a row have begun with at most so many at once.
    testing::AssertionResult settles_to(int most) {
        return comes_true([&] {
            peak_ = 0;
            const int begin = begun_;
            while (begun_ - begin < 100) std::this_thread::yield();
            return peak_ <= most;
        });
    }
    testing::AssertionResult reaches(int many) {
        return comes_true([&] { return peak_.load() >= many; });
    }

  private:
    void submit() {
        veda_job_t* job = veda::rt::make_task(
            [](void* self, veda_worker_t*) { static_cast<steady_load*>(self)->run(); }, this);
        ASSERT_NE(job, nullptr);
        veda::rt::spawn_detached(pool_, job);
    }
    void run() {
        const int now = ++running_;
        ++begun_;
        int peak = peak_;
        while (peak < now && !peak_.compare_exchange_weak(peak, now)) {
        }
        std::this_thread::sleep_for(std::chrono::microseconds(200));
        --running_;
        if (!over_) submit();
    }

    registry& pool_;
    std::atomic<bool> over_{false};
    std::atomic<int> running_{0}, begun_{0}, peak_{0};
};

TEST(Follower, GoesUpAndDownWithTheQuota) {
    machine given;
    given.quota = 1;
    const owned pool = make_registry(1, 4);
    given.follow(*pool);
    steady_load load(*pool, 8);
    for (const std::uint32_t quota : {4u, 2u, 3u, 1u, 4u, 1u, 2u}) {
        given.quota = quota;
        ASSERT_TRUE(comes_true([&] { return pool->limit() == quota; })) << quota;
        EXPECT_TRUE(load.settles_to(static_cast<int>(quota))) << quota;
        EXPECT_TRUE(load.reaches(static_cast<int>(quota))) << quota;
        EXPECT_EQ(pool->count(counter::places), quota);
    }
    EXPECT_EQ(pool->count(counter::place_changes), 7u);
    EXPECT_EQ(pool->worker_count(), 4u) << "threads are kept";
}

TEST(Follower, TakesTheTightestOfTheThree) {
    machine given;
    const owned pool = make_registry(2, 8);
    follower look(*pool, given.reader());
    const auto places = [&](std::uint32_t affinity, std::uint32_t quota, std::uint32_t pids) {
        given.affinity = affinity;
        given.quota = quota;
        given.pids = pids;
        look.look();
        return pool->limit();
    };
    EXPECT_EQ(places(5, 3, 0), 3u);
    EXPECT_EQ(places(2, 3, 0), 2u);
    EXPECT_EQ(places(6, 0, 1), 4u) << "three threads run, one more may be started";
    EXPECT_EQ(places(1, 0, 0), 1u);
    EXPECT_EQ(places(4, 0, 1), 4u) << "four run already";
    EXPECT_EQ(places(64, 64, 0), 8u) << "never more than there is room for";
}

// guarantee: machine-4
TEST(Follower, NeverLeavesNobody) {
    machine given;
    const owned pool = make_registry(2, 4);
    follower look(*pool, given.reader());
    given.affinity = 0;
    look.look();
    EXPECT_EQ(pool->limit(), 1u);
    pool->set_places(0);
    EXPECT_EQ(pool->limit(), 1u);
    steady_load load(*pool, 3);
    EXPECT_TRUE(load.settles_to(1));
}

// guarantee: machine-6
TEST(Follower, SleepsWhileTheRuntimeIdles) {
    machine given;
    given.quota = 2;
    const owned pool = make_registry(2, 4);
    given.follow(*pool);
    {
        steady_load load(*pool, 2);
        ASSERT_TRUE(comes_true([&] { return given.looks > 3; }));
    }
    ASSERT_TRUE(comes_true([&] { return pool->people.load().active == 0; }));
    std::this_thread::sleep_for(std::chrono::nanoseconds(5 * short_pause_ns));  // the last look
    const std::uint64_t looks = given.looks;
    std::this_thread::sleep_for(std::chrono::nanoseconds(50 * short_pause_ns));
    EXPECT_EQ(given.looks, looks);

    // What changed meanwhile is seen once there is work again.
    given.quota = 3;
    steady_load load(*pool, 2);
    EXPECT_TRUE(comes_true([&] { return pool->limit() == 3; }));
}

// Places go up and down all the time, while tasks come one by one from outside, each with children
// that lie hidden in its worker's queue. A lost wake-up leaves one of them alone, and the test
// hangs.
struct family {
    registry& pool;
    std::atomic<std::uint64_t> ran{0};

    void submit(void (*run)(void*, veda_worker_t*)) {
        veda::rt::spawn_detached(pool, veda::rt::make_task(run, this));
    }
    static void child(void* self, veda_worker_t*) { ++static_cast<family*>(self)->ran; }
    static void parent(void* self, veda_worker_t*) {
        auto* all = static_cast<family*>(self);
        for (int i = 0; i < 7; ++i) all->submit(child);
        ++all->ran;
    }
};

TEST(Places, ComeAndGoAndNoTaskIsLeftAlone) {
    const owned pool = make_registry(4, 4);
    family all{*pool};
    std::atomic<bool> over{false};
    const std::uint64_t rounds = veda::test::scaled(10'000);
    veda::test::run_together(3, [&](unsigned index) {
        if (index == 0) {
            for (std::uint32_t turn = 0; !over; ++turn) {
                pool->set_places(turn * 2654435761u >> 30);
                if (turn % 16 == 0) std::this_thread::yield();
            }
            return;
        }
        if (index == 2) return;  // one CPU more for the workers
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            all.submit(family::parent);
            while (all.ran < 8 * round) std::this_thread::yield();
        }
        over = true;
    });
    EXPECT_EQ(all.ran, 8 * rounds);
    EXPECT_GT(pool->count(counter::place_changes), rounds / 100) << "the places really moved";
}

// The only place is held for ever, and a task comes at the moment when a second place does: whoever
// is last sees the other, and the task begins.
struct holder {
    std::atomic<bool> begun{false}, over{false}, second{false};
};

TEST(Places, AnAddedPlaceIsTakenAtOnce) {
    const owned pool = make_registry(2, 2);
    const auto submit = [&](void (*run)(void*, veda_worker_t*), holder& one) {
        veda::rt::spawn_detached(*pool, veda::rt::make_task(run, &one));
    };
    for (std::uint64_t round = 0; round < veda::test::scaled(300); ++round) {
        holder one;
        pool->set_places(1);
        submit(
            [](void* self, veda_worker_t*) {
                auto* one = static_cast<holder*>(self);
                one->begun = true;
                while (!one->over) std::this_thread::yield();
            },
            one);
        while (!one.begun) std::this_thread::yield();
        // Until the other worker sleeps, it would find the task by itself.
        while (pool->people.load().active > 1) std::this_thread::yield();
        veda::test::run_together(2, [&](unsigned index) {
            if (index == 0)
                pool->set_places(2);
            else
                submit(
                    [](void* self, veda_worker_t*) { static_cast<holder*>(self)->second = true; },
                    one);
        });
        while (!one.second) std::this_thread::yield();
        one.over = true;
        pool->drain(UINT64_MAX);
    }
}

// The same from the other side: guests hold places too, and leave them.
TEST(Places, ComeAndGoWhileGuestsDo) {
    const owned pool = make_registry(4, 4);
    family all{*pool};
    std::atomic<bool> over{false};
    const std::uint64_t rounds = veda::test::scaled(1'000);
    veda::test::run_together(2, [&](unsigned index) {
        if (index == 0) {
            for (std::uint32_t turn = 0; !over; ++turn) pool->set_places(1 + turn % 4);
            return;
        }
        for (std::uint64_t round = 1; round <= rounds; ++round) {
            veda::rt::worker* guest = pool->enter();
            all.submit(family::parent);
            pool->leave(*guest);
            while (all.ran < 8 * round) std::this_thread::yield();
        }
        over = true;
    });
    EXPECT_EQ(all.ran, 8 * rounds);
}

// A control group of files, whose quota and whose membership change.
TEST(Follower, ReadsTheFilesAnew) {
    const veda::test::temporary_folder root;
    root.write("proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
    root.write("proc/self/cgroup", "0::/a\n");
    root.write("sys/fs/cgroup/a/cpu.max", "100000 100000\n");
    root.write("sys/fs/cgroup/b/cpu.max", "300000 100000\n");
    veda::rt::os::cpu_limit_reader reader(root.path());
    EXPECT_EQ(reader.read().quota, 1u);
    root.write("sys/fs/cgroup/a/cpu.max", "200000 100000\n");
    EXPECT_EQ(reader.read().quota, 2u);
    root.write("sys/fs/cgroup/a/cpu.max", "max 100000\n");
    EXPECT_EQ(reader.read().quota, 0u);
    root.write("proc/self/cgroup", "0::/b\n");
    EXPECT_EQ(reader.read().quota, 3u);
}

}  // namespace
