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
template <class It>
class lifted {
  public:
    explicit lifted(It from) : value_(std::ranges::iter_move(from)), hole_(from) {}
    lifted(const lifted&) = delete;
    lifted& operator=(const lifted&) = delete;
    ~lifted() noexcept(std::is_nothrow_assignable_v<std::iter_reference_t<It>, std::iter_value_t<It>>) {
        *hole_ = std::move(value_);
    }

    const std::iter_value_t<It>& value() const noexcept { return value_; }
    It hole() const { return hole_; }
    // The element before the hole moves into it.
    void move_down() {
        It before = hole_;
        --before;
        *hole_ = std::ranges::iter_move(before);
        hole_ = before;
    }

  private:
    std::iter_value_t<It> value_;
    It hole_;
};

// Puts the element at place to where it belongs among the sorted ones from first on; gives by how many
// it moved.
template <class It, class Less>
std::uint64_t insert(It first, It place, const Less& less) {
    It before = place;
    --before;
    if (!less(*place, *before)) return 0;
    std::uint64_t moved = 0;
    lifted<It> element(place);
    do {
        element.move_down();
        ++moved;
        before = element.hole();
        if (before == first) break;
        --before;
    } while (less(element.value(), *before));
    return moved;
}

template <class It, class Less>
void insertion_sort(It first, It last, const Less& less) {
    if (first == last) return;
    for (It place = first + 1; place != last; ++place) insert(first, place, less);
}

// The same, but gives up, and answers false, when more than so many moves were made.
template <class It, class Less>
bool insertion_sort_within(It first, It last, const Less& less, std::uint64_t moves) {
    if (first == last) return true;
    std::uint64_t made = 0;
    for (It place = first + 1; place != last; ++place) {
        made += insert(first, place, less);
        if (made > moves) return false;
    }
    return true;
}

}  // namespace veda::detail

#endif
