// What may leave a callback, in every slot that takes one. From the C interface nothing may: the
// program ends with a sentence that names the callback. The C++ layer carries every exception to
// whoever waits. The end of a thread is swallowed by neither.
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <veda/veda.hpp>

#include "support/effort.hpp"

namespace {

// -- what leaves ----------------------------------------------------------------------------------

struct no_exception_class {};
struct throws_when_copied : std::exception {
    throws_when_copied() = default;
    throws_when_copied(const throws_when_copied&) : std::exception() { throw 1; }
    const char* what() const noexcept override { return "copied with pain"; }
};
struct says_nothing : std::exception {
    const char* what() const noexcept override { return nullptr; }
};

struct way_out {
    const char* name;
    void (*leave)();
    const char* says;  // in the last words
};

void cancel_this_thread() {
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, nullptr);
    pthread_cancel(pthread_self());
    pthread_testcancel();
}

const way_out thread_ends[] = {
    {"pthread_exit", [] { pthread_exit(nullptr); }, "ended its thread"},
    {"pthread_cancel", cancel_this_thread, "ended its thread"},
};
const way_out exceptions[] = {
    {"std", [] { throw std::runtime_error("a reason"); }, "a reason"},
    {"bad_alloc", [] { throw std::bad_alloc(); }, "bad_alloc"},
    {"int", [] { throw 5; }, "no std::exception"},
    {"text", [] { throw "text"; }, "no std::exception"},
    {"class", [] { throw no_exception_class{}; }, "no std::exception"},
    {"copy_throws", [] { throw throws_when_copied{}; }, "copied with pain"},
    {"no_what", [] { throw says_nothing{}; },
     nullptr},  // std::terminate itself cannot bear this one
};

// -- the slots of the C interface -----------------------------------------------------------------

void (*leave)();  // what the callbacks below do

veda_runtime_t* make_runtime(void (*change)(veda_runtime_config_t&) = nullptr) {
    veda_runtime_config_t config{};
    config.struct_size = sizeof config;
    config.worker_count = 2;
    if (change) change(config);
    veda_runtime_t* runtime = nullptr;
    if (veda_runtime_create(&config, &runtime) != VEDA_OK) std::_Exit(3);
    return runtime;
}
void task(void*, veda_worker_t*) { leave(); }
void stop_hook(void*, uint32_t) { leave(); }

struct c_slot {
    const char* name;
    void (*use)();
    const char* says;
};

uint64_t whole_range(void*, uint64_t, uint64_t end, const veda_exec_t*) {
    leave();
    return end;
}
uint64_t leaving_fold(void*, uint64_t, uint64_t end, void*, const veda_exec_t*) {
    leave();
    return end;
}
uint64_t plain_fold(void*, uint64_t, uint64_t end, void*, const veda_exec_t*) { return end; }
void leaving_combine(void*, void*, const void*) { leave(); }
void plain_combine(void*, void*, const void*) {}

void reduce(veda_fold_fn fold, veda_combine_fn combine) {
    veda_reduce_desc_t range{};
    range.struct_size = sizeof range;
    range.end = 1000;
    range.flags = VEDA_REDUCE_DETERMINISTIC;  // a tree: it combines whoever is there
    range.min_piece = 10;
    alignas(16) std::uint64_t identity = 0, result = 0;
    range.identity = &identity;
    range.acc_size = sizeof identity;
    veda_reduce(make_runtime(), &range, fold, combine, nullptr, &result);
}

