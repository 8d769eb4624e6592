// insertion.hpp: insertion sorts, for what is short or nearly sorted. Stable; an order that throws leaves all
// elements there.
#ifndef VEDA_SORT_INSERTION_HPP
#define VEDA_SORT_INSERTION_HPP

#include <veda/detail/language.hpp>

#include <cstdint>
#include <iterator>
#include <type_traits>
#include <utility>

namespace veda::detail {

// An element taken out of its place, put back into the hole that is left at the end, whatever happens.
template <class I>
class lifted {
  public:
    explicit lifted(I from) : value_(std::ranges::iter_move(from)), hole_(from) {}
    lifted(const lifted&) = delete;
    lifted& operator=(const lifted&) = delete;
    ~lifted() noexcept(std::is_nothrow_assignable_v<std::iter_reference_t<I>, std::iter_value_t<I>>) {
        *hole_ = std::move(value_);
    }

    const std::iter_value_t<I>& value() const noexcept { return value_; }
    I hole() const { return hole_; }
    // The element before the hole moves into it.
    void move_down() {
        I before = hole_;
        --before;
        *hole_ = std::ranges::iter_move(before);
        hole_ = before;
    }

  private:
    std::iter_value_t<I> value_;
    I hole_;
};

// Puts the element at place to where it belongs among the sorted ones from first on; gives by how many
// it moved.
template <class I, class Less>
std::uint64_t insert(I first, I place, const Less& less) {
    I before = place;
    --before;
    if (!less(*place, *before)) return 0;
    std::uint64_t moved = 0;
    lifted<I> element(place);
    do {
        element.move_down();
        ++moved;
        before = element.hole();
        if (before == first) break;
        --before;
    } while (less(element.value(), *before));
    return moved;
}

template <class I, class Less>
void insertion_sort(I first, I last, const Less& less) {
    if (first == last) return;
    for (I place = first + 1; place != last; ++place) insert(first, place, less);
}

// The same, but gives up, and answers false, when more than so many moves were made.
template <class I, class Less>
bool insertion_sort_within(I first, I last, const Less& less, std::uint64_t moves) {
    if (first == last) return true;
    std::uint64_t made = 0;
    for (I place = first + 1; place != last; ++place) {
        made += insert(first, place, less);
        if (made > moves) return false;
    }
    return true;
}

}  // namespace veda::detail

#endif
