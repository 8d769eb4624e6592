// thread_local.hpp: how inline functions read what is another variable on each thread.
//
// A coroutine may be suspended on one thread and resumed on another. Clang before 19 (seen with 16, not with
// 14, 15 and 19) may work out the address of a thread-local variable once and keep it in the frame:
//
//     thread 1                             thread 2
//     address = where mine lies
//     co_await
//                                          goes on, and uses thread 1's variable by its address
//
// These compilers must never see such an address in a function that can be inlined into a coroutine. Either
// an assembler statement reads the variable, or the function is marked VEDA_READS_THREAD_LOCAL and is a call.
#ifndef VEDA_DETAIL_THREAD_LOCAL_HPP
#define VEDA_DETAIL_THREAD_LOCAL_HPP

#include <veda/job.h>

#if defined(__clang__) && __clang_major__ < 19
#define VEDA_READS_THREAD_LOCAL [[gnu::__noinline__]]
#if defined(__x86_64__) && defined(__LP64__)
#define VEDA_READ_HEAD_X86
#elif defined(__aarch64__) && defined(__LP64__)
#define VEDA_READ_HEAD_ARM
#endif
#else
#define VEDA_READS_THREAD_LOCAL
#endif

#ifndef VEDA_NO_INLINE_TIER

namespace veda::detail {

// Reads veda_worker_self. The assembler statements are the instructions that a compiler uses for it; they are
// volatile so that two of them are never merged into one.
#if defined(VEDA_READ_HEAD_X86)
[[gnu::__always_inline__]] inline veda_worker_head_t* read_worker_self() noexcept {
    veda_worker_head_t* head;
    asm volatile(
        "mov veda_worker_self@gottpoff(%%rip), %0\n\t"
        "mov %%fs:(%0), %0"
        : "=r"(head));
    return head;
}
#elif defined(VEDA_READ_HEAD_ARM)
[[gnu::__always_inline__]] inline veda_worker_head_t* read_worker_self() noexcept {
    veda_worker_head_t* head;
    void* offset;
    asm volatile(
        "mrs %0, tpidr_el0\n\t"
        "adrp %1, :gottprel:veda_worker_self\n\t"
        "ldr %1, [%1, #:gottprel_lo12:veda_worker_self]\n\t"
        "ldr %0, [%0, %1]"
        : "=&r"(head), "=&r"(offset));
    return head;
}
#else
VEDA_READS_THREAD_LOCAL inline veda_worker_head_t* read_worker_self() noexcept { return veda_worker_self; }
#endif

}  // namespace veda::detail

#endif

#undef VEDA_READ_HEAD_X86
#undef VEDA_READ_HEAD_ARM

#endif
