// stack_job.hpp: a typed job on the caller's stack, and the inline tier that forks and joins it.
//
// This file is the hot path of the whole layer: fork is two compared and four stored words, unfork
// is one compared and one stored word. It mirrors the protocol written in <veda/job.h>. It must
// never call, allocate or initialise anything on the fast path that the protocol does not need.
//
// All words of the worker's head are touched by relaxed atomics: thieves write limit and split at
// any time. Relaxed is enough, for a stale look only delays sharing; what a thief may read of the
// job is published by the library (veda_fork_slow, veda_join_slow), with release.
//
// With VEDA_NO_INLINE_TIER defined (the same in all files of a program) everything goes through the
// exported functions: slower, and independent of the frozen layout.
#ifndef VEDA_DETAIL_STACK_JOB_HPP
#define VEDA_DETAIL_STACK_JOB_HPP

#include <veda/job.h>
#include <veda/version.h>
#include <veda/detail/outcome.hpp>
#include <veda/detail/thread_local.hpp>
#include <veda/error.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda::detail {

// A small closure that nobody can look at afterwards is copied into the job: its original can then
// live in registers, which makes a join that is not stolen cheaper.
template <class G>
concept copied_into_job =
    !std::is_lvalue_reference_v<G> && std::is_trivially_copyable_v<std::remove_reference_t<G>> &&
    std::is_copy_constructible_v<std::remove_reference_t<G>> && sizeof(G) <= 32;

template <class G>
class kept_closure {
  public:
    [[gnu::__always_inline__]] explicit kept_closure(std::remove_reference_t<G>& g) noexcept
        : closure_(&g) {}
    std::remove_reference_t<G>& get() noexcept { return *closure_; }

  private:
    std::remove_reference_t<G>* closure_;
};

template <copied_into_job G>
class kept_closure<G> {
  public:
    [[gnu::__always_inline__]] explicit kept_closure(std::remove_reference_t<G>& g) noexcept
        : closure_(g) {}
    std::remove_reference_t<G>& get() noexcept { return closure_; }

  private:
    std::remove_reference_t<G> closure_;
};

// The job of closure type G (a reference type: the closure is borrowed and stays the caller's).
// The outcome is filled only if a thief runs it.
template <class G>
struct alignas(16) stack_job : veda_job_t {
    kept_closure<G> closure;
    outcome<result_t<std::remove_reference_t<G>&>> answer;

    [[gnu::__always_inline__]] explicit stack_job(std::remove_reference_t<G>& g) noexcept : closure(g) {
        __builtin_memcpy(static_cast<veda_job_t*>(this), &header, sizeof(header));
    }

    static void run_stolen(veda_job_t* job, veda_worker_t*) {
        auto* self = static_cast<stack_job*>(job);
        self->answer.capture(self->closure.get());
    }

    // What a fork must set, as one constant: run, and zero in state and thief.
    struct header_words {
        veda_job_fn run;
        std::uint32_t state;
        std::uint32_t thief;
    };
    static_assert(offsetof(veda_job_t, state) == offsetof(header_words, state) &&
                  offsetof(veda_job_t, thief) == offsetof(header_words, thief));
    static constexpr header_words header{&stack_job::run_stolen, 0, 0};
};

// Where a job on the stack is, worked out anew: for a rare path, lest a register be saved, set and kept
// through the whole join for that path alone.
template <class Job>
[[gnu::__always_inline__]] inline Job* address_again(Job& job) noexcept {
    Job* address = &job;
#if defined(__x86_64__)
    asm("lea %1, %0" : "=r"(address) : "m"(job));
#endif
    return address;
}

#ifndef VEDA_NO_INLINE_TIER

// Refuses a library whose worker head has another layout, before main and once per program.
inline const bool inline_tier_checked = [] {
    if (veda_inline_version() != VEDA_INLINE_VERSION) {
        std::fprintf(
            stderr,
            "veda: this program was compiled for inline tier %d, the loaded library %s has "
            "%u; compile it again, or with -DVEDA_NO_INLINE_TIER\n",
            VEDA_INLINE_VERSION, veda_version(), veda_inline_version());
        std::abort();
    }
    return true;
}();

using worker_ptr = veda_worker_head_t*;

// Never null; outside a runtime its limit is null, so that every fork falls into the slow path.
[[gnu::__always_inline__]] inline worker_ptr this_head() noexcept { return read_worker_self(); }

// The calling thread's worker, null outside a runtime. A call: for slow ways only.
inline worker_ptr worker_or_null() noexcept {
    return reinterpret_cast<worker_ptr>(veda_worker_current());
}

// Where a forked job was put.
using fork_slot = veda_job_t**;

// slot >= *bound, where thieves write *bound. On x86-64 one compare with memory, which the compiler
// does not make of an atomic load by itself.
[[gnu::__always_inline__]] inline bool not_below(fork_slot slot, veda_job_t** const* bound) noexcept {
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
    bool result;
    asm("cmp %[bound], %[slot]" : "=@ccae"(result) : [slot] "r"(slot), [bound] "m"(*bound));
    return result;
#else
    return slot >= __atomic_load_n(bound, __ATOMIC_RELAXED);
#endif
}

