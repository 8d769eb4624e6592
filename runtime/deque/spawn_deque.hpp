// spawn_deque.hpp: one worker's spawned tasks, a ring. The owner pushes and pops at the top, without an
// atomic read-modify-write while the task is private; thieves take batches of the oldest public ones, and
// make the private ones public if the owner does not (uncover). See README.md in this folder.
//
// It must never allocate, and never run or free a task. It blocks only an owner whose ring is being
// uncovered, for the time of one system call.
#pragma once

#include <veda/job.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include "base/cache_line.hpp"
#include "base/limits.hpp"
#include "base/mutex.hpp"
#include "deque/split_word.hpp"
#include "job/job.hpp"
#include "os/order_threads.hpp"

namespace veda::rt {

struct tagged_job {
    veda_job_t* job = nullptr;
    job_tag tag = 0;
    explicit operator bool() const noexcept { return job != nullptr; }
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
        const std::uint32_t top = top_.load(relaxed);  // relaxed, here and in pop: only the owner writes it
        // acquire: pairs with the release of a thief that has emptied the slot. A slow thief keeps
        // its slot occupied, so that nothing is written over what it still has to read.
        if (ring_[top % capacity].job.load(acquire) != nullptr) return false;
        fill(top, task);
        set_top(top + 1);
        // Thieves emptied the slots ahead, so their lines lie in the thieves' caches.
        __builtin_prefetch(&ring_[(top + 1 + prefetch_distance) % capacity], 1);
        return true;
    }

    // A thief asked for tasks, or has uncovered some: share. relaxed: a hint; a thief that is overlooked asks
    // again, and one that sleeps has asked before, and ordered all threads after that.
    bool is_wanted() const noexcept { return request_.load(relaxed) != none; }
    bool has_private() const noexcept { return top() != split_; }

    // Makes every private task public, or the older half of them. True if there was one: look for sleepers.
    [[nodiscard]] bool share() noexcept { return share_to(top()); }
    [[nodiscard]] bool share_half() noexcept { return share_to(split_ + (top() - split_ + 1) / 2); }

    // The newest task above floor, or an empty one.
    [[gnu::always_inline]] tagged_job pop(std::uint32_t floor) noexcept {
        for (;;) {
            const std::uint32_t top = top_.load(relaxed);
            if (top == floor || (top == split_ && !reclaim())) return {};
            // First the store, then the look: a thief that uncovers does both the other way round.
            set_top(top - 1);
            if (request_.load(relaxed) != uncovered) [[likely]]
                return empty_own(top - 1);
            set_top(top);
            learn_split();
        }
    }
    tagged_job pop() noexcept { return pop(top() - capacity - 1); }

    // The oldest task instead, so that the top stays where scopes remember it.
    tagged_job pop_oldest() noexcept {
        (void)share();
        window seen = shared_.load();
        do {
            if (seen.empty()) return {};
        } while (!shared_.take(seen, 1));
        return take_slot(seen.tail);
    }

    // One of the tasks above floor, by lot; the newest moves into its place, so that the top goes down by one
    // as in pop. First takes back what is public of them. Under the lock no thief uncovers anything.
    tagged_job pop_by_lot(std::uint32_t floor, std::uint32_t lot) noexcept {
        lock_guard guard(uncovering_);
        split_ = take_back_to(floor);
        const std::uint32_t bottom = later(split_, floor), top = top_.load(relaxed);
        if (top == bottom) return {};
        const std::uint32_t drawn = bottom + lot % (top - bottom);
        const tagged_job task = empty_own(drawn);
        if (drawn != top - 1) fill(drawn, empty_own(top - 1));
        set_top(top - 1);
        return task;
    }

