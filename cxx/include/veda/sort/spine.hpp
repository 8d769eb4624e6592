// spine.hpp: sorts numbers that are nearly sorted: what is in order stays, what is not is taken out, sorted
// and merged in again.
//
// Each block of the array finds a rising sequence in itself, its spine, in one walk: an element below the
// last one of the spine is dropped, unless it was that one that stood out; and when eight in a row were
// dropped, those of the spine that are above all eight go instead. This is Ernerfeldt's drop-merge sort
// (github.com/emilk/drop-merge-sort, 2017), done to all blocks at once. Where much is dropped, or the spines
// of two blocks overlap, the input is not of that kind, and nothing was moved.
#ifndef VEDA_SORT_SPINE_HPP
#define VEDA_SORT_SPINE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/raw_room.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/sort/quick.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace veda::detail {

// T is copied like bytes; less does not throw.
template <class T, class Less>
class spine_sorter {
  public:
    spine_sorter(T* first, std::uint64_t size, std::uint64_t blocks, const Less& less)
        : first_(first), size_(size), parts_(blocks), less_(less), room_(size) {}

    // On a worker. False if too much is out of order; nothing was moved then, nor if it throws bad_alloc.
    bool run() {
        for_each_index(parts_.size(), [this](std::uint64_t b) { take_apart(b); });
        if (!is_one_spine()) return false;
        std::vector<T> dropped;
        for (const part& p : parts_) dropped.insert(dropped.end(), p.dropped.begin(), p.dropped.end());
        quick_sort(dropped.begin(), dropped.end(), less_);
        put_together(dropped);
        return true;
    }

  private:
    struct part {
        std::uint64_t kept = 0;  // they lie in the room, where the block begins
        std::vector<T> dropped;
        bool gave_up = false;
    };

    static constexpr std::ptrdiff_t patience = 8;  // drops in a row

    std::uint64_t edge(std::uint64_t b) const noexcept {
        return block_border(size_, parts_.size(), b);
    }
    T* spine(std::uint64_t b) const noexcept { return room_.data() + edge(b); }

    void take_apart(std::uint64_t b) {
        part& out = parts_[b];
        const T* const end = first_ + edge(b + 1);
        T* const bottom = spine(b);
        T* top = bottom;  // behind the last one kept
        std::ptrdiff_t in_a_row = 0;
        const std::uint64_t most = (edge(b + 1) - edge(b)) / 8 + static_cast<std::uint64_t>(patience);
        for (const T* at = first_ + edge(b); at != end; ++at) {
            if (top == bottom || !less_(*at, top[-1])) {
                *top++ = *at;
                in_a_row = 0;
            } else if (in_a_row == 0 && top - bottom >= 2 && !less_(*at, top[-2])) {
                out.dropped.push_back(top[-1]);
                top[-1] = *at;
            } else if (in_a_row < patience) {
                out.dropped.push_back(*at);
                ++in_a_row;
            } else {
                // They are looked at again, above what is left of the spine.
                at -= patience;
                out.dropped.erase(out.dropped.end() - patience, out.dropped.end());
                const T& highest = *std::max_element(at, at + patience + 1, less_);
                do {
                    out.dropped.push_back(*--top);
                } while (top != bottom && less_(highest, top[-1]));
                in_a_row = 0;
                --at;
            }
            if (out.dropped.size() > most) {
                out.gave_up = true;
                return;
            }
        }
        out.kept = static_cast<std::uint64_t>(top - bottom);
    }

    bool is_one_spine() const {
        const T* last = nullptr;
        for (std::uint64_t b = 0; b != parts_.size(); ++b) {
            if (parts_[b].gave_up) return false;
            if (parts_[b].kept == 0) continue;
            if (last != nullptr && less_(*spine(b), *last)) return false;
            last = spine(b) + parts_[b].kept - 1;
        }
        return true;
    }

    // Each block's spine with what belongs between its first element and that of the next one.
    void put_together(const std::vector<T>& dropped) {
        std::vector<const T*> from(parts_.size() + 1, dropped.data() + dropped.size());
        std::vector<T*> to(parts_.size() + 1);
        for (std::uint64_t b = parts_.size(); b-- > 0;) {
            from[b] = parts_[b].kept == 0 ? from[b + 1]
                                          : std::lower_bound(dropped.data(), from[b + 1], *spine(b), less_);
        }
        from[0] = dropped.data();
        to[0] = first_;
        for (std::uint64_t b = 0; b != parts_.size(); ++b) {
            to[b + 1] = to[b] + parts_[b].kept + (from[b + 1] - from[b]);
        }
        for_each_index(parts_.size(), [&](std::uint64_t b) {
            std::merge(spine(b), spine(b) + parts_[b].kept, from[b], from[b + 1], to[b], less_);
        });
    }

    T* first_;
    std::uint64_t size_;
    std::vector<part> parts_;
    Less less_;
    raw_room<T> room_;
};

}  // namespace veda::detail

#endif
