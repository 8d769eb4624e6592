// concatenated.hpp: a list of vectors as one indexed stage that gives its elements away, for collect.
#ifndef VEDA_ITER_CONCATENATED_HPP
#define VEDA_ITER_CONCATENATED_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/each.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace veda::detail {

// Vectors in the order of their items. Grows by one vector for each part of a loop that was stolen.
template <class T>
using gathered = std::vector<std::vector<T>>;

template <class T>
struct concatenated_reader {
    std::vector<T>* parts;
    const std::uint64_t* ends;  // ends[k]: how many elements the parts up to k have together
    std::size_t count;

    std::size_t part_of(std::uint64_t i) const {
        return static_cast<std::size_t>(std::upper_bound(ends, ends + count, i) - ends);
    }
    std::uint64_t begin_of(std::size_t part) const { return part == 0 ? 0 : ends[part - 1]; }

    T operator()(std::uint64_t i) const {
        const std::size_t part = part_of(i);
        return std::move(parts[part][static_cast<std::size_t>(i - begin_of(part))]);
    }

    template <class Sink>
    void each(std::uint64_t first, std::uint64_t last, Sink sink) const {
        for (std::size_t part = part_of(first); first != last; ++part) {
            const std::uint64_t stop = std::min(last, ends[part]);
            T* element = parts[part].data() + (first - begin_of(part));
            for (; first != stop; ++first, ++element) {
                if (sink_stops(sink, std::move(*element))) return;
            }
        }
    }
};

template <class T>
class concatenated {
  public:
    using item = T;
    static constexpr bool indexed = true;

    explicit concatenated(gathered<T>&& parts) : parts_(std::move(parts)) {
        std::uint64_t end = 0;
        for (const auto& part : parts_) ends_.push_back(end += part.size());
    }

    std::uint64_t size() const noexcept { return ends_.empty() ? 0 : ends_.back(); }
    concatenated_reader<T> reader() {
        return {parts_.data(), ends_.data(), parts_.size()};
    }

  private:
    gathered<T> parts_;
    std::vector<std::uint64_t> ends_;
};

}  // namespace veda::detail

#endif
