// each.hpp: the inner loop of every indexed chain.
//
// A reader may bring a loop of its own, each(first, last, sink), where that is faster than to be asked
// for one item after the other: integers count in their own type, a map passes the loop on to its
// base. sink(item) may answer true to stop. It must stay a loop that the compiler can unroll and
// vectorise: everything is a local and gets inlined.
#ifndef VEDA_ITER_EACH_HPP
#define VEDA_ITER_EACH_HPP

#include <veda/detail/language.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace veda::detail {

// Gives one item to the sink; true: stop.
template <class Sink, class T>
[[gnu::__always_inline__]] inline bool sink_stops(Sink& sink, T&& item) {
    if constexpr (std::is_void_v<decltype(sink(std::forward<T>(item)))>) {
        sink(std::forward<T>(item));
        return false;
    } else {
        return sink(std::forward<T>(item));
    }
}

// Gives the items from first to last to sink, in order.
template <class Reader, class Sink>
[[gnu::__always_inline__]] inline void each(const Reader& read, std::uint64_t first,
                                        std::uint64_t last, Sink sink) {
    if constexpr (requires { read.each(first, last, sink); }) {
        read.each(first, last, sink);
    } else {
        for (std::uint64_t i = first; i != last; ++i) {
            if (sink_stops(sink, read(i))) return;
        }
    }
}

}  // namespace veda::detail

#endif