const c_slot c_slots[] = {
    {"veda_spawn",
     [] {
         veda_runtime_t* runtime = make_runtime();
         veda_spawn(runtime, task, nullptr);
         veda_runtime_drain(runtime, UINT64_MAX);
     },
     "a detached task"},
    {"veda_scope_spawn",
     [] {
         veda_scope_t scope;
         veda_scope_begin(&scope, make_runtime());
         veda_scope_spawn(&scope, task, nullptr);
         veda_scope_wait(&scope);
     },
     "a task of a scope"},
    {"veda_run", [] { veda_run(make_runtime(), task, nullptr); }, "the callback of veda_run"},
    {"veda_broadcast", [] { veda_broadcast(make_runtime(), task, nullptr); },
     "a callback of veda_broadcast"},
    {"veda_fork",
     [] {
         veda_run(
             make_runtime(),
             [](void*, veda_worker_t* worker) {
                 static std::atomic<bool> begun;
                 veda_job_t job{};
                 job.run = [](veda_job_t*, veda_worker_t*) {
                     begun = true;
                     leave();
                 };
                 veda_fork(worker, &job);
                 while (!begun) std::this_thread::yield();  // until a thief has it
                 veda_join(worker, &job);
             },
             nullptr);
     },
     "a forked job"},
    {"veda_join_n",
     [] {
         veda_run(
             make_runtime(),
             [](void*, veda_worker_t* worker) {
                 veda_join_n(worker, 10, [](void*, std::uint64_t, veda_worker_t*) { leave(); }, nullptr);
             },
             nullptr);
     },
     "a branch of veda_join_n"},
    {"veda_for",
     [] {
         veda_for_desc_t range{};
         range.struct_size = sizeof range;
         range.end = 10;
         veda_for(make_runtime(), &range, whole_range, nullptr);
     },
     "the body of veda_for"},
    {"fold", [] { reduce(leaving_fold, plain_combine); }, "the fold of veda_reduce"},
    {"combine", [] { reduce(plain_fold, leaving_combine); }, "the combine of veda_reduce"},
    {"on_worker_start",
     [] {
         veda_runtime_t* runtime = make_runtime(
             [](veda_runtime_config_t& config) { config.on_worker_start = stop_hook; });
         veda_broadcast(
             runtime, [](void*, veda_worker_t*) {}, nullptr);
     },
     "on_worker_start"},
    {"on_worker_stop",
     [] {
         veda_runtime_destroy(make_runtime(
             [](veda_runtime_config_t& config) { config.on_worker_stop = stop_hook; }));
     },
     "on_worker_stop"},
    {"on_unhandled_error",
     [] {
         veda_runtime_t* runtime = make_runtime([](veda_runtime_config_t& config) {
             config.on_unhandled_error = [](void*, veda_status, const char*) { leave(); };
         });
         veda_spawn(
             runtime, [](void*, veda_worker_t*) { veda_task_fail(VEDA_E_FAILED, "so"); }, nullptr);
         veda_runtime_drain(runtime, UINT64_MAX);
     },
     "on_unhandled_error"},
};

class CSlot : public testing::TestWithParam<c_slot> {};

TEST_P(CSlot, NamesTheCallbackThatAnExceptionLeaves) {
    for (const way_out& way : exceptions) {
        if (way.says == nullptr) continue;
        leave = way.leave;
        EXPECT_EXIT(GetParam().use(), testing::KilledBySignal(SIGABRT),
                    std::string(GetParam().says) + ".* threw an exception.*" + way.says)
            << way.name;
    }
}

TEST_P(CSlot, NamesTheCallbackThatEndsItsThread) {
    for (const way_out& way : thread_ends) {
        leave = way.leave;
        EXPECT_EXIT(GetParam().use(), testing::KilledBySignal(SIGABRT),
                    std::string(GetParam().says) + ".* " + way.says)
            << way.name;
    }
}

INSTANTIATE_TEST_SUITE_P(All, CSlot, testing::ValuesIn(c_slots),
                         [](const auto& info) { return std::string(info.param.name); });

// -- the slots of the C++ layer -------------------------------------------------------------------

struct cxx_slot {
    const char* name;
    void (*use)(veda::runtime&);
};

// The left half waits until the right one has been stolen, so that a thief throws.
void throw_on_a_thief() {
    std::atomic<bool> begun{false};
    veda::join(
        [&] {
            while (!begun) std::this_thread::yield();
        },
        [&] {
            begun = true;
            leave();
        });
}

const cxx_slot cxx_slots[] = {
    {"join_left", [](veda::runtime& r) { r.run([] { veda::join([] { leave(); }, [] {}); }); }},
    {"join_n",
     [](veda::runtime& r) {
         r.run([] { veda::join_n(10, [](int i) { i == 0 ? leave() : void(); }); });
     }},
    {"join_right", [](veda::runtime& r) { r.run([] { veda::join([] {}, [] { leave(); }); }); }},
    {"join_thief", [](veda::runtime& r) { r.run(throw_on_a_thief); }},
    {"scope_body", [](veda::runtime& r) { r.scope([](auto&) { leave(); }); }},
    {"scope_task", [](veda::runtime& r) { r.scope([](auto& s) { s.spawn([] { leave(); }); }); }},
    {"spawn", [](veda::runtime& r) { r.spawn([] { leave(); }).get(); }},
    {"run", [](veda::runtime& r) { r.run([] { leave(); }); }},
    {"broadcast", [](veda::runtime& r) { r.broadcast([] { leave(); }); }},
    {"for_each",
     [](veda::runtime& r) {
         r.run([] {
             veda::par(0, 1000).for_each([](int i) {
                 if (i == 500) leave();
             });
         });
     }},
    {"map_sum",
     [](veda::runtime& r) {
         r.run([] {
             return veda::par(0, 100)
                 .map([](int i) {
                     if (i == 50) leave();
                     return i;
                 })
                 .sum();
         });
     }},
};

