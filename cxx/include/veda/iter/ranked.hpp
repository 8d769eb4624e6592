// ranked.hpp: items by their rank: the few best ones, and the one that a sort would put at some place.
//
// Both order items by their key and then by their place among the items, as a stable sort does, so that the
// result does not depend on how the loop was shared. Items never move while they are compared: what is
// selected and sorted are their places.
#ifndef VEDA_ITER_RANKED_HPP
#define VEDA_ITER_RANKED_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/extreme.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/held.hpp>
#include <veda/sort/quick.hpp>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace veda::detail {

// Less and Proj as a chain's consumers hold them. Keys in no order to the others (NaN) are less than all that
// are, unless the user's order says otherwise.
template <class Cmp, class Proj>
struct ranking {
    callable<Cmp> less;
    callable<Proj> key_of;

    template <class A, class B>
    bool is_less(const A& a, const B& b) const {
        if (less(a, b)) return true;
        return in_no_order(a) && !in_no_order(b) && !less(b, a);
    }
};

// Places among held items, ordered by the items' keys, upwards or downwards, and then by themselves.
template <bool Upwards, class Held, class Ranking>
struct by_rank {
    static constexpr bool is_cheap = false;

    const Held* items;
    const Ranking* ranks;

    bool operator()(std::uint64_t a, std::uint64_t b) const {
        const auto& left = items[a].key(ranks->key_of);
        const auto& right = items[b].key(ranks->key_of);
        if (Upwards ? ranks->is_less(left, right) : ranks->is_less(right, left)) return true;
        return a < b && !(Upwards ? ranks->is_less(right, left) : ranks->is_less(left, right));
    }
};

inline std::vector<std::uint64_t> first_places(std::uint64_t count) {
    std::vector<std::uint64_t> places(count);
    for (std::uint64_t i = 0; i != count; ++i) places[i] = i;
    return places;
}

// The greatest k of the items that were seen, in the order in which they came, and a few more: as soon as
// there are twice as many as wanted, the better half stays. An item that is not greater than the least of
// them then can be passed over: there are k before it that are as good.
template <class Held, class Ranking>
class greatest_few {
    using downwards = by_rank<false, Held, Ranking>;

  public:
    explicit greatest_few(std::uint64_t k) : k_(k) {}

    template <class Item, class Key>
    void see(const Ranking& ranks, Item&& item, Key&& key) {
        if (least_) {
            if (!ranks.is_less(items_[*least_].key(ranks.key_of), key)) [[likely]] return;
        } else if (k_ == 0) {
            return;
        }
        items_.emplace_back(std::forward<Item>(item), std::forward<Key>(key));
        if (items_.size() / 2 >= k_) keep_the_better_half(ranks);
    }

    void merge(const Ranking& ranks, greatest_few&& right) {
        for (Held& item : right.items_) {
            if (least_ && !ranks.is_less(items_[*least_].key(ranks.key_of), item.key(ranks.key_of))) continue;
            items_.push_back(std::move(item));
            if (items_.size() / 2 >= k_) keep_the_better_half(ranks);
        }
    }

    // Calls give(item) for the greatest k, the greatest first.
    template <class Give>
    void finish(const Ranking& ranks, const Give& give) && {
        std::vector<std::uint64_t> places = first_places(items_.size());
        quick_sort(places.begin(), places.end(), downwards{items_.data(), &ranks});
        places.resize(std::min<std::uint64_t>(places.size(), k_));
        for (const std::uint64_t place : places) give(items_[place]);
    }

  private:
    void keep_the_better_half(const Ranking& ranks) {
        std::vector<std::uint64_t> places = first_places(items_.size());
        const auto kth = places.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
        quick_select(places.begin(), kth, places.end(), downwards{items_.data(), &ranks});
        std::vector<bool> stays(items_.size());
        for (auto place = places.begin(); place != kth + 1; ++place) stays[*place] = true;
        std::vector<Held> kept;
        kept.reserve(2 * k_);
        for (std::uint64_t i = 0; i != items_.size(); ++i) {
            if (i == *kth) least_ = kept.size();
            if (stays[i]) kept.push_back(std::move(items_[i]));
        }
        items_.swap(kept);
    }

    std::uint64_t k_;
    std::vector<Held> items_;
    std::optional<std::uint64_t> least_;  // the place of the least of the k best, once there are so many
};

// Which of the places below n a sort by before would put at place k. A sample tells two places that almost
// certainly have it between them; one parallel pass counts what comes before both and gathers what lies
// between.
template <class Before>
class place_of_rank {
  public:
    place_of_rank(std::uint64_t n, const Before& before) : n_(n), before_(before) {}

    // On a worker; k is below n.
    std::uint64_t find(std::uint64_t k) const {
        if (n_ >= least_to_sample) {
            const auto [low, high] = borders(k);
            std::uint64_t below = 0;
            std::vector<std::uint64_t> between = gather(low, high, below);
            if (below <= k && k - below < between.size()) return selected(std::move(between), k - below);
        }
        return selected(first_places(n_), k);
    }

  private:
    static constexpr std::uint64_t least_to_sample = 4096;
    static constexpr std::uint64_t most_samples = 4096;
    static constexpr std::uint64_t block = 1 << 14;

    std::uint64_t selected(std::vector<std::uint64_t>&& places, std::uint64_t k) const {
        const auto wanted = places.begin() + static_cast<std::ptrdiff_t>(k);
        quick_select(places.begin(), wanted, places.end(), before_);
        return *wanted;
    }

    // Four standard deviations of the rank of the wanted one among the samples, or a little more, on each
    // side; n, where a border would lie outside of them.
    std::pair<std::uint64_t, std::uint64_t> borders(std::uint64_t k) const {
        const std::uint64_t count = std::min(n_ / 16, most_samples), stretch = n_ / count;
        std::vector<std::uint64_t> samples(count);
        for (std::uint64_t i = 0; i != count; ++i) {
            // Not evenly, because patterns repeat evenly.
            samples[i] = stretch * i + (i * 0x9e3779b97f4a7c15u >> 32) % stretch;
        }
        quick_sort(samples.begin(), samples.end(), before_);
        const std::uint64_t rank = std::min(k / stretch, count - 1);
        const std::uint64_t margin = std::uint64_t{2} << std::bit_width(count) / 2;
        return {rank >= margin ? samples[rank - margin] : n_,
                rank + margin < count ? samples[rank + margin] : n_};
    }

    std::vector<std::uint64_t> gather(std::uint64_t low, std::uint64_t high, std::uint64_t& below) const {
        const std::uint64_t blocks = groups_of(block, n_);
        gathered<std::uint64_t> between(blocks);
        std::vector<std::uint64_t> lower(blocks);
        for_each_index(blocks, [&](std::uint64_t b) {
            std::uint64_t count = 0;
            std::vector<std::uint64_t> mine;
            for (std::uint64_t i = b * block; i != std::min(n_, (b + 1) * block); ++i) {
                if (low != n_ && before_(i, low)) {
                    ++count;
                } else if (high == n_ || before_(i, high)) {
                    mine.push_back(i);
                }
            }
            lower[b] = count;
            between[b] = std::move(mine);
        });
        for (const std::uint64_t some : lower) below += some;
        return put_together<std::vector<std::uint64_t>>(std::move(between));
    }

    std::uint64_t n_;
    const Before& before_;
};

}  // namespace veda::detail

#endif
