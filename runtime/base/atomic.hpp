// atomic.hpp: the one door to atomics. Only this file names std::atomic, so that an interleaving
// checker can put its own in their place. It offers no stand-alone fence: ThreadSanitizer cannot see
// one, so every order here belongs to an operation.
//
// House rule: every order stronger than relaxed says at its site what it pairs with, and every
// relaxed one why that suffices.
#pragma once

#include <atomic>

#ifdef VEDA_MODEL
#include <model/checker/shim.hpp>
#endif

namespace veda::rt {

#ifdef VEDA_MODEL  // the interleaving tests: tests/model
using model::atomic;
#else
template <class T>
using atomic = std::atomic<T>;
#endif

inline constexpr std::memory_order relaxed = std::memory_order_relaxed;
inline constexpr std::memory_order acquire = std::memory_order_acquire;
inline constexpr std::memory_order release = std::memory_order_release;
inline constexpr std::memory_order acq_rel = std::memory_order_acq_rel;
inline constexpr std::memory_order seq_cst = std::memory_order_seq_cst;

// A word inside a struct whose layout is public C (veda_job_t, veda_worker_head_t).
#ifdef VEDA_MODEL
template <class T>
model::atomic_ref<T> atomic_view(T& word) noexcept {
    return model::atomic_ref<T>(word);
}
#else
template <class T>
std::atomic_ref<T> atomic_view(T& word) noexcept {
    return std::atomic_ref<T>(word);
}
#endif

// One step of a spin loop: tells the core that nothing will change for a few tens of nanoseconds.
inline void cpu_relax() noexcept {
#if defined(VEDA_MODEL)
    model::yield();
#elif defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("isb" ::: "memory");
#elif defined(__riscv)
    asm volatile(".4byte 0x0100000f" ::: "memory");  // pause: a hint, so older cores pass it by
#endif
}

// Keeps the order of this thread's reads and writes for a caller of os::order_threads, which makes it the
// order that everybody sees. Costs no instruction.
inline void keep_program_order() noexcept { std::atomic_signal_fence(std::memory_order_seq_cst); }

}  // namespace veda::rt
