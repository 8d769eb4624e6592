// The handles of the C functions: calls from outside against the end of the runtime, and the
// default runtime.
#include <veda/runtime.h>
#include <veda/task.h>

#include "handles.hpp"
#include "model/suites/pool_support.hpp"

namespace {

using namespace veda::model;
using veda::rt::registry;
namespace capi = veda::capi;

void make_known(registry* pool) {
    capi::table_seat seat;
    check(bool(seat), "no room");
    seat.seat(pool);
}
veda_runtime_t* start_with_handle() {
    registry* pool = start_runtime(1).release();
    make_known(pool);
    return capi::handle_of(pool);
}

// A thread outside that uses a handle while the runtime may end: it is refused, or its job runs.
class user {
  public:
    explicit user(veda_runtime_t* handle)
        : job_(new test_job),
          accepted_(new cell<int>(0)),
          thread_([=, job = job_, accepted = accepted_] {
              veda_status status;
              const auto held = capi::checked(handle, "use", status);
              if (!held)
                  return check(status == VEDA_E_SHUTDOWN || status == VEDA_E_HANDLE,
                               "a wrong refusal");
              held->inject_detached(job);
              accepted->set(1);
          }) {}
    void join() { thread_.join(); }
    bool was_served() const { return accepted_->get(); }
    void expect_task_ran() const {
        if (was_served()) job_->expect_ran();
    }
    void expect_kept_promise() {
        join();
        expect_task_ran();
    }

