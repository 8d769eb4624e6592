// source_drain.hpp: elements moved out of a container that goes on living: they are erased from it when
// the chain is gone, whether it ran, threw or was never run.
#ifndef VEDA_ITER_SOURCE_DRAIN_HPP
#define VEDA_ITER_SOURCE_DRAIN_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <memory>
#include <ranges>
#include <utility>

namespace veda::detail {

// C: std::vector, std::deque, std::string, or alike.
template <class C>
class drained {
  public:
    using item = typename C::value_type;
    static constexpr bool indexed = true;

    drained(C& container, std::uint64_t first, std::uint64_t last) noexcept
        : container_(std::addressof(container)), first_(first), last_(last) {}
    drained(drained&& other) noexcept
        : container_(std::exchange(other.container_, nullptr)), first_(other.first_), last_(other.last_) {}
    drained& operator=(drained&&) = delete;
    ~drained() {
        if (container_ != nullptr) container_->erase(at(first_), at(last_));
    }

    std::uint64_t size() const noexcept { return last_ - first_; }
    auto reader() {
        return [first = at(first_)](std::uint64_t i) -> item {
            return std::ranges::iter_move(first + static_cast<typename C::difference_type>(i));
        };
    }

  private:
    auto at(std::uint64_t i) const {
        return container_->begin() + static_cast<typename C::difference_type>(i);
    }

    C* container_;
    std::uint64_t first_;
    std::uint64_t last_;
};

}  // namespace veda::detail

#endif
