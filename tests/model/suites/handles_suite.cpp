// The handles of the C interface: a runtime ends while others begin to use it, and the default one starts and
// ends by several threads at once. Each call is served or refused; what was accepted runs; a runtime that
// refused a call does end.
#include "default_runtime.hpp"
#include "handles.hpp"
#include "model/suites/pool_support.hpp"

namespace veda::capi {

// In the library this one reads the program's configuration first.
veda_status create_runtime(const veda_runtime_config_t*, rt::registry** out, bool) noexcept {
    *out = model::start_runtime(1).release();
    model::check(add_live(*out), "no room for a runtime");
    return VEDA_OK;
}

}  // namespace veda::capi

namespace {

using namespace veda::model;
using veda::rt::registry;
namespace capi = veda::capi;

// A call from outside that submits a task, and what became of it.
struct submission {
    test_job job;
    cell<veda_status> answer{VEDA_OK};

    void to(veda_runtime_t* handle) {
        veda_status status;
        if (const auto held = capi::checked(handle, "submit", status)) held->inject_detached(&job);
        answer.set(status);
    }
    // At the end, when everybody is joined.
    void check_ledger() { check(job.runs.get() == (answer.get() == VEDA_OK), "the task's fate"); }
};

registry* start_live() {
    registry* pool = nullptr;
    check(capi::create_runtime(nullptr, &pool) == VEDA_OK, "the runtime does not start");
    return pool;
}

void destroy_against(int users) {
    registry* pool = start_live();
    veda_runtime_t* handle = capi::handle_of(pool);
    auto* submissions = new submission[2];
    thread other[2];
    for (int i = 0; i < users; ++i) other[i] = thread([=] { submissions[i].to(handle); });
    {
        veda_status status;
        auto held = capi::checked(handle, "destroy", status);
        check(bool(held), "not there");
        check(held.close(), "closed already");
        held.finish();
        held.destroy();
    }
    for (int i = 0; i < users; ++i) {
        other[i].join();
        submissions[i].check_ledger();
    }
}
SCENARIO(handles, destroy_against_use, .preemptions = 2, .stale_reads = 1, .timeouts = true, .spins = 2) {
    destroy_against(1);
}
SCENARIO(handles, destroy_against_two, .preemptions = 1, .stale_reads = 1, .timeouts = true, .spins = 2) {
    destroy_against(2);
}

// A shutdown with a time-out closes the runtime in a moment in which nobody uses it. A call that comes in that
// moment is served, unless the runtime ends: none is refused by an end that is then taken back.
// guarantee: shutdown-9 at handles.close_if_idle_against_use
SCENARIO(handles, close_if_idle_against_use, .preemptions = 2, .stale_reads = 1, .timeouts = true,
         .spins = 2) {
    registry* pool = start_live();
    veda_runtime_t* handle = capi::handle_of(pool);
    auto* submissions = new submission[2];
    thread other([=] { submissions[0].to(handle); });
    bool goes_on;
    {
        veda_status status;
        auto held = capi::checked(handle, "shutdown", status);
        check(bool(held), "not there");
        goes_on = !held.close_if_idle();
        other.join();
        if (goes_on) {
            check(submissions[0].answer.get() == VEDA_OK, "refused by a runtime that goes on");
            submissions[1].to(handle);
            check(submissions[1].answer.get() == VEDA_OK, "it does not go on");
            check(held.close(), "closed already");
            held.finish();
        }
        held.destroy();
    }
    for (int i = 0; i < (goes_on ? 2 : 1); ++i) submissions[i].check_ledger();
}

// -- the default runtime --------------------------------------------------------------------------

void end_default() { check(capi::end_default(UINT64_MAX, "shutdown") == VEDA_OK, "no end"); }

// Whoever asks for the default runtime gets one, although another thread ends it at the same time.
// guarantee: shutdown-10 at handles.default_found_against_its_end
SCENARIO(handles, default_found_against_its_end, .preemptions = 2, .stale_reads = 0, .timeouts = true,
         .spins = 2) {
    thread other([] { end_default(); });
    registry* pool = nullptr;
    check(capi::find_default(&pool, "find") == VEDA_OK, "not found");
    check(pool != nullptr, "found, but NULL");
    other.join();
    end_default();
}

SCENARIO(handles, default_found_by_two_against_its_end, .preemptions = 1, .stale_reads = 0,
         .timeouts = true, .spins = 2) {
    const auto find = [] {
        registry* pool = nullptr;
        check(capi::find_default(&pool, "find") == VEDA_OK && pool != nullptr, "found, but NULL");
    };
    thread other([=] { find(); });
    thread ender([] { end_default(); });
    find();
    other.join();
    ender.join();
    end_default();
}

}  // namespace