  private:
    test_job* job_;
    cell<int>* accepted_;
    thread thread_;
};

void end(veda_runtime_t* handle) {
    veda_status status;
    auto held = capi::checked(handle, "destroy", status);
    check(bool(held), "not there");
    check(held.close(), "closed already");
    held.finish();
    held.destroy();
}

// The hold of a caller against the closing, without a runtime behind it: whoever is counted may
// look at the runtime, of which state is a part, and whoever has closed it alone may end it.
void hold_against_close(int reopenings) {
    auto* known = new atomic<cell<int>*>(nullptr);
    thread caller([=] {
        cell<int>* state =
            known->load(order::relaxed);  // as a thread does that has the address by itself
        if (!state) return;
        veda_status status;
        const auto held = capi::checked(reinterpret_cast<veda_runtime_t*>(state), "use", status);
        if (held) check(state->get() == 0, "in use after its end");
    });
    auto* state = new cell<int>(0);
    make_known(reinterpret_cast<registry*>(state));
    known->store(state, order::relaxed);
    veda_status status;
    const auto held = capi::checked(reinterpret_cast<veda_runtime_t*>(state), "destroy", status);
    check(bool(held), "not there");
    for (; reopenings > 0; --reopenings)
        if (held.offer_close()) (void)held.decide_close(false);
    if (held.offer_close() && held.decide_close(true)) state->set(1);
    caller.join();
}
SCENARIO(handles, hold_against_close) { hold_against_close(0); }
SCENARIO(handles, hold_against_reopening, .stale_reads = 2) { hold_against_close(1); }

SCENARIO(handles, destroy_against_use, .preemptions = 2, .stale_reads = 1, .timeouts = true,
         .spins = 2) {
    veda_runtime_t* handle = start_with_handle();
    user other(handle);
    end(handle);
    other.expect_kept_promise();
}

SCENARIO(handles, destroy_against_two, .preemptions = 1, .stale_reads = 1, .timeouts = true,
         .spins = 2) {
    veda_runtime_t* handle = start_with_handle();
    user first(handle), second(handle);
    end(handle);
    first.expect_kept_promise();
    second.expect_kept_promise();
}

// A shutdown with a time-out closes the runtime in a moment in which nobody uses it. A call that comes in
// that moment is served, unless the runtime ends: none is refused by an end that is then taken back.
// guarantee: shutdown-9 at handles.offered_close_against_use
SCENARIO(handles, offered_close_against_use, .preemptions = 2, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    veda_runtime_t* handle = start_with_handle();
    user other(handle);
    {
        veda_status status;
        auto held = capi::checked(handle, "shutdown", status);
        check(bool(held), "not there");
        const bool closed = held.offer_close() && held.decide_close(held->drain(0));
        other.join();
        if (!closed) {
            check(other.was_served(), "refused by a runtime that goes on");
            check(held.close(), "closed by nobody");
            held.finish();
        }
        held.destroy();
    }
    other.expect_task_ran();
}

// Two threads make runtimes, and each is found by the other's table.
SCENARIO(handles, two_make_runtimes, .preemptions = 1, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    auto* mine = new atomic<veda_runtime_t*>(nullptr);
    thread other([=] {
        veda_runtime_t* handle = nullptr;
        check(veda_runtime_create(nullptr, &handle) == VEDA_OK, "no runtime");
        mine->store(
            handle,
            order::relaxed);  // known by its address alone, as a table of handles may give it
    });
    veda_runtime_t* handle = nullptr;
    check(veda_runtime_create(nullptr, &handle) == VEDA_OK, "no runtime");
    check(veda_runtime_destroy(handle) == VEDA_OK, "it does not end");
    while (!mine->load(order::relaxed)) yield();
    auto* job = new test_job;
    const veda_status status = veda_spawn_job(mine->load(order::relaxed), job);
    if (status == VEDA_OK)
        check(veda_runtime_drain(mine->load(order::relaxed), UINT64_MAX) == VEDA_OK, "no drain");
    if (status == VEDA_OK) job->expect_ran();
    other.join();
    check(veda_runtime_destroy(mine->load(order::relaxed)) == VEDA_OK, "it does not end");
}

// The default runtime is made once, whoever asks first.
SCENARIO(handles, default_by_two, .preemptions = 1, .stale_reads = 1, .timeouts = true,
         .spins = 2) {
    auto* others = new cell<veda_runtime_t*>(nullptr);
    auto* job = new test_job;
    thread other([=] {
        others->set(veda_runtime_default());
        check(veda_spawn_job(others->get(), job) == VEDA_OK, "no spawn");
    });
    veda_runtime_t* mine = veda_runtime_default();
    other.join();
    check(mine != nullptr && mine == others->get(), "two default runtimes");
    check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no shutdown");
    job->expect_ran();
}

// Of several shutdowns one ends the runtime; after each of them there is none, and its tasks are
// done.
void shutdowns(int others) {
    auto* job = new test_job;
    check(veda_spawn_job(veda_runtime_default(), job) == VEDA_OK, "no spawn");
    const auto shut = [job] {
        check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no shutdown");
        job->expect_ran();
    };
    thread other[2];
    for (int i = 0; i < others; ++i) other[i] = thread(shut);
    shut();
    for (int i = 0; i < others; ++i) other[i].join();
}
SCENARIO(handles, two_shutdowns, .preemptions = 1, .stale_reads = 1, .timeouts = true, .spins = 2) {
    shutdowns(1);
}
SCENARIO(handles, three_shutdowns, .preemptions = 1, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    shutdowns(2);
}

// Who asks for the default runtime while it is shut down gets the old one, which refuses, or a new one, also
// if it was just started and is shut down already.
// guarantee: shutdown-10 at handles.default_found_against_shutdown
SCENARIO(handles, default_found_against_shutdown, .preemptions = 2, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    thread other([] { check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no shutdown"); });
    check(veda_runtime_default() != nullptr, "NULL");
    other.join();
    check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no second shutdown");
}

SCENARIO(handles, default_against_shutdown, .preemptions = 1, .stale_reads = 1, .timeouts = true,
         .spins = 2) {
    check(veda_runtime_default() != nullptr, "no default runtime");
    auto* job = new test_job;
    auto* accepted = new cell<int>(0);
    thread other([=] {
        veda_runtime_t* found = veda_runtime_default();
        check(found != nullptr, "NULL");
        const veda_status status = veda_spawn_job(found, job);
        check(status == VEDA_OK || status == VEDA_E_SHUTDOWN || status == VEDA_E_HANDLE,
              "a wrong refusal");
        accepted->set(status == VEDA_OK);
    });
    check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no shutdown");
    other.join();
    check(veda_shutdown(UINT64_MAX) == VEDA_OK, "no second shutdown");
    if (accepted->get()) job->expect_ran();
}

}  // namespace
