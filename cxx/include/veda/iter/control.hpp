// control.hpp: the adaptors that watch over a run: stop_on (cancellation), progress, ...
#ifndef VEDA_ITER_CONTROL_HPP
#define VEDA_ITER_CONTROL_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/group.hpp>

#include <type_traits>

namespace veda::detail {

template <class S>
class control {
    using item = typename S::item;
    using value_type = std::remove_cvref_t<item>;

  public:
};

}  // namespace veda::detail

#endif
