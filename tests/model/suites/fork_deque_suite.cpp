// The fork deque against thieves. The owner forks and joins as runtime/fork/join.hpp does: over the
// head's words, and into the slow path only when a compare says so; it parks for a stolen job as
// wait.cpp does.
#include <array>
#include <memory>

#include "deque/fork_deque.hpp"
#include "job/job.hpp"
#include "model/suites/scenario.hpp"
#include "sleep/parker.hpp"

namespace {

using namespace veda::model;
using veda::rt::atomic_view;
using veda::rt::fork_deque;
using veda::rt::fork_latch;
using veda::rt::parker;

// One fork: what goes there, and what comes back. Deleted right after its join, as a frame is left.
struct forked : veda_job_t {
    cell<int> input{0}, output{0};
};

class owner {
  public:
    explicit owner(bool alone = false) { check(deque.create(alone), "no memory"); }

    void fork(int value) {
        auto* job = new forked;
        job->input.set(value);
        jobs_[count_] = job;
        slots_[count_++] = put(job);
        forks_done.set(forks_done.get() + 1);
    }
    // True if the owner ran it itself.
    bool join() {
        forked* job = jobs_[--count_];
        const bool taken = take(job, slots_[count_]);
        const int input = job->input.get();
        check(job->output.get() == (taken ? 0 : input), "a job ran twice, or its result is lost");
        delete job;
        return taken;
    }
    int join_all() {
        int taken = 0;
        while (count_ > 0) taken += join();
        check(!deque.has_jobs(), "a job is left");
        return taken;
    }
    void share_everything() { (void)deque.share_everything(); }

    // A thief: the job's input, 0 if there was none.
    int steal() {
        veda_job_t* got = deque.steal();
        if (!got) return 0;
        auto* job = static_cast<forked*>(got);
        const int input = job->input.get();
        check(input != 0 && job->output.get() == 0, "a job that was not forked, or ran before");
        job->output.set(input);
        if (fork_latch(job).complete()) sleeper.unpark();
        return input;
    }
    void steal_in_order(int times) {
        for (int last = 0, i = 0; i < times; ++i) {
            const int got = steal();
            check(got == 0 || got > last, "a younger job was stolen first");
            if (got) last = got;
        }
    }

    fork_deque deque;
    parker sleeper;
    cell<int> forks_done{0};

  private:
    veda_job_t** put(veda_job_t* job) {
        veda_worker_head_t* head = deque.head();
        veda_job_t** slot = head->head;
        if (slot >= atomic_view(head->limit).load(order::relaxed))
            return deque.push_slow(job, false).slot;
        job->state = 0;
        job->thief = 0;
        atomic_view(*slot).store(job, order::relaxed);
        atomic_view(head->head).store(slot + 1, order::relaxed);
        return slot;
    }
    bool take(forked* job, veda_job_t** slot) {
        veda_worker_head_t* head = deque.head();
        if (slot >= atomic_view(head->split).load(order::relaxed)) {
            atomic_view(head->head).store(slot, order::relaxed);
            return true;
        }
        if (deque.pop_slow(slot, false) != fork_deque::pop_result::stolen) return true;
        const fork_latch latch(job);
        if (!latch.is_done() && fork_latch(job).announce_wait())
            while (!latch.is_done()) sleeper.park();
        deque.forget_stolen(slot);
        return false;
    }

