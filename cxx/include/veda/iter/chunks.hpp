// chunks.hpp: yields groups of n neighbours; the last group may be shorter.
//
// Over contiguous elements a group is a std::span of them, nothing moves. Over anything else it is
// a std::vector that the group's items were put into.
#ifndef VEDA_ITER_CHUNKS_HPP
#define VEDA_ITER_CHUNKS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/error.hpp>
#include <veda/iter/concepts.hpp>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

template <indexed_stage S>
class chunked {
    static auto one_group(S& base, std::uint64_t first, std::uint64_t count) {
        if constexpr (sliceable<S>) {
            return base.slice(first, count);
        } else {
            std::vector<std::remove_cvref_t<typename S::item>> group;
            group.reserve(static_cast<std::size_t>(count));
            const auto read = base.reader();
            for (std::uint64_t i = first; i != first + count; ++i) group.push_back(read(i));
            return group;
        }
    }

  public:
    using item = decltype(one_group(std::declval<S&>(), 0, 0));
    static constexpr bool indexed = true;

    chunked(S&& base, std::uint64_t length) : base_(std::move(base)), length_(length) {
        if (length == 0) throw error(VEDA_E_RANGE, "VEDA_E_RANGE: chunks: length is 0, must be 1 or more");
    }

    std::uint64_t size() {
        return groups_of(length_, base_.size());
    }
    auto reader() {
        return [this, items = static_cast<std::uint64_t>(base_.size()),
                length = length_](std::uint64_t i) -> item {
            const std::uint64_t first = i * length;
            return one_group(base_, first, std::min(length, items - first));
        };
    }

  private:
    S base_;
    std::uint64_t length_;
};

}  // namespace veda::detail

#endif
