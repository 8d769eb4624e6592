// The C++ headers: what they share between threads beyond what the C functions order.
#include <veda/combinable.hpp>
#include <veda/iter/progress.hpp>
#include <veda/spawn.hpp>

#include "model/suites/scenario.hpp"

namespace {

using namespace veda::model;

// -- combinable -----------------------------------------------------------------------------------

struct counted {
    cell<int> value{0};
};

// Two threads ask for their places at once: both must find the segment that is kept.
SCENARIO(combinable, two_threads) {
    auto* parts = new veda::combinable<counted>;
    const auto count = [parts] { parts->local().value.set(parts->local().value.get() + 1); };
    thread other(count);
    count();
    other.join();
    int sum = 0;
    parts->for_each([&](counted& one) { sum += one.value.get(); });
    check(sum == 2, "a value is lost");
    parts->clear();
    check(parts->size() == 0, "a value is left");
    delete parts;
}

// -- progress -------------------------------------------------------------------------------------

// The hook is never in two threads, and each call sees what the one before it wrote.
SCENARIO(progress, hook_in_turns) {
    auto* told = new cell<int>(0);
    auto hook = [told](const veda::progress_report&) { told->set(told->get() + 1); };
    auto* meter = new veda::detail::progress_meter<decltype(hook)>(std::move(hook),
                                                                   std::chrono::nanoseconds(1));
    thread other([=] { meter->finish(1); });
    meter->finish(1);
    other.join();
    check(told->get() >= 1 && told->get() <= 2, "not told");
}

// -- a task and its handle ------------------------------------------------------------------------

struct shared : veda::detail::task_state<int> {
    cell<int> closure{0};
};

// Both let go; the last one frees what either has used.
SCENARIO(spawn, two_owners) {
    auto* state = new shared;
    state->destroy = [](veda::detail::task_state<int>* self) noexcept {
        auto* all = static_cast<shared*>(self);
        check(all->closure.get() == 0 || all->closure.get() == 1, "not a closure");
        delete all;
    };
    state->taken = true;
    thread task([=] {
        state->closure.set(1);
        state->let_go();
    });
    state->let_go();
    task.join();
}

}  // namespace
