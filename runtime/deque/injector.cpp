#include "deque/injector.hpp"

namespace veda::rt {

namespace {
veda_job_t* link(veda_job_t* job, job_word word) noexcept {
    return reinterpret_cast<veda_job_t*>(job->reserved[word]);
}
void set_link(veda_job_t* job, job_word word, veda_job_t* to) noexcept {
    job->reserved[word] = reinterpret_cast<std::uint64_t>(to);
}
}  // namespace

void injector::append(tagged_job task) noexcept {
    set_link(task.job, word_next, nullptr);
    set_link(task.job, word_prev, last_);
    task.job->reserved[word_tag] = task.tag;
    if (last_)
        set_link(last_, word_next, task.job);
    else
        first_ = task.job;
    last_ = task.job;
}

void injector::push(const tagged_job* tasks, std::uint32_t count) noexcept {
    lock_guard guard(lock_);
    for (std::uint32_t i = 0; i < count; ++i) append(tasks[i]);
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
        out[found++] = {job, static_cast<job_tag>(job->reserved[word_tag])};
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