    std::array<forked*, 8> jobs_{};
    std::array<veda_job_t**, 8> slots_{};
    int count_ = 0;
};

void against_thief(owner& o, void (*work)(owner&), int steals) {
    thread thief([&] { o.steal_in_order(steals); });
    work(o);
    o.join_all();
    thief.join();
}

SCENARIO(fork_deque, one_job_one_thief) {
    owner o;
    against_thief(
        o, [](owner& o) { o.fork(1); }, 1);
}

SCENARIO(fork_deque, thief_asks_then_steals, .preemptions = 3, .stale_reads = 1) {
    owner o;
    against_thief(
        o, [](owner& o) { o.fork(1); }, 2);
}

SCENARIO(fork_deque, two_jobs_two_steals, .preemptions = 3, .stale_reads = 1) {
    owner o;
    against_thief(
        o,
        [](owner& o) {
            o.fork(1);
            o.fork(2);
        },
        2);
}

// The first job is stolen and joined: the window is set back, and the slot used again.
SCENARIO(fork_deque, slot_used_again, .preemptions = 3, .stale_reads = 1) {
    owner o;
    against_thief(
        o,
        [](owner& o) {
            o.fork(1);
            o.join();
            o.fork(2);
        },
        2);
}

SCENARIO(fork_deque, three_jobs, .preemptions = 3, .stale_reads = 1) {
    owner o;
    against_thief(
        o,
        [](owner& o) {
            o.fork(1);
            o.fork(2);
            o.fork(3);
        },
        2);
}

// Everything is public already, and the owner takes back from there.
SCENARIO(fork_deque, owner_takes_back, .stale_reads = 1) {
    owner o;
    o.fork(1);
    o.fork(2);
    o.fork(3);
    o.share_everything();
    against_thief(
        o, [](owner&) {}, 2);
}

// While nothing is public, a request is raised, so that the owner's next fork or join shares. The thief takes
// all that the owner leaves public, and asks with the last of it, while the owner withdraws an older request.
void last_public_job_is_taken(bool asked_before) {
    owner o;
    o.fork(1);
    o.fork(2);
    o.fork(3);
    o.share_everything();
    if (asked_before) o.deque.request();
    thread thief([&] {
        o.steal();
        o.steal();
    });
    const bool taken = o.join();
    thief.join();
    check(!taken || o.deque.has_public() || o.deque.is_requested(), "nothing public, and nobody has asked");
    o.join_all();
}
SCENARIO(fork_deque, last_public_job_is_taken, .stale_reads = 1) { last_public_job_is_taken(false); }
// Three old values: a request is three words.
SCENARIO(fork_deque, last_public_job_is_taken_after_a_request, .preemptions = 2, .stale_reads = 3) {
    last_public_job_is_taken(true);
}

SCENARIO(fork_deque, full, .preemptions = 3, .stale_reads = 1) {
    owner o;
    for (int i = 1; i <= 3; ++i) o.fork(i);
    against_thief(
        o,
        [](owner& o) {
            o.fork(4);
            o.fork(5);  // finds no slot
        },
        2);
}

// A runtime of one worker shows nothing unasked; the request comes from a thread outside.
SCENARIO(fork_deque, alone_but_asked, .stale_reads = 2) {
    owner o(true);
    against_thief(
        o,
        [](owner& o) {
            o.fork(1);
            o.fork(2);
        },
        2);
}

SCENARIO(fork_deque, share_before_waiting, .preemptions = 3, .stale_reads = 1) {
    owner o;
    o.fork(1);
    against_thief(
        o,
        [](owner& o) {
            o.fork(2);
            o.share_everything();
        },
        2);
}

SCENARIO(fork_deque, two_thieves, .preemptions = 3, .stale_reads = 1) {
    owner o;
    o.fork(1);
    thread a([&] { o.steal(); }), b([&] { o.steal(); });
    o.fork(2);
    o.join_all();
    a.join();
    b.join();
}

// A thief below the base it may not go under leaves the job alone.
SCENARIO(fork_deque, floor) {
    owner o;
    o.fork(1);
    o.share_everything();
    thread thief([&] { check(o.deque.steal(1) == nullptr, "a job below the floor was stolen"); });
    check(o.join(), "the job is gone");
    thief.join();
}

// The sleeper's request is not lost: whoever asks and then sleeps is shown the next private job, or
// the owner's look after the sharing finds the sleeper. asleep stands for the census.
void asked_by_a_sleeper(bool alone) {
    owner o(alone);
    auto& asleep = *new atomic<int>(0);
    auto& woken = *new atomic<int>(0);
    thread sleeper([&] {
        asleep.store(1, order::seq_cst);
        o.deque.ask();
        if (o.deque.has_public_for_sleep()) asleep.store(0, order::seq_cst);
    });
    auto* job = new forked;
    job->input.set(1);
    veda_worker_head_t* head = o.deque.head();
    const auto look = [&](bool shared) {
        if (shared && asleep.load(order::seq_cst)) woken.store(1, order::relaxed);
    };
    for (int i = 0; i < 2; ++i) {  // the first shares at once, the second when it is asked
        veda_job_t** slot = head->head;
        if (slot >= atomic_view(head->limit).load(order::relaxed)) {
            const auto pushed = o.deque.push_slow(i ? job : new forked, false);
            look(pushed.shared);
        } else {
            job->state = 0;
            atomic_view(*slot).store(job, order::relaxed);
            atomic_view(head->head).store(slot + 1, order::relaxed);
        }
    }
    sleeper.join();
    const bool still_asked = atomic_view(head->limit).load(order::relaxed) == nullptr;
    check(still_asked || woken.load(order::relaxed) || asleep.load(order::relaxed) == 0,
          "a sleeper's request is lost");
    check(!(asleep.load(order::relaxed) && o.deque.has_public() && !woken.load(order::relaxed)),
          "a sleeper is left alone with public work");
}
SCENARIO(fork_deque, asked_by_a_sleeper, .insert_stores = true) { asked_by_a_sleeper(false); }
SCENARIO(fork_deque, alone_asked_by_a_sleeper, .insert_stores = true) { asked_by_a_sleeper(true); }

}  // namespace