class CxxSlot : public testing::TestWithParam<cxx_slot> {};

// What arrived, in a word.
std::string caught_from(const std::function<void()>& use) {
    try {
        use();
    } catch (const throws_when_copied&) {
        return "copy_throws";
    } catch (const says_nothing&) {
        return "no_what";
    } catch (const std::bad_alloc&) {
        return "bad_alloc";
    } catch (const std::runtime_error& e) {
        return e.what() == std::string("a reason") ? "std" : "another std";
    } catch (int value) {
        return value == 5 ? "int" : "another int";
    } catch (const char*) {
        return "text";
    } catch (const no_exception_class&) {
        return "class";
    }
    return "nothing";
}

TEST_P(CxxSlot, CarriesEveryExceptionToWhoWaits) {
    veda::runtime runtime{veda::config{}.workers(3)};
    const std::uint64_t throws = veda::test::number_from("VEDA_THROWS", veda::test::scaled(7000, 1'000'000));
    // A hand-over to a thief takes as long as a crowded machine makes it.
    const bool waits = GetParam().name == std::string("join_thief");
    const std::uint64_t rounds = throws / std::size(exceptions) / (waits ? 20 : 1) + 1;
    for (std::uint64_t round = 0; round < rounds; ++round)
        for (const way_out& way : exceptions) {
            leave = way.leave;
            ASSERT_EQ(caught_from([&] { GetParam().use(runtime); }), way.name);
        }
    EXPECT_EQ(runtime.spawn([] { return 7; }).get(), 7) << "the workers are as before";
}

TEST_P(CxxSlot, DoesNotSwallowTheEndOfAThread) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer of GCC 12 fails on a forced unwinding from an alternate stack";
#endif
    for (const way_out& way : thread_ends) {
        leave = way.leave;
        EXPECT_EXIT(
            {
                veda::runtime runtime{veda::config{}.workers(2)};
                GetParam().use(runtime);
            },
            testing::KilledBySignal(SIGABRT), way.says)
            << way.name;
    }
}

TEST(Join, DoesNotSwallowTheEndOfAThreadBesideAnException) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "AddressSanitizer of GCC 12 fails on a forced unwinding from an alternate stack";
#endif
    EXPECT_EXIT(
        {
            veda::runtime runtime{veda::config{}.workers(1)};
            runtime.run([] { veda::join([] { throw 1; }, [] { pthread_exit(nullptr); }); });
        },
        testing::KilledBySignal(SIGABRT), "ended its thread");
}

INSTANTIATE_TEST_SUITE_P(All, CxxSlot, testing::ValuesIn(cxx_slots),
                         [](const auto& info) { return std::string(info.param.name); });

// Nobody fetches it: the hook gets the sentence, of every kind.
TEST(DetachedTask, TellsTheHookOfEveryException) {
    std::atomic<int> told{0};
    veda::runtime runtime{veda::config{}.workers(2).on_unhandled_error(
        [&](veda_status, std::string_view text) { told += text.data() != nullptr; })};
    int thrown = 0;
    for (int round = 0; round < 50; ++round)
        for (const way_out& way : exceptions) {
            runtime.spawn([f = way.leave] { f(); }).detach();
            ++thrown;
        }
    runtime.drain();
    // One that failed before its handle was dropped has told the handle.
    EXPECT_GT(told, 0);
    EXPECT_LE(told, thrown);
}

// -- a worker that somebody cancels ---------------------------------------------------------------

// A worker's thread never ends by a cancellation: it holds what others wait for.
// guarantee: threads-3
TEST(Cancellation, OfAWorkerDoesNothing) {
    veda::runtime runtime{veda::config{}.workers(2)};
    for (int round = 0; round < 20; ++round) {
        runtime.broadcast([] { pthread_cancel(pthread_self()); });
        // Sleeping is a cancellation point; so is the worker's own wait.
        runtime.broadcast([] { std::this_thread::sleep_for(std::chrono::microseconds(10)); });
        EXPECT_EQ(runtime.spawn([] { return 3; }).get(), 3);
    }
}

}  // namespace
