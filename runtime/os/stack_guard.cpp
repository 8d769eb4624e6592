// stack_guard.cpp: the signal handler and the little stack that it runs on. What the handler calls
// is safe in a handler: it formats by hand and writes once.
#include "os/stack_guard.hpp"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "base/atomic.hpp"

namespace veda::rt::os {

namespace {

struct span {
    std::uintptr_t low = 0, high = 0;  // the usable stack
    std::size_t guard = 0;             // bytes below low
};

// What the system says about the calling thread's stack; all zero if it does not.
span stack_of_this_thread() noexcept {
    span found;
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return found;
    void* low = nullptr;
    std::size_t size = 0;
    if (pthread_attr_getstack(&attributes, &low, &size) == 0) {
        found.low = reinterpret_cast<std::uintptr_t>(low);
        found.high = found.low + size;
        pthread_attr_getguardsize(&attributes, &found.guard);
    }
    pthread_attr_destroy(&attributes);
    return found;
}

}  // namespace

bool on_own_stack(const void* address) noexcept {
    const int saved_errno = errno;
    const span mine = stack_of_this_thread();
    errno = saved_errno;
    const auto place = reinterpret_cast<std::uintptr_t>(address);
    return place >= mine.low && place < mine.high;
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

stack_guard::stack_guard(const char*) noexcept {}
stack_guard::~stack_guard() = default;

#else

namespace {

constexpr std::size_t handler_stack_bytes = 64u << 10;

// The calling thread's, if it is one of ours. Trivial, so that a handler may look at it.
struct {
    span stack;
    const char* name = nullptr;
} thread_local mine;

// A sentence put together without any function that a handler must not call.
class line {
  public:
    void add(const char* text) noexcept {
        while (*text != '\0' && length_ < sizeof text_) text_[length_++] = *text++;
    }
    void add(std::uint64_t number) noexcept {
        char digits[21];
        char* at = digits + sizeof digits;
        *--at = '\0';
        do *--at = static_cast<char>('0' + number % 10);
        while (number /= 10);
        add(at);
    }
    void write() noexcept {
        // A closed stderr is the user's choice.
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text_, length_);
    }

  private:
    char text_[512];
    std::size_t length_ = 0;
};

void report(std::uintptr_t address) noexcept {
    line text;
    text.add("veda: error: worker ");
    text.add(mine.name);
    text.add(" has overflowed its stack of ");
    text.add((mine.stack.high - mine.stack.low) >> 10);
    text.add(" KiB: a frame reached ");
    text.add(mine.stack.high - address);
    text.add(
        " bytes deep. A recursion is too deep for this stack, or a local variable too large; raise "
        "stack_size in veda_runtime_config_t (in C++: veda::config{}.stack_size(bytes))\n");
    text.write();
}

// On return the instruction faults again, and the program dies as it would have without us.
void on_fault(int number, siginfo_t* info, void*) noexcept {
    const int saved_errno = errno;
    const auto address = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const bool by_fault = info->si_code > 0;  // else sent by somebody: there is no address
    const span& stack = mine.stack;
    if (by_fault && address < stack.low && address >= stack.low - stack.guard) report(address);
    struct sigaction usual {};
    usual.sa_handler = SIG_DFL;
    sigaction(number, &usual, nullptr);
    if (!by_fault) raise(number);
    errno = saved_errno;
}

void install_once() noexcept {
    static atomic<bool> done{false};
    if (done.exchange(true, relaxed)) return;  // relaxed: a thread more or less without a sentence
    for (const int number : {SIGSEGV, SIGBUS}) {
        struct sigaction present {};
        if (sigaction(number, nullptr, &present) != 0 || present.sa_flags & SA_SIGINFO ||
            present.sa_handler != SIG_DFL)
            continue;  // the program's own comes first
        struct sigaction ours {};
        ours.sa_sigaction = on_fault;
        ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
        sigaction(number, &ours, nullptr);
    }
}

}  // namespace

// Without a stack of its own the handler could not run at all: then it is left out.
stack_guard::stack_guard(const char* name) noexcept {
    void* memory = mmap(nullptr, handler_stack_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t stack{};
    stack.ss_sp = memory;
    stack.ss_size = handler_stack_bytes;
    if (sigaltstack(&stack, nullptr) != 0) {
        munmap(memory, handler_stack_bytes);
        return;
    }
    handler_stack_ = memory;
    mine = {stack_of_this_thread(), name};
    install_once();
}

stack_guard::~stack_guard() {
    if (handler_stack_ == nullptr) return;
    mine = {};
    // The user's code may have put another one in its place.
    stack_t present{};
    if (sigaltstack(nullptr, &present) == 0 && present.ss_sp == handler_stack_) {
        stack_t none{};
        none.ss_flags = SS_DISABLE;
        sigaltstack(&none, nullptr);
    }
    munmap(handler_stack_, handler_stack_bytes);
}

#endif

}  // namespace veda::rt::os
