// fork_deque.hpp: one worker's forked jobs, a stack whose lower end is open to thieves. The owner forks
// and joins in strict nesting; the fast paths are inlined into user code over veda_worker_head_t, and
// this file holds everything else. See README.md in this folder for the protocol.
//
// It must never block, allocate after construction, or wake anybody: the caller does what the
// answers say.
#pragma once

#include <veda/job.h>

#include <cstdint>

#include "base/cache_line.hpp"
#include "base/limits.hpp"
#include "deque/split_word.hpp"

namespace veda::rt {

class fork_deque {
  public:
    static constexpr std::uint32_t capacity = limits::forks;

    fork_deque() noexcept = default;
    fork_deque(const fork_deque&) = delete;
    ~fork_deque();

    // Reserves the slots. False if the system refuses. alone: the runtime has one worker, so that
    // showing work unasked would be wasted.
    bool create(bool alone) noexcept;

    // -- owner ------------------------------------------------------------------------------------

    // Where the job was put. When the deque is full the job is not put anywhere: the answer is the
    // top, and the join that follows finds nothing above it and takes the job itself.
    struct pushed {
        veda_job_t** slot;
        bool shared;  // jobs became public: look for sleepers
    };
    [[nodiscard]] pushed push_slow(veda_job_t* job, bool share_all) noexcept;

    enum class pop_result { taken, taken_and_shared, stolen };
    [[nodiscard]] pop_result pop_slow(veda_job_t** slot, bool share_all) noexcept;

    // After a stolen job is done: forgets it, and everything below is known to be stolen too.
    void forget_stolen(veda_job_t** slot) noexcept;

    // Before the owner stops polling (it waits or blocks): makes every job public. True if any
    // became so.
    [[nodiscard]] bool share_everything() noexcept;

    // Whether a thief has the job in this slot. A hint that only turns from false to true.
    bool is_stolen(veda_job_t* const* slot) const noexcept {
        return shared_.load().tail > index_of(slot);
    }
    bool is_last(veda_job_t* job, veda_job_t**& slot) const noexcept;
    std::uint32_t height() const noexcept { return index_of(head_.head); }
    bool has_jobs() const noexcept;

    // -- thieves ----------------------------------------------------------------------------------

    // The oldest public job, or nullptr. floor: take nothing below this index.
    veda_job_t* steal(std::uint32_t floor = 0) noexcept;

    // Asks the owner to share: its next fork or join falls into the slow path.
    void request() noexcept;
    // Requests unless somebody has. May be skipped on an old value: see "Asking" in README.md.
    void ask() noexcept;

    // True if a request is raised in all three words that carry it.
    bool is_requested() const noexcept;

    bool has_public() const noexcept { return !shared_.load().empty(); }
    bool has_public_for_sleep() const noexcept { return !shared_.load_for_sleep().empty(); }

    veda_worker_head_t* head() noexcept { return &head_; }

  private:
    static veda_job_t** top_address() noexcept {
        return reinterpret_cast<veda_job_t**>(~std::uintptr_t{0} & ~std::uintptr_t{7});
    }
    std::uint32_t index_of(veda_job_t* const* slot) const noexcept {
        return static_cast<std::uint32_t>(slot - slots_);
    }
    bool share(std::uint32_t top, bool all) noexcept;
    void withdraw() noexcept;
    void lower_split(std::uint32_t split) noexcept;
    void await_next() noexcept;

    // First member: a worker's address is its head's address.
    veda_worker_head_t head_{};
    split_word shared_;  // on the head's second line, which thieves read anyway

    // Owner only, but for slots_, which is constant while thieves exist.
    alignas(cache_line) veda_job_t** slots_ = nullptr;
    veda_job_t** end_ = nullptr;
    std::uint32_t split_ = 0;  // shared_'s split; only the owner moves it
    bool alone_ = false;
};

}  // namespace veda::rt