// Puts the job where thieves may find it. False: the fast way is closed (a thief is hungry, the queue
// is full, or the caller is no worker at all), and nothing was done.
[[gnu::__always_inline__]] inline bool try_fork(worker_ptr worker, veda_job_t* job,
                                            fork_slot& slot) noexcept {
    slot = __atomic_load_n(&worker->head, __ATOMIC_RELAXED);
    if (not_below(slot, &worker->limit)) [[unlikely]] {
        return false;
    }
    __atomic_store_n(slot, job, __ATOMIC_RELAXED);
    __atomic_store_n(&worker->head, slot + 1, __ATOMIC_RELAXED);
    return true;
}

// After try_fork said false: the way that is always open to a worker, and only to one.
[[gnu::__always_inline__]] inline fork_slot fork_slow(worker_ptr worker, veda_job_t* job) noexcept {
    return veda_fork_slow(worker, job);
}

// True: TAKE, nobody has the job and the caller must do its work. False: DONE.
[[gnu::__always_inline__]] inline bool unfork(worker_ptr worker, veda_job_t* job,
                                          fork_slot slot) noexcept {
    if (!not_below(slot, &worker->split)) [[unlikely]] {
        return veda_join_slow(worker, address_again(*job), slot) == VEDA_JOIN_TAKE;
    }
    __atomic_store_n(&worker->head, slot, __ATOMIC_RELAXED);
    return true;
}

// Nobody else sees the job in this slot, and nobody has asked for work. As long as that is so, its owner may
// change what it will do: thieves read that after the library has published it.
inline constexpr bool can_look_at_fork = true;
[[gnu::__always_inline__]] inline bool is_private(worker_ptr worker, fork_slot slot) noexcept {
    return not_below(slot, &worker->split);
}

// Another worker wants part of what this one does.
inline bool wanted(worker_ptr worker) noexcept {
    return __atomic_load_n(&worker->demand, __ATOMIC_RELAXED) != 0;
}
// Between two pieces of a loop: somebody may wait for this worker's place.
inline void look_for_room(worker_ptr worker) noexcept {
    if (__atomic_load_n(&worker->room, __ATOMIC_RELAXED) != 0) [[unlikely]] {
        (void)veda_make_room(reinterpret_cast<veda_worker_t*>(worker));
    }
}
inline std::uint64_t look_ticks(worker_ptr worker) noexcept {
    return __atomic_load_n(&worker->look_ticks, __ATOMIC_RELAXED);
}

#else

using worker_ptr = veda_worker_t*;
struct fork_slot {};

inline worker_ptr this_head() noexcept { return veda_worker_current(); }
inline worker_ptr worker_or_null() noexcept { return veda_worker_current(); }

inline bool try_fork(worker_ptr worker, veda_job_t* job, fork_slot&) {
    if (worker == nullptr) {
        return false;
    }
    must_succeed(veda_fork(worker, job));
    return true;
}

inline fork_slot fork_slow(worker_ptr, veda_job_t*) noexcept { return {}; }

inline bool unfork(worker_ptr worker, veda_job_t* job, fork_slot) noexcept {
    const std::int32_t answer = veda_join(worker, job);
    if (answer < 0) [[unlikely]] {  // in the child of a fork: nobody will run the job
        std::fprintf(stderr, "veda: %s\n", veda_last_error());
        std::abort();
    }
    return answer == VEDA_JOIN_TAKE;
}

inline constexpr bool can_look_at_fork = false;
inline bool is_private(worker_ptr, fork_slot) noexcept { return false; }

// The demand word belongs to the inline tier; without it a loop offers a part at every look.
inline bool wanted(worker_ptr) noexcept { return true; }
inline void look_for_room(worker_ptr worker) noexcept { (void)veda_make_room(worker); }
inline std::uint64_t look_ticks(worker_ptr) noexcept { return 0; }

#endif

// Forks on a thread that is known to be a worker.
inline fork_slot fork(worker_ptr worker, veda_job_t* job) {
    fork_slot slot;
    return try_fork(worker, job, slot) ? slot : fork_slow(worker, job);
}

// In a handler that caught the end of the thread (pthread_exit, or a cancellation): nobody may swallow that.
[[noreturn, gnu::__cold__, gnu::__noinline__]] inline void branch_ended_its_thread() noexcept {
    std::fputs(
        "veda: a branch of a join ended its thread (pthread_exit, or the thread was cancelled) inside the "
        "runtime; a branch must return, because its thread holds work of others; the program ends\n",
        stderr);
    std::abort();
}

// In a handler for everything: keeps the exception, so that the handler can be left.
[[gnu::__cold__, gnu::__noinline__]] inline void keep_caught(outcome<std::monostate>& kept) noexcept {
    std::exception_ptr error = std::current_exception();
    if (error == nullptr) branch_ended_its_thread();
    kept.fail(std::move(error));
}

// The end of a fork whose own half threw what is kept: the job is still run or awaited, and what it gives or
// throws is dropped, because the left half's exception comes first. Not called in the handler: the job's code
// must not find an exception there that is none of its own.
//
// Clang must not find out that this never returns (see call_left in join.hpp); it does not look into a
// function that it must not optimise.
template <class T, class G>
#if defined(__clang__)
[[clang::optnone]]
#endif
[[gnu::__cold__, gnu::__noinline__]] T settle_and_throw(worker_ptr worker, stack_job<G>& job,
                                                        fork_slot slot, outcome<std::monostate>& kept) {
    std::exception_ptr error = kept.take_error();
    if (unfork(worker, &job, slot)) {
        job.answer.capture(job.closure.get());
    }
    job.answer.drop();
    std::rethrow_exception(std::move(error));
}

}  // namespace veda::detail

#endif
