// this_worker.hpp: what the calling thread is to the runtime, and manners for code that blocks.
#ifndef VEDA_THIS_WORKER_HPP
#define VEDA_THIS_WORKER_HPP

#include <veda/detail/language.hpp>
#include <veda/job.h>
#include <veda/task.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace veda {

// While one lives, another worker takes the calling worker's place. Nests; outside a runtime it
// does nothing. Make one around a lock, a file, a queue of one's own.
class [[nodiscard]] blocking_section {
  public:
    blocking_section() noexcept { veda_blocking_begin(); }
    ~blocking_section() { veda_blocking_end(); }
    blocking_section(const blocking_section&) = delete;
    blocking_section& operator=(const blocking_section&) = delete;
};

namespace this_worker {

// The calling worker's index, unique among the threads in the runtime at this moment, and below its
// slot_count(); empty outside. Regular workers have the lowest ones.
inline std::optional<std::uint32_t> index() noexcept {
    const std::int32_t raw = veda_worker_index();
    if (raw < 0) return std::nullopt;
    return static_cast<std::uint32_t>(raw);
}

// The calling thread works for a runtime.
inline bool in_worker() noexcept { return veda_worker_current() != nullptr; }

// The calling worker's own queues hold tasks that nobody has started.
inline bool has_pending() noexcept { return veda_worker_has_pending() != 0; }

// Runs one waiting task on top of the current one, if there is any: true if it did.
inline bool yield() noexcept { return veda_yield() == VEDA_YIELD_RAN; }

// The same with what the calling worker itself has spawned and nobody has started.
inline bool yield_local() noexcept { return veda_yield_local() == VEDA_YIELD_RAN; }

// In code that runs long: lets what waits outside have this worker's place for a while (veda_make_room).
// Outside a runtime it does nothing.
inline void make_room() noexcept {
    if (veda_worker_t* const self = veda_worker_current()) (void)veda_make_room(self);
}

// Calls f, which may block, while another worker takes this one's place; gives what f gives.
template <std::invocable F>
decltype(auto) blocking(F&& f) {
    blocking_section section;
    return std::invoke(std::forward<F>(f));
}

}  // namespace this_worker
}  // namespace veda

#endif
