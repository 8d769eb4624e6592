// float_mode.hpp: how the calling thread rounds, and whether it takes denormal numbers for zero.
//
// A deterministic reduction computes each block as its caller would. A worker that runs a block for somebody
// else takes over the caller's mode for so long; afterwards everything is as it was, raised flags included.
#ifndef VEDA_DETAIL_FLOAT_MODE_HPP
#define VEDA_DETAIL_FLOAT_MODE_HPP

#include <veda/detail/language.hpp>

#include <cfenv>
#include <cstdint>

namespace veda::detail {

#if defined(__x86_64__)

// The control bits of MXCSR, and of the x87, which computes long double.
struct float_mode {
    std::uint32_t sse = 0;
    std::uint16_t x87 = 0;

    static constexpr std::uint32_t raised = 0x3f;  // flags, not mode

    static float_mode of_this_thread() noexcept {
        float_mode mode;
        mode.sse = __builtin_ia32_stmxcsr();
        asm volatile("fnstcw %0" : "=m"(mode.x87));
        return mode;
    }
    bool is_that_of(const float_mode& other) const noexcept {
        return ((sse ^ other.sse) & ~raised) == 0 && x87 == other.x87;
    }
    void set() const noexcept {
        __builtin_ia32_ldmxcsr(sse);
        asm volatile("fldcw %0" : : "m"(x87) : "memory");
    }
};

#elif defined(__aarch64__)

struct float_mode {
    std::uint64_t control = 0;

    static float_mode of_this_thread() noexcept {
        float_mode mode;
        asm volatile("mrs %0, fpcr" : "=r"(mode.control));
        return mode;
    }
    bool is_that_of(const float_mode& other) const noexcept { return control == other.control; }
    void set() const noexcept { asm volatile("msr fpcr, %0" : : "r"(control) : "memory"); }
};

#else

// What the standard can tell: how to round.
struct float_mode {
    int rounding = 0;

    static float_mode of_this_thread() noexcept { return {std::fegetround()}; }
    bool is_that_of(const float_mode& other) const noexcept { return rounding == other.rounding; }
    void set() const noexcept { (void)std::fesetround(rounding); }
};

#endif

// In the given mode while this lives. Almost always that is the thread's own, and nothing is set. What is to
// be computed must be in a call that is not inlined: the compiler may move arithmetic past a change of mode.
class in_float_mode {
  public:
    explicit in_float_mode(const float_mode& mode) noexcept
        : before_(float_mode::of_this_thread()), changed_(!mode.is_that_of(before_)) {
        if (changed_) [[unlikely]] {
            mode.set();
        }
    }
    in_float_mode(const in_float_mode&) = delete;
    in_float_mode& operator=(const in_float_mode&) = delete;
    ~in_float_mode() {
        if (changed_) [[unlikely]] {
            before_.set();
        }
    }

  private:
    float_mode before_;
    bool changed_;
};

}  // namespace veda::detail

#endif
