// fiber.cpp: the switch. It saves what a called function must preserve, and the stack pointer. The
// program's own thread-local variables (one block, described by the PT_TLS header of the
// executable) are copied out and in, so that code under test sees its own in each fiber.
#include "model/checker/fiber.hpp"

#include <link.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <ucontext.h>
#endif

namespace veda::model {

namespace {

struct thread_local_block {
    char* live = nullptr;  // where the running code finds them
    const char* image = nullptr;
    std::size_t image_bytes = 0, bytes = 0;
};

// The first object that dl_iterate_phdr names is the executable.
int find_block(dl_phdr_info* info, std::size_t, void* out) {
    auto& block = *static_cast<thread_local_block*>(out);
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& header = info->dlpi_phdr[i];
        if (header.p_type != PT_TLS) continue;
        block.live = static_cast<char*>(info->dlpi_tls_data);
        block.image = reinterpret_cast<const char*>(info->dlpi_addr + header.p_vaddr);
        block.image_bytes = header.p_filesz;
        block.bytes = header.p_memsz;
    }
    return 1;
}

const thread_local_block& program_block() {
    static const thread_local_block block = [] {
        thread_local_block found;
        dl_iterate_phdr(find_block, &found);
        return found;
    }();
    return block;
}

}  // namespace

#if defined(__x86_64__)

extern "C" void veda_model_switch(void** from, void* to);
asm(R"(.text
.globl veda_model_switch
.type veda_model_switch,@function
veda_model_switch:
  pushq %rbp; pushq %rbx; pushq %r12; pushq %r13; pushq %r14; pushq %r15
  movq %rsp,(%rdi)
  movq %rsi,%rsp
  popq %r15; popq %r14; popq %r13; popq %r12; popq %rbx; popq %rbp
  ret
.size veda_model_switch,.-veda_model_switch
)");

namespace {
void* fresh_stack(char* top, void (*entry)()) {
    auto** words =
        reinterpret_cast<void**>(reinterpret_cast<std::uintptr_t>(top) & ~std::uintptr_t{15});
    *--words = nullptr;  // where entry would return to
    *--words = reinterpret_cast<void*>(entry);
    for (int i = 0; i < 6; ++i) *--words = nullptr;
    return words;
}
}  // namespace

#elif defined(__aarch64__)

extern "C" void veda_model_switch(void** from, void* to);
asm(R"(.text
.globl veda_model_switch
.type veda_model_switch,%function
veda_model_switch:
  sub sp, sp, #160
  stp x19, x20, [sp, #0]
  stp x21, x22, [sp, #16]
  stp x23, x24, [sp, #32]
  stp x25, x26, [sp, #48]
  stp x27, x28, [sp, #64]
  stp x29, x30, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  mov x9, sp
  str x9, [x0]
  mov sp, x1
  ldp x19, x20, [sp, #0]
  ldp x21, x22, [sp, #16]
  ldp x23, x24, [sp, #32]
  ldp x25, x26, [sp, #48]
  ldp x27, x28, [sp, #64]
  ldp x29, x30, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  add sp, sp, #160
  ret
.size veda_model_switch,.-veda_model_switch
)");

namespace {
void* fresh_stack(char* top, void (*entry)()) {
    auto** words =
        reinterpret_cast<void**>(reinterpret_cast<std::uintptr_t>(top) & ~std::uintptr_t{15});
    words -= 20;
    std::memset(words, 0, 160);
    words[11] = reinterpret_cast<void*>(entry);  // x30, the return address
    return words;
}
}  // namespace

#else  // slower, and anywhere

namespace {
void* fresh_stack(char* top, void (*entry)()) {
    auto* context = new (std::malloc(sizeof(ucontext_t))) ucontext_t;
    getcontext(context);
    context->uc_stack.ss_sp = top - fiber::stack_bytes;
    context->uc_stack.ss_size = fiber::stack_bytes - 64;
    makecontext(context, entry, 0);
    return context;
}
void veda_model_switch(void** from, void* to) {
    if (!*from) *from = std::malloc(sizeof(ucontext_t));
    swapcontext(static_cast<ucontext_t*>(*from), static_cast<ucontext_t*>(to));
}
}  // namespace

#endif

void fiber::prepare(void (*entry)()) {
    const thread_local_block& block = program_block();
    if (!stack_) {
        stack_ = static_cast<char*>(mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE,
                                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        if (stack_ == MAP_FAILED) std::abort();
        thread_locals_ = static_cast<char*>(std::malloc(block.bytes + 1));
    }
    std::memset(thread_locals_, 0, block.bytes);
    if (block.bytes) std::memcpy(thread_locals_, block.image, block.image_bytes);
    stack_pointer_ = fresh_stack(stack_ + stack_bytes - 64, entry);
}

void fiber::adopt_thread() {
    if (!thread_locals_)
        thread_locals_ = static_cast<char*>(std::malloc(program_block().bytes + 1));
}

void fiber::switch_to(fiber& from, fiber& to) noexcept {
    const thread_local_block& block = program_block();
    if (block.bytes) {
        std::memcpy(from.thread_locals_, block.live, block.bytes);
        std::memcpy(block.live, to.thread_locals_, block.bytes);
    }
    veda_model_switch(&from.stack_pointer_, to.stack_pointer_);
}

}  // namespace veda::model