    std::uint32_t top() const noexcept { return top_.load(relaxed); }
    bool empty() const noexcept { return shared_.load().tail == top(); }

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
        if (request_.load(relaxed) == none) raise_request();
    }

    // The sleeper's form: must not be skipped on an old value, which a relaxed look may show.
    void request_for_sleep() noexcept {
        if (request_.load(seq_cst) == none) raise_request();
    }

    // True if it seems that uncover would show something. relaxed: a sleeper has called os::order_threads
    // since it asked, so it sees whatever the owner pushed without seeing the request.
    bool hides_tasks() const noexcept {
        return os::can_order_threads() && is_above(top_.load(relaxed), shared_.load().split);
    }

    // Makes the private tasks public without the owner, which runs something long or blocks in the user's
    // code. True if there was one: look for sleepers.
    bool uncover() noexcept {
        lock_guard guard(uncovering_);
        request_.store(uncovered, relaxed);  // relaxed: order_threads orders it
        // From here on the owner finds the mark before it takes a private task, or it had lowered top_.
        if (!os::order_threads()) return false;
        const std::uint32_t top = top_.load(acquire);  // acquire: pairs with set_top; the jobs' contents
        window seen = shared_.load();
        do {
            if (!is_above(top, seen.split)) return false;
        } while (!shared_.raise(seen, top));
        return true;
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

    // What the owner finds when it looks. uncovered: split_ may be behind the shared word.
    enum : std::uint32_t { none, wanted, uncovered };

    static bool is_above(std::uint32_t index, std::uint32_t other) noexcept {
        return static_cast<std::int32_t>(index - other) > 0;
    }
    static std::uint32_t later(std::uint32_t index, std::uint32_t other) noexcept {
        return is_above(index, other) ? index : other;
    }

    // release: pairs with the load in uncover.
    void set_top(std::uint32_t top) noexcept {
        top_.store(top, release);
        keep_program_order();  // before the look at the request
    }

    void fill(std::uint32_t index, tagged_job task) noexcept {
        slot& s = ring_[index % capacity];
        s.tag.store(task.tag, relaxed);  // relaxed, both: share or uncover releases them
        s.job.store(task.job, relaxed);
    }

    tagged_job empty_own(std::uint32_t index) noexcept {
        slot& s = ring_[index % capacity];
        const tagged_job task{s.job.load(relaxed), s.tag.load(relaxed)};
        s.job.store(nullptr, relaxed);  // relaxed: only the owner fills the slot again
        return task;
    }

    // A compare-exchange: must not overwrite the mark of a thief that uncovers.
    void raise_request() noexcept {
        std::uint32_t expected = none;
        request_.compare_exchange_strong(expected, wanted, seq_cst, relaxed);
    }

    // The lock is free when the thief is done. That a thief uncovered means that it is hungry.
    [[gnu::noinline]] void learn_split() noexcept {
        lock_guard guard(uncovering_);
        split_ = shared_.load().split;
        request_.store(wanted, relaxed);  // relaxed: to others one mark is as good as the other
    }

    // The request is withdrawn before the publication; see the sleep protocol. Where nobody can uncover, it
    // is never withdrawn, so that everything is public while the user's code runs.
    bool share_to(std::uint32_t index) noexcept {
        if (!has_private()) return false;
        const std::uint32_t left = os::can_order_threads() ? none : wanted;
        if (request_.exchange(left, seq_cst) == uncovered) {
            lock_guard guard(uncovering_);
            split_ = shared_.load().split;
        }
        window seen = shared_.load();
        do {
            if (!is_above(index, seen.split)) break;
        } while (!shared_.raise(seen, index));
        const bool shared = is_above(index, split_);
        if (shared) split_ = index;
        return shared;
    }

    // Takes back the newer half of the public part, or one task if somebody is hungry.
    [[gnu::noinline]] bool reclaim() noexcept {
        window seen = shared_.load();
        std::uint32_t split;
        do {
            if (seen.empty()) return false;
            split = seen.split - (is_wanted() ? 1 : (seen.size() + 1) / 2);
        } while (!shared_.shrink(seen, split));
        split_ = split;
        return true;
    }

    // Takes back what is public of the tasks above floor; where the private part then begins.
    std::uint32_t take_back_to(std::uint32_t floor) noexcept {
        window seen = shared_.load();
        for (;;) {
            const std::uint32_t bottom = later(seen.tail, floor);
            if (!is_above(seen.split, bottom)) return seen.split;
            if (shared_.shrink(seen, bottom)) return bottom;
        }
    }

    alignas(cache_line) split_word shared_;
    atomic<std::uint32_t> request_{wanted};  // the first task shows itself
    mutex uncovering_;

    // Written by the owner only; top_ is read by those who uncover.
    alignas(cache_line) atomic<std::uint32_t> top_{0};
    std::uint32_t split_ = 0;  // the shared word's split, as far as the owner knows

    alignas(cache_line) std::array<slot, capacity> ring_{};
};

}  // namespace veda::rt
