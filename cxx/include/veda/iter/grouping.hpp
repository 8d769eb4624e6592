// grouping.hpp: group_by: the items of each key side by side, by a counting sort.
//
// Each folder numbers its keys, counts them and notes the number of each item. Then it is known where the
// items of each folder with each key go. If making an element there may throw, what goes there first are
// their addresses, and the groups are filled from these in order, so that whole elements only are left.
#ifndef VEDA_ITER_GROUPING_HPP
#define VEDA_ITER_GROUPING_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/huge_pages.hpp>
#include <veda/detail/vector_access.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/grouped.hpp>
#include <veda/iter/keyed_parts.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

template <class K>
class counted_key {
  public:
    std::uint64_t hash;
    std::uint64_t count = 0;

    template <class From>
    counted_key(std::uint64_t its_hash, From&& key) : hash(its_hash), key_(std::forward<From>(key)) {}
    const K& key() const noexcept { return key_; }
    K&& take_key() noexcept { return std::move(key_); }

  private:
    K key_;
};

// An item and the number of its key. Elements that live elsewhere are noted by their address, unless their
// bytes are fewer.
template <class Item>
struct numbered_item {
    using value = std::remove_cvref_t<Item>;

    template <class T>
    numbered_item(T&& its_item, std::uint32_t its_number)
        : item(std::forward<T>(its_item)), number(its_number) {}
    value* address() noexcept { return std::addressof(item); }
    static value&& take(value* from) noexcept { return std::move(*from); }

    value item;
    std::uint32_t number;
};
template <class Item>
    requires(std::is_lvalue_reference_v<Item> && !(std::is_trivially_copyable_v<std::remove_cvref_t<Item>> &&
                                                   sizeof(std::remove_cvref_t<Item>) <= sizeof(void*)))
struct numbered_item<Item> {
    using value = std::remove_reference_t<Item>;

    numbered_item(value& its_item, std::uint32_t its_number) noexcept
        : item(std::addressof(its_item)), number(its_number) {}
    value* address() noexcept { return item; }
    static value& take(value* from) noexcept { return *from; }

    value* item;
    std::uint32_t number;
};

// A sequence that grows without moving what is in it, in blocks that an allocator has at hand.
template <class T>
class in_blocks {
  public:
    template <class... Args>
    void emplace_back(Args&&... args) {
        if (blocks_.empty() || blocks_.back().size() == blocks_.back().capacity()) [[unlikely]] add_block();
        blocks_.back().emplace_back(std::forward<Args>(args)...);
    }
    template <class F>
    void for_each(const F& f) {
        for (auto& block : blocks_) {
            for (T& one : block) f(one);
        }
    }

  private:
    static constexpr std::size_t fewest = 16;
    static constexpr std::size_t most = std::max<std::size_t>(fewest, (std::size_t{32} << 10) / sizeof(T));

    void add_block() {
        const std::size_t last = blocks_.empty() ? 0 : blocks_.back().size();
        std::vector<T> block;
        block.reserve(std::clamp(4 * last, fewest, most));
        blocks_.push_back(std::move(block));
    }

    std::vector<std::vector<T>> blocks_;
};

template <class Item, class K>
class grouping {
    using value_type = std::remove_cvref_t<Item>;
    using noted = numbered_item<Item>;
    using address = typename noted::value*;
    using entry = counted_key<K>;

    struct part : part_with_keys<entry> {
        in_blocks<noted> items;

        template <class T, class Key>
        void see(T&& item, Key&& key) {
            const std::uint64_t number = this->number_of(std::as_const(key), [&](std::uint64_t hash) {
                if (this->entries.size() == UINT32_MAX) throw std::length_error("veda: group_by: 2^32 keys");
                this->entries.emplace_back(hash, std::forward<Key>(key));
            });
            items.emplace_back(std::forward<T>(item), static_cast<std::uint32_t>(number));
            ++this->entries[number].count;
        }
    };

    static constexpr bool made_without_fail = fills_in_place<std::vector<value_type>> &&
        std::is_nothrow_constructible_v<value_type, decltype(noted::take(std::declval<address>()))>;

  public:
    // On a worker.
    template <class S, class F>
    static grouped_by<K, value_type> run(S& stage, const F& key, piece_limits limits) {
        const callable<F> key_of(key);
        const auto see = [key_of](part& own, auto&& x) {
            own.see(forward_item<Item>(x), key_of(std::as_const(x)));
        };
        return grouping(detail::feed(stage, gathering_parts<part>(see), limits)).put_together();
    }

  private:
    explicit grouping(std::vector<part>&& parts) : parts_(std::move(parts)), row_(parts_) {}

    grouped_by<K, value_type> put_together() {
        row_.find_firsts([](std::uint64_t, std::uint64_t) {});
        grouped_by<K, value_type> all;
        all.begins = begins_of_groups();
        all.items = items_of_groups(all.begins.back(), begins_of_entries(all.begins));
        for (entry* first : std::move(row_).take_firsts()) all.keys.push_back(first->take_key());
        return all;
    }

    // Also notes which group each entry of the row belongs to.
    std::vector<std::uint64_t> begins_of_groups() {
        groups_.resize(row_.size());
        std::vector<std::uint64_t> begins{0};  // at first the counts of the groups, one place to the right
        for (std::uint64_t i = 0; i != row_.size(); ++i) {
            const std::uint64_t first = row_.first_of(i);
            if (first == i) begins.push_back(0);
            groups_[i] = first == i ? begins.size() - 2 : groups_[first];
            begins[groups_[i] + 1] += row_[i].count;
        }
        for (std::uint64_t g = 1; g != begins.size(); ++g) begins[g] += begins[g - 1];
        return begins;
    }

    // Where the first item of each entry goes; from where the groups begin.
    std::vector<std::uint64_t> begins_of_entries(std::vector<std::uint64_t> begins) {
        std::vector<std::uint64_t> next(row_.size());
        for (std::uint64_t i = 0; i != row_.size(); ++i) {
            next[i] = begins[groups_[i]];
            begins[groups_[i]] += row_[i].count;
        }
        return next;
    }

    std::vector<value_type> items_of_groups(std::uint64_t size, std::vector<std::uint64_t>&& next) {
        if constexpr (made_without_fail) {
            std::vector<value_type> all;
            all.reserve(size);
            expect_to_fill(all.data(), size * sizeof(value_type));
            place_all(next, [to = all.data()](std::uint64_t place, address from) {
                std::construct_at(to + place, noted::take(from));
            });
            vector_access<value_type>::set_size(all, size);
            return all;
        } else {
            std::vector<address> order(size);
            place_all(next, [to = order.data()](std::uint64_t place, address from) { to[place] = from; });
            taken_from moved(std::move(order), &noted::take);
            return detail::collect<std::vector<value_type>>(moved, {});
        }
    }

    // Calls put(place, address) for every item.
    template <class Put>
    void place_all(std::vector<std::uint64_t>& next, const Put& put) {
        for_each_index(parts_.size(), [&](std::uint64_t p) {
            std::uint64_t* const places = next.data() + row_.begin_of(p);
            parts_[p].items.for_each([&](noted& one) { put(places[one.number]++, one.address()); });
        });
    }

    std::vector<part> parts_;
    keyed_row<entry> row_;
    std::vector<std::uint64_t> groups_;
};

}  // namespace veda::detail

#endif
