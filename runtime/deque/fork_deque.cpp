#include "deque/fork_deque.hpp"

#include "base/assert.hpp"
#include "os/pages.hpp"

namespace veda::rt {

namespace {

// The head's words are shared with inlined user code, and limit, split and demand with thieves. relaxed, all:
// a hungry thief repairs what it finds half raised, and a request that is lost in a withdrawal is made good
// by what follows the withdrawal (README.md in this folder).
template <class T>
T read(T& word) noexcept {
    return atomic_view(word).load(relaxed);
}
template <class T>
void write(T& word, T value) noexcept {
    atomic_view(word).store(value, relaxed);
}

}  // namespace

fork_deque::~fork_deque() {
    if (slots_) os::release_pages(slots_ - 1, (capacity + 1) * sizeof *slots_);
}

bool fork_deque::create(bool alone) noexcept {
    slots_ = static_cast<veda_job_t**>(os::reserve_pages((capacity + 1) * sizeof *slots_));
    if (!slots_) return false;
    ++slots_;  // below the first slot lies a null, so that veda_join may look there
    end_ = slots_ + capacity;
    head_.head = slots_;
    head_.split = slots_;
    alone_ = alone;
    await_next();
    return true;
}

bool fork_deque::is_requested() const noexcept {
    auto& head = const_cast<veda_worker_head_t&>(head_);
    return read(head.limit) == nullptr && read(head.split) == top_address() && read(head.demand);
}

void fork_deque::request() noexcept {
    write(head_.demand, std::uint32_t{1});
    write(head_.split, top_address());
    write(head_.limit, static_cast<veda_job_t**>(nullptr));
}

void fork_deque::ask() noexcept {
    if (!is_requested()) request();
}

void fork_deque::withdraw() noexcept {
    write(head_.limit, end_);
    write(head_.split, slots_ + split_);
    write(head_.demand, std::uint32_t{0});
}

// After the last public job is gone and nothing private is left: the next fork shows itself, as if
// somebody had asked. Where there is nobody to share with, only a real request does that.
void fork_deque::await_next() noexcept {
    if (alone_)
        withdraw();
    else
        request();
}

// Makes private jobs below top public: the older half, or all. The request is withdrawn before the
// publication, so that a request that gets lost belongs to a thief that the publisher's look at the
// sleepers will see.
bool fork_deque::share(std::uint32_t top, bool all) noexcept {
    const std::uint32_t hidden = top - split_;
    if (hidden == 0) return false;
    const std::uint32_t count = all ? hidden : (hidden + 1) / 2;
    split_ += count;
    withdraw();
    shared_.publish(count);
    return true;
}

fork_deque::pushed fork_deque::push_slow(veda_job_t* job, bool share_all) noexcept {
    veda_job_t** slot = head_.head;
    job->state = 0;
    job->thief = 0;
    if (slot == end_) return {slot, share(capacity, share_all)};
    atomic_view(*slot).store(job, relaxed);  // relaxed: publish releases it
    atomic_view(head_.head).store(slot + 1, relaxed);
    return {slot, share(index_of(slot) + 1, share_all)};
}

fork_deque::pop_result fork_deque::pop_slow(veda_job_t** slot, bool share_all) noexcept {
    const std::uint32_t index = index_of(slot);
    // Private, or never put in because the deque was full: only a request brought us here.
    if (index >= split_) {
        atomic_view(head_.head).store(slot, relaxed);
        if (share(index, share_all)) return pop_result::taken_and_shared;
        await_next();  // nothing to give yet
        return pop_result::taken;
    }
    // The withdrawal comes before the window changes. A thief that takes the last public job of the new
    // window sees it and asks again, and what it has asked must then stay.
    const bool hungry = is_requested();
    withdraw();
    window seen = shared_.load();
    std::uint32_t split;
    do {
        if (seen.tail > index) {
            await_next();
            return pop_result::stolen;
        }
        // Takes back this job, and half of what is public with it unless somebody is hungry.
        split = index - (hungry ? 0 : (index - seen.tail) / 2);
    } while (!shared_.shrink(seen, split));
    lower_split(split);
    atomic_view(head_.head).store(slot, relaxed);
    if (seen.tail == split) await_next();
    return pop_result::taken;
}

// The owner's joins compare with the new split, unless a thief has asked meanwhile and raised the word.
void fork_deque::lower_split(std::uint32_t split) noexcept {
    veda_job_t** seen = slots_ + split_;
    split_ = split;
    // relaxed, both: as every word but limit.
    (void)atomic_view(head_.split).compare_exchange_strong(seen, slots_ + split, relaxed, relaxed);
}

void fork_deque::forget_stolen(veda_job_t** slot) noexcept {
    const std::uint32_t index = index_of(slot);
    VEDA_ASSERT(shared_.load().empty());
    split_ = index;
    shared_.reset(index);
    atomic_view(head_.head).store(slot, relaxed);
    await_next();
}

bool fork_deque::share_everything() noexcept {
    const bool shared = share(height(), true);
    if (!shared && shared_.load().empty()) await_next();
    return shared;
}

bool fork_deque::is_last(veda_job_t* job, veda_job_t**& slot) const noexcept {
    slot = head_.head - 1;
    if (atomic_view(*slot).load(relaxed) == job) return true;
    return ++slot == end_;  // the deque is full: the job was not put in
}

bool fork_deque::has_jobs() const noexcept {
    return height() != split_ || !shared_.load().empty();
}

veda_job_t* fork_deque::steal(std::uint32_t floor) noexcept {
    window seen = shared_.load();
    do {
        if (seen.empty()) {
            ask();
            return nullptr;
        }
        if (seen.tail < floor) return nullptr;
    } while (!shared_.take(seen, 1));
    // Read after the take: the owner cannot reuse the slot before it has joined this job.
    veda_job_t* job = atomic_view(slots_[seen.tail]).load(relaxed);
    __builtin_prefetch(job, 1);
    if (seen.size() == 1) ask();
    return job;
}

}  // namespace veda::rt
