#include "model/checker/scheduler.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "model/checker/machine.hpp"

namespace veda::model {

namespace {
// Rounds in which every thread only spins and nobody stores, before that is called a livelock.
constexpr int patience = 4;
// Where dice decide, one choice in so many ends a timed wait early, if it may; more would use them
// all up at the beginning.
constexpr std::uint64_t early_end_rarity = 32;
}  // namespace

void scheduler::begin_execution(const config& how, choices& path, memory& words) {
    how_ = &how;
    path_ = &path;
    words_ = &words;
    for (int t = 0; t < count_; ++t) threads_[t].entry = nullptr;
    count_ = self_ = 0;
    preemptions_ = steps_ = spurious_ = early_timeouts_ = 0;
    asleep_ = 0;
    pruned_ = false;
    stores_at_idle_ = UINT64_MAX;
    timeouts_ = 0;
    idle_rounds_ = 0;
    lowest_priority_ = 0;
    const bool priorities = how.how == search::pct && path.random();
    for (int& at : change_points_) at = -1;
    for (int i = 0; priorities && i < std::min(how.pct_depth - 1, 8); ++i)
        change_points_[i] =
            1 + static_cast<int>(path.dice() % static_cast<std::uint64_t>(average_steps_ + 1));
}

void scheduler::run(std::function<void()> body) {
    outside_.adopt_thread();
    spawn(std::move(body));
    fiber::switch_to(outside_, threads_[0].stack);
}

void scheduler::abandon() noexcept {
    fiber::switch_to(threads_[self_].stack, outside_);
    __builtin_unreachable();
}

void scheduler::thread_entry() {
    scheduler& s = the().threads;
    thread& self = s.threads_[s.self_];
    self.entry();
    self.is = state::done;
    for (int t = 0; t < s.count_; ++t) {
        thread& waiter = s.threads_[t];
        if (waiter.is == state::blocked && waiter.next.what == kind::join &&
            waiter.next.address == &self)
            s.wake(t, kind::local);
    }
    if (std::all_of(s.threads_, s.threads_ + s.count_, [](auto& t) { return t.is == state::done; }))
        s.abandon();
    s.reschedule();
    __builtin_unreachable();
}

int scheduler::spawn(std::function<void()> entry) {
    if (count_ == max_threads) fail("too many threads for the checker");
    thread& made = threads_[count_];
    made.stack.prepare(&thread_entry);
    made.entry = std::move(entry);
    made.is = state::ready;
    made.next = {kind::local, nullptr, order::relaxed};
    made.yielded = made.timed = made.timed_out = false;
    made.ticks = 0;
    made.went_on = 0;
    made.priority = path_->random() ? static_cast<int>(path_->dice() % 1'000'000) + 1 : 0;
    words_->begin_thread(count_, count_ == 0 ? -1 : self_);
    return count_++;
}

// -- who may run ----------------------------------------------------------------------------------

bool scheduler::independent(const operation& a, const operation& b) noexcept {
    if (a.what == kind::local || b.what == kind::local) return true;
    if (a.what == kind::yield || b.what == kind::yield) return false;
    if (a.what == kind::barrier || b.what == kind::barrier) return false;
    const auto sc_fence = [](const operation& o) {
        return o.what == kind::fence && o.how == order::seq_cst;
    };
    if (sc_fence(a)) return b.how != order::seq_cst;
    if (sc_fence(b)) return a.how != order::seq_cst;
    if (a.what == kind::fence || b.what == kind::fence) return true;  // touches its own views only
    if (a.address != b.address) return true;
    // Two loads do not see each other, but a seq_cst load binds later ones.
    return a.what == kind::load && b.what == kind::load &&
           !(a.how == order::seq_cst && b.how == order::seq_cst);
}

std::uint64_t scheduler::stores_of_others(int t) const noexcept {
    return words_->stores() - words_->stores_by(t);
}

bool scheduler::eligible(int t) const noexcept {
    const thread& it = threads_[t];
    if (it.is != state::ready) return false;
    return !it.yielded || stores_of_others(t) != it.yielded_at;
}

// The threads to choose from, the running one first if it can go on.
int scheduler::options(int* out, bool& slept) {
    int count = 0;
    const bool can_go_on = eligible(self_);
    const auto offer = [&](int t) {
        if (asleep_ >> t & 1)
            slept = true;
        else
            out[count++] = t;
    };
    if (can_go_on) offer(self_);
    const bool bounded = how_->preemptions != unlimited && preemptions_ >= how_->preemptions &&
                         how_->how == search::exhaustive;
    if (can_go_on && bounded) return count;
    for (int t = 0; t < count_; ++t)
        if (t != self_ && eligible(t)) offer(t);
    return count;
}

// Nobody but spinners: they look once more. False if there is not even a spinner.
bool scheduler::wake_spinners() {
    bool any = false;
    for (int t = 0; t < count_; ++t) {
        if (threads_[t].is != state::ready) continue;
        threads_[t].yielded = false;
        any = true;
    }
    if (!any) return false;
    idle_rounds_ = words_->stores() == stores_at_idle_ ? idle_rounds_ + 1 : 0;
    stores_at_idle_ = words_->stores();
    if (idle_rounds_ > patience)
        fail("livelock: every thread that can run spins, and nobody stores");
    return true;
}

// Nobody at all: a timed wait ends, if time may pass here.
bool scheduler::let_time_pass() {
    if (!how_->timeouts) return false;
    int timed[max_threads], count = 0;
    for (int t = 0; t < count_; ++t)
        if (threads_[t].is == state::blocked && threads_[t].timed) timed[count++] = t;
    if (count == 0) return false;
    end_wait_by_time(timed[path_->choose(count)]);
    return true;
}

void scheduler::end_wait_by_time(int t) noexcept {
    ++timeouts_;
    threads_[t].timed_out = true;
    wake(t, kind::local);
}

// The threads whose timed wait may end although others can run.
int scheduler::early_ends(int* out) const noexcept {
    if (early_timeouts_ >= how_->early_timeouts) return 0;
    int count = 0;
    for (int t = 0; t < count_; ++t)
        if (threads_[t].is == state::blocked && threads_[t].timed) out[count++] = t;
    return count;
}

int scheduler::highest_priority(const int* options, int count) {
    for (int at : change_points_)
        if (at == steps_) threads_[self_].priority = --lowest_priority_;
    int best = 0;
    for (int i = 1; i < count; ++i)
        if (threads_[options[i]].priority > threads_[options[best]].priority) best = i;
    return best;
}

// The alternatives before the chosen one have been explored: they need not run again until
// something happens that they would see.
void scheduler::put_to_sleep(const int* options, int chosen) noexcept {
    if (how_->how != search::exhaustive || how_->preemptions != unlimited) return;
    std::uint32_t candidates = asleep_;
    for (int i = 0; i < chosen; ++i) candidates |= 1u << options[i];
    asleep_ = 0;
    for (int t = 0; t < count_; ++t)
        if ((candidates >> t & 1) && independent(threads_[t].next, threads_[options[chosen]].next))
            asleep_ |= 1u << t;
}

void scheduler::reschedule() {
    int choice[max_threads];
    bool slept = false;
    int count = options(choice, slept);
    while (count == 0 && !slept) {
        if (!wake_spinners() && !let_time_pass()) deadlock();
        count = options(choice, slept);
    }
    const bool could_go_on = eligible(self_);
    const int plain = count;
    count += early_ends(choice + count);
    if (count == 0) {
        pruned_ = true;
        abandon();
    }
    const int chosen = pick(choice, count, plain);
    if (chosen < plain) {
        preemptions_ += could_go_on && choice[chosen] != self_;
        put_to_sleep(choice, chosen);
    } else {
        // Whether a wait may end early depends on all others, so nothing sleeps behind it.
        asleep_ = 0;
        ++early_timeouts_;
        end_wait_by_time(choice[chosen]);
    }
    go_to(choice[chosen]);
}

// Which of the options; those from plain on are early ends of timed waits.
int scheduler::pick(const int* options, int count, int plain) {
    if (!path_->random()) return path_->choose(count);
    if (count == 1) return 0;
    if (count > plain && path_->dice() % early_end_rarity == 0)
        return path_->record(count, plain + static_cast<int>(path_->dice() % (count - plain)));
    const bool priorities = how_->how == search::pct;
    return path_->record(count, priorities ? highest_priority(options, plain)
                                           : static_cast<int>(path_->dice() % plain));
}

void scheduler::go_to(int t) {
    if (t == self_) return;
    thread& from = threads_[self_];
    self_ = t;
    words_->select(t);
    fiber::switch_to(from.stack, threads_[t].stack);
}

void scheduler::deadlock() {
    std::string who;
    for (int t = 0; t < count_; ++t)
        if (threads_[t].is == state::blocked)
            who +=
                " T" + std::to_string(t) + (threads_[t].next.what == kind::join ? " (join)" : "");
    fail("deadlock or lost wake-up: nobody can run; blocked are" + who);
}

// -- what threads do ------------------------------------------------------------------------------

void scheduler::point(kind what, const void* address, order how) {
    thread& self = threads_[self_];
    self.next = {what, address, how};
    if (++steps_ > how_->max_steps) fail("too many steps: a livelock, or a loop without cpu_relax");
    reschedule();
    self.next = {kind::local, nullptr, order::relaxed};
}

bool scheduler::block(kind why, const void* address, bool timed) {
    thread& self = threads_[self_];
    self.is = state::blocked;
    self.next = {why, address, order::relaxed};
    self.timed = timed;
    self.timed_out = false;
    asleep_ &= ~(1u << self_);
    reschedule();
    self.next = {kind::local, nullptr, order::relaxed};
    return !self.timed_out;
}

void scheduler::wake(int t, kind then) noexcept {
    thread& woken = threads_[t];
    woken.is = state::ready;
    woken.next = {then, then == kind::local ? nullptr : woken.next.address, order::relaxed};
    asleep_ &= ~(1u << t);
}

void scheduler::wait_for_end(int t) {
    while (threads_[t].is != state::done) block(kind::join, &threads_[t]);
    words_->join_thread(t);
}

void scheduler::yield() {
    thread& self = threads_[self_];
    // Coming back costs a preemption where those are counted: a worker that spins once before it
    // sleeps must not need one of them to fall asleep.
    if (self.went_on < how_->spins) {
        ++self.went_on;
        return;
    }
    self.went_on = 0;
    words_->catch_up();
    self.yielded = true;
    self.yielded_at = stores_of_others(self_);
    point(kind::yield, nullptr, order::relaxed);
    self.yielded = false;
}

int scheduler::sleepers(kind why, const void* address, int* out) const noexcept {
    int count = 0;
    for (int t = 0; t < count_; ++t)
        if (threads_[t].is == state::blocked && threads_[t].next.what == why &&
            threads_[t].next.address == address)
            out[count++] = t;
    return count;
}

}  // namespace veda::model
