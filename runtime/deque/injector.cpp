#include "deque/injector.hpp"

namespace veda::rt {

namespace {

constexpr std::uint32_t hint_distance = 16;

veda_job_t* link(veda_job_t* job, job_word word) noexcept {
    return reinterpret_cast<veda_job_t*>(job->reserved[word]);
}
void set_link(veda_job_t* job, job_word word, veda_job_t* to) noexcept {
    job->reserved[word] = reinterpret_cast<std::uint64_t>(to);
}
}  // namespace

// Links the tasks to each other before the lock is taken: others wait for it.
void injector::push(const tagged_job* tasks, std::uint32_t count) noexcept {
    if (count == 0) return;
    veda_job_t* prev = nullptr;
    for (std::uint32_t i = 0; i < count; ++i) {
        veda_job_t* job = tasks[i].job;
        set_link(job, word_next, i + 1 < count ? tasks[i + 1].job : nullptr);
        set_link(job, word_prev, prev);
        job->reserved[word_tag] = tasks[i].tag;
        if (tasks[i].tag != fork_tag)
            set_hint(job, i + hint_distance < count ? tasks[i + hint_distance].job : nullptr);
        prev = job;
    }
    lock_guard guard(lock_);
    set_link(tasks[0].job, word_prev, last_);
    if (last_)
        set_link(last_, word_next, tasks[0].job);
    else
        first_ = tasks[0].job;
    last_ = prev;
    // seq_cst: publish, then (the caller) look for sleepers.
    count_.store(count_.load(relaxed) + count, seq_cst);
}

tagged_job injector::unlink(veda_job_t* job) noexcept {
    veda_job_t* next = link(job, word_next);
    veda_job_t* prev = link(job, word_prev);
    if (prev)
        set_link(prev, word_next, next);
    else
        first_ = next;
    if (next)
        set_link(next, word_prev, prev);
    else
        last_ = prev;
    count_.store(count_.load(relaxed) - 1, relaxed);  // relaxed: fewer jobs wake nobody
    return {job, static_cast<job_tag>(job->reserved[word_tag])};
}

// Cuts the leading tasks with this tag off in one piece.
std::uint32_t injector::pop_front(job_tag tag, tagged_job* out, std::uint32_t count) noexcept {
    std::uint32_t found = 0;
    veda_job_t* job = first_;
    while (job && found < count && (tag == any_tag || job->reserved[word_tag] == tag)) {
        out[found] = {job, static_cast<job_tag>(job->reserved[word_tag])};
        // Following the links alone would wait for one memory access after the other.
        if (out[found++].tag != fork_tag) __builtin_prefetch(hint(job), 1);
        job = link(job, word_next);
    }
    if (found == 0) return 0;
    first_ = job;
    if (job)
        set_link(job, word_prev, nullptr);
    else
        last_ = nullptr;
    count_.store(count_.load(relaxed) - found, relaxed);  // relaxed: fewer jobs wake nobody
    return found;
}

std::uint32_t injector::pop(job_tag tag, tagged_job* out, std::uint32_t count) noexcept {
    if (empty()) return 0;
    lock_guard guard(lock_);
    if (const std::uint32_t found = pop_front(tag, out, count)) return found;
    std::uint32_t found = 0;
    for (veda_job_t* job = first_; job && found < count;) {
        veda_job_t* next = link(job, word_next);
        if (job->reserved[word_tag] == tag) out[found++] = unlink(job);
        job = next;
    }
    return found;
}

bool injector::remove(veda_job_t* wanted) noexcept {
    if (empty()) return false;
    lock_guard guard(lock_);
    for (veda_job_t* job = first_; job; job = link(job, word_next))
        if (job == wanted) return unlink(job), true;
    return false;
}

}  // namespace veda::rt
