// interleave.hpp: two indexed chains by turns.
#ifndef VEDA_ITER_INTERLEAVE_HPP
#define VEDA_ITER_INTERLEAVE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/iter/concepts.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace veda::detail {

// By turns as long as both have items; then the rest of the longer one, unless Shortest.
template <indexed_stage A, indexed_stage B, bool Shortest>
class interleaved {
  public:
    using item = std::common_reference_t<typename A::item, typename B::item>;
    static constexpr bool indexed = true;

    interleaved(A&& a, B&& b) : a_(std::move(a)), b_(std::move(b)) { (void)size(); }

    std::uint64_t size() {
        std::uint64_t a = a_.size(), b = b_.size();
        if constexpr (Shortest) {
            // The first chain has one turn more than the second.
            if (a > b) a = b + 1;
            b = std::min(a, b);
        }
        return sum_of_lengths(Shortest ? "interleave_shortest" : "interleave", a, b);
    }
    auto reader() {
        return [a = a_.reader(), b = b_.reader(), pairs = std::min<std::uint64_t>(a_.size(), b_.size()),
                first_is_longer = a_.size() > b_.size()](std::uint64_t i) -> item {
            const bool takes_first = i < 2 * pairs ? i % 2 == 0 : first_is_longer;
            const std::uint64_t at = i < 2 * pairs ? i / 2 : i - pairs;
            return takes_first ? static_cast<item>(a(at)) : static_cast<item>(b(at));
        };
    }

  private:
    A a_;
    B b_;
};

}  // namespace veda::detail

#endif
