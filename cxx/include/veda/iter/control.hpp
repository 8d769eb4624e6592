// control.hpp: the adaptors that watch over a run: stop_on (cancellation), progress, stop_on_throw.
//
// They yield what they get, and keep a chain indexed.
#ifndef VEDA_ITER_CONTROL_HPP
#define VEDA_ITER_CONTROL_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/progress.hpp>
#include <veda/iter/stop_on.hpp>

#include <chrono>
#include <type_traits>
#include <utility>

namespace veda::detail {

template <class S>
class control {
  public:
    // Ends the run by veda::cancelled soon after token.stop_requested() is true. It is asked before each
    // piece, which costs the items nothing.
    template <stop_token_like T>
    auto stop_on(T token) && {
        auto& chain = chain_of(*this);
        const piece_limits limits = chain.limits();
        return chain_with(stopped_on<S, T>(std::move(chain).release(), std::move(token)), limits);
    }

    // Calls hook(progress_report) every period, at the earliest, from whichever worker comes by, and once
    // more when all items of an indexed chain are done or the run of any other one is. Counts the items at
    // this place of the chain. What the hook throws ends the run; in that last call of an indexed chain it
    // is dropped.
    template <progress_hook F>
    auto progress(F hook, std::chrono::nanoseconds period = std::chrono::milliseconds(100)) && {
        auto& chain = chain_of(*this);
        const piece_limits limits = chain.limits();
        return chain_with(watched<S, F>(std::move(chain).release(), std::move(hook), period), limits);
    }

    // After an exception every part of the run stops behind its piece, those left of the throw, too, which
    // otherwise go on to their end. Which of several exceptions travels is then a matter of chance.
    auto stop_on_throw() && {
        auto& chain = chain_of(*this);
        piece_limits limits = chain.limits();
        limits.stop_on_throw = true;
        return chain_with(std::move(chain).release(), limits);
    }
};

}  // namespace veda::detail

#endif
