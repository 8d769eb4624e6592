// What the C++ layer takes for granted of the C structs that it inlines and wraps, checked while
// compiling: a program that was built long ago has it compiled in.
#include <gtest/gtest.h>
#include <veda/veda.hpp>

#include <cstddef>
#include <type_traits>

namespace {

// Plain C data: may be zeroed, copied as bytes, and lies where C says.
template <class T>
constexpr bool plain = std::is_standard_layout_v<T>&& std::is_trivial_v<T>;

static_assert(plain<veda_runtime_config_t> && sizeof(veda_runtime_config_t) == 128);
static_assert(plain<veda_exec_t> && sizeof(veda_exec_t) == 40);
static_assert(plain<veda_for_desc_t> && sizeof(veda_for_desc_t) == 72);
static_assert(plain<veda_reduce_desc_t> && sizeof(veda_reduce_desc_t) == 88);
static_assert(plain<veda_scope_t> && sizeof(veda_scope_t) == 128);
static_assert(plain<veda_event_t> && sizeof(veda_event_t) == 16);

// The inline tier reads and writes these words.
static_assert(VEDA_INLINE_VERSION == 1);
static_assert(plain<veda_job_t> && sizeof(veda_job_t) == 64);
static_assert(offsetof(veda_job_t, run) == 0 && offsetof(veda_job_t, state) == 8);
static_assert(plain<veda_worker_head_t> && sizeof(veda_worker_head_t) == 152);
static_assert(offsetof(veda_worker_head_t, head) == 0);
static_assert(offsetof(veda_worker_head_t, look_ticks) == 8);
static_assert(offsetof(veda_worker_head_t, few) == 16);
static_assert(offsetof(veda_worker_head_t, limit) == 128);
static_assert(offsetof(veda_worker_head_t, split) == 136);
static_assert(offsetof(veda_worker_head_t, demand) == 144);

template <class E>
constexpr std::uint32_t number(E value) {
    return static_cast<std::uint32_t>(value);
}
static_assert(number(veda::policy::fixed) == 0 && number(veda::policy::adaptive) == 1 &&
              number(veda::policy::energy_efficient) == 2 &&
              number(veda::policy::low_latency) == 3 && number(veda::policy::deterministic) == 4);
static_assert(number(veda::pinning::none) == 0 && number(veda::pinning::close) == 1 &&
              number(veda::pinning::spread) == 2);
static_assert(number(veda::wait_policy::adaptive) == 0 && number(veda::wait_policy::active) == 1 &&
              number(veda::wait_policy::passive) == 2);

// guarantee: abi-3
TEST(Layout, HeaderAndLibraryAgreeOnTheInlineTier) {
    EXPECT_EQ(veda_inline_version(), static_cast<std::uint32_t>(VEDA_INLINE_VERSION));
    // Outside a runtime the fast path of a fork must fall into the slow one.
    EXPECT_EQ(veda_worker_self->limit, nullptr);
    EXPECT_EQ(veda_worker_current(), nullptr);
}

}  // namespace
