#include "deque/injector.hpp"

#include <algorithm>

#include "job/scope.hpp"

namespace veda::rt {

namespace {

constexpr std::uint32_t hint_distance = 16;

veda_job_t* link(veda_job_t* job, job_word word) noexcept {
    return reinterpret_cast<veda_job_t*>(job->reserved[word]);
}
void set_link(veda_job_t* job, job_word word, veda_job_t* to) noexcept {
    job->reserved[word] = reinterpret_cast<std::uint64_t>(to);
}

void join_ring(task_list& list, task_list*& turn) noexcept {
    if (!turn) turn = list.next = list.prev = &list;
    if (turn == &list) return;
    list.next = turn;  // last in turn
    list.prev = turn->prev;
    list.prev->next = turn->prev = &list;
}
void leave_ring(task_list& list, task_list*& turn) noexcept {
    if (turn == &list) turn = list.next == &list ? nullptr : list.next;
    list.prev->next = list.next;
    list.next->prev = list.prev;
    list.next = list.prev = nullptr;
}

// The run of tasks with one tag that begins at this one: where it ends.
std::uint32_t end_of_run(const tagged_job* tasks, std::uint32_t begin, std::uint32_t count) noexcept {
    std::uint32_t end = begin + 1;
    while (end < count && tasks[end].tag == tasks[begin].tag) ++end;
    return end;
}

}  // namespace

task_list& injector::list_of(job_tag tag) noexcept {
    return is_scope(tag) ? reinterpret_cast<scope*>(tag)->waiting : common_;
}

void injector::push(const tagged_job* tasks, std::uint32_t count) noexcept {
    for (std::uint32_t begin = 0, end; begin < count; begin = end) {
        end = end_of_run(tasks, begin, count);
        push_run(tasks + begin, end - begin);
    }
}

// Tasks with one tag. Links them to each other before the lock is taken: others wait for it.
void injector::push_run(const tagged_job* tasks, std::uint32_t count) noexcept {
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
    append(list_of(tasks[0].tag), tasks[0].job, prev, count);
    // seq_cst: publish, then (the caller) look for sleepers.
    count_.store(count_.load(relaxed) + count, seq_cst);
}

void injector::append(task_list& list, veda_job_t* first, veda_job_t* last,
                      std::uint32_t count) noexcept {
    for (veda_job_t* job = first; job && job->reserved[word_tag] == fork_tag; job = link(job, word_next))
        fork_latch(job).set_queued(true);
    set_link(first, word_prev, list.last);
    if (list.last) {
        set_link(list.last, word_next, first);
    } else {
        list.first = first;
        join_ring(list, turn_);
    }
    list.last = last;
    list.count.store(list.count.load(relaxed) + count, relaxed);  // relaxed: a hint outside the lock
}

// relaxed: fewer jobs wake nobody.
void injector::note_taken(task_list& list, std::uint32_t count) noexcept {
    list.count.store(list.count.load(relaxed) - count, relaxed);
    count_.store(count_.load(relaxed) - count, relaxed);
    if (!list.first) leave_ring(list, turn_);
}

// Cuts the oldest tasks off in one piece.
std::uint32_t injector::take(task_list& list, tagged_job* out, std::uint32_t count) noexcept {
    std::uint32_t found = 0;
    veda_job_t* job = list.first;
    for (; job && found < count; job = link(job, word_next)) {
        out[found] = {job, static_cast<job_tag>(job->reserved[word_tag])};
        // Following the links alone would wait for one memory access after the other.
        if (out[found++].tag != fork_tag)
            __builtin_prefetch(hint(job), 1);
        else
            fork_latch(job).set_queued(false);
    }
    if (found == 0) return 0;
    list.first = job;
    if (job)
        set_link(job, word_prev, nullptr);
    else
        list.last = nullptr;
    note_taken(list, found);
    return found;
}

std::uint32_t injector::pop(tagged_job* out, std::uint32_t count) noexcept {
    if (empty()) return 0;
    lock_guard guard(lock_);
    std::uint32_t found = 0;
    while (turn_ && found < count) {
        task_list& list = *turn_;
        turn_ = list.next;
        found += take(list, out + found, count - found);
    }
    return found;
}

std::uint32_t injector::pop_of(job_tag scope_tag, tagged_job* out, std::uint32_t count) noexcept {
    task_list& list = list_of(scope_tag);
    if (list.count.load(relaxed) == 0) return 0;  // relaxed: a hint; the waiter comes again
    lock_guard guard(lock_);
    return take(list, out, count);
}

bool injector::remove(veda_job_t* fork) noexcept {
    if (empty()) return false;
    lock_guard guard(lock_);
    if (!fork_latch(fork).is_queued()) return false;
    fork_latch(fork).set_queued(false);
    veda_job_t* next = link(fork, word_next);
    veda_job_t* prev = link(fork, word_prev);
    if (prev)
        set_link(prev, word_next, next);
    else
        common_.first = next;
    if (next)
        set_link(next, word_prev, prev);
    else
        common_.last = prev;
    note_taken(common_, 1);
    return true;
}

}  // namespace veda::rt
