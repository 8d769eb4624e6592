// spawn_deque.hpp: one worker's spawned tasks, a ring. The owner pushes and pops at the top, without an
// atomic read-modify-write while the task is private; thieves take batches of the oldest public ones.
// See README.md in this folder.
//
// It must never block or allocate, and never run or free a task.
#pragma once

#include <veda/job.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/cache_line.hpp"
#include "base/limits.hpp"
#include "deque/split_word.hpp"
#include "job/job.hpp"

namespace veda::rt {

struct tagged_job {
    veda_job_t* job = nullptr;
    job_tag tag = 0;
};

class spawn_deque {
  public:
    static constexpr std::uint32_t capacity = limits::tasks;
    static constexpr std::uint32_t max_batch = limits::batch;
    static constexpr std::uint32_t prefetch_distance = 16;
    using batch = std::array<tagged_job, max_batch>;

    // -- owner ------------------------------------------------------------------------------------

    // False if the ring is full.
    [[nodiscard]] bool push(tagged_job task) noexcept {
        slot& s = ring_[top_ % capacity];
        // acquire: pairs with the release of a thief that has emptied the slot. A slow thief keeps
        // its slot occupied, so that nothing is written over what it still has to read.
        if (s.job.load(acquire) != nullptr) return false;
        s.tag.store(task.tag, relaxed);  // relaxed, both: publish releases them
        s.job.store(task.job, relaxed);
        if (top_ == split_)
            private_tag_ = task.tag;
        else if (private_tag_ != task.tag)
            private_tag_ = 0;
        ++top_;
        // Thieves emptied the slots ahead, so their lines lie in the thieves' caches.
        __builtin_prefetch(&ring_[(top_ + prefetch_distance) % capacity], 1);
        return true;
    }

    // Somebody asked for tasks. relaxed: a hint; who misses it asks again, and who sleeps has asked
    // before it slept.
    bool is_wanted() const noexcept { return hungry_.load(relaxed) != 0; }
    bool has_private() const noexcept { return top_ != split_; }

    // Makes every private task public. True if there was one: look for sleepers. Before this, and before
    // a task leaves by pop, the worker must have counted it at its scope.
    [[nodiscard]] bool share() noexcept {
        const std::uint32_t hidden = top_ - split_;
        if (hidden == 0) return false;
        hungry_.store(0, seq_cst);  // before publish; see the sleep protocol
        split_ += hidden;
        shared_.publish(hidden);
        return true;
    }

    // The newest task above floor, or an empty one.
    tagged_job pop(std::uint32_t floor) noexcept {
        if (top_ == floor || (top_ == split_ && !reclaim())) return {};
        slot& s = ring_[--top_ % capacity];
        const tagged_job task{s.job.load(relaxed), s.tag.load(relaxed)};
        s.job.store(nullptr, relaxed);  // relaxed: only the owner fills the slot again
        return task;
    }
    tagged_job pop() noexcept { return pop(top_ - capacity - 1); }

    // The oldest task instead, so that the top stays where scopes remember it.
    tagged_job pop_oldest() noexcept {
        (void)share();
        window seen = shared_.load();
        do {
            if (seen.empty()) return {};
        } while (!shared_.take(seen, 1));
        return take_slot(seen.tail);
    }

    // True if a private task may be something else than a task of this scope.
    bool hides_others(job_tag tag) const noexcept {
        return top_ != split_ && (private_tag_ != tag || !is_scope(tag));
    }

    std::uint32_t top() const noexcept { return top_; }
    bool empty() const noexcept { return top_ == split_ && shared_.load().empty(); }

    // -- thieves ----------------------------------------------------------------------------------

    // The oldest public tasks, at most as many as out holds; how many. Not only half of them: the
    // thief shows what it does not run at once, and fewer hand-overs mean fewer cache lines moved.
    // ask: if that was all, ask for more at once, so that the next task is shown; not asking leaves
    // the owner in peace until the thief comes again.
    std::uint32_t steal(std::span<tagged_job> out, bool ask) noexcept {
        window seen = shared_.load();
        std::uint32_t count;
        do {
            if (seen.empty()) {
                request();
                return 0;
            }
            count = std::min(seen.size(), static_cast<std::uint32_t>(out.size()));
        } while (!shared_.take(seen, count));
        for (std::uint32_t i = 0; i < count; ++i) {
            out[i] = take_slot(seen.tail + i);
            __builtin_prefetch(out[i].job);
        }
        if (ask && count == seen.size()) request();
        return count;
    }

    // The oldest public task if it seems to have this tag. The answer may have another tag: the look
    // and the take are two steps. The caller must not lose it.
    tagged_job steal_tagged(job_tag tag) noexcept {
        window seen = shared_.load();
        do {
            if (seen.empty()) return {};
            // relaxed: only a guess, checked by the caller.
            if (ring_[seen.tail % capacity].tag.load(relaxed) != tag) return {};
        } while (!shared_.take(seen, 1));
        return take_slot(seen.tail);
    }

    // Asks the owner to share what it has. seq_cst: see the sleep protocol.
    void request() noexcept {
        if (hungry_.load(relaxed) == 0) hungry_.store(1, seq_cst);
    }

    // The sleeper's form: must not be skipped on an old value, which a relaxed look may show.
    void request_for_sleep() noexcept {
        if (hungry_.load(seq_cst) == 0) hungry_.store(1, seq_cst);
    }

    bool has_public() const noexcept { return !shared_.load().empty(); }
    bool has_public_for_sleep() const noexcept { return !shared_.load_for_sleep().empty(); }

  private:
    struct slot {
        atomic<veda_job_t*> job{nullptr};
        atomic<job_tag> tag{0};
    };

    tagged_job take_slot(std::uint32_t index) noexcept {
        slot& s = ring_[index % capacity];
        // relaxed: ordered by the acquire of the successful take.
        const tagged_job task{s.job.load(relaxed), s.tag.load(relaxed)};
        s.job.store(nullptr, release);  // gives the slot back to push
        return task;
    }

    // Takes back the newer half of the public part.
    bool reclaim() noexcept {
        window seen = shared_.load();
        std::uint32_t split;
        do {
            if (seen.empty()) return false;
            split = seen.split - (seen.size() + 1) / 2;
        } while (!shared_.shrink(seen, split));
        split_ = split;
        private_tag_ = ring_[split % capacity].tag.load(relaxed);  // relaxed: own stores
        for (std::uint32_t i = split + 1; i != seen.split; ++i)
            if (ring_[i % capacity].tag.load(relaxed) != private_tag_) private_tag_ = 0;
        return true;
    }

    alignas(cache_line) split_word shared_;
    atomic<std::uint32_t> hungry_{1};  // the first task shows itself

    // Owner only.
    alignas(cache_line) std::uint32_t top_ = 0;
    std::uint32_t split_ = 0;
    job_tag private_tag_ = 0;  // the tag of all private tasks, 0 if they differ

    alignas(cache_line) std::array<slot, capacity> ring_{};
};

}  // namespace veda::rt
