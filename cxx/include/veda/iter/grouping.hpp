// grouping.hpp: group_by: the items of each key side by side, by a counting sort.
//
// Each folder numbers its keys, counts them and notes the number of each item. Then it is known where the
// items of each folder with each key go; what goes there first are their addresses, and the groups are
// filled from these in order, so that a copy that throws leaves whole elements only.
#ifndef VEDA_ITER_GROUPING_HPP
#define VEDA_ITER_GROUPING_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/collect.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/grouped.hpp>
#include <veda/iter/keyed_parts.hpp>

#include <cstdint>
#include <memory>
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

// The items of one folder: elements that live elsewhere by their address, others themselves.
template <class Item>
class items_in_order {
  public:
    using value = std::remove_cvref_t<Item>;

    template <class T>
    void add(T&& item) {
        items_.push_back(std::forward<T>(item));
    }
    value* address(std::uint64_t i) noexcept { return items_.data() + i; }
    static value&& take(value* from) noexcept { return std::move(*from); }

  private:
    std::vector<value> items_;
};
template <class Item>
    requires std::is_lvalue_reference_v<Item>
class items_in_order<Item> {
  public:
    using value = std::remove_reference_t<Item>;

    void add(value& item) { items_.push_back(std::addressof(item)); }
    value* address(std::uint64_t i) noexcept { return items_[i]; }
    static value& take(value* from) noexcept { return *from; }

  private:
    std::vector<value*> items_;
};

template <class Item, class K>
class grouping {
    using value_type = std::remove_cvref_t<Item>;
    using items = items_in_order<Item>;
    using address = typename items::value*;
    using entry = counted_key<K>;

    struct part : part_with_keys<entry> {
        items own;
        std::vector<std::uint64_t> numbers;  // of the items' keys

        template <class T, class Key>
        void see(T&& item, Key&& key) {
            const std::uint64_t number = this->number_of(std::as_const(key), [&](std::uint64_t hash) {
                this->entries.emplace_back(hash, std::forward<Key>(key));
            });
            own.add(std::forward<T>(item));
            numbers.push_back(number);
            ++this->entries[number].count;
        }
    };

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
        taken_from moved(order(all.begins), &items::take);
        all.items = detail::collect<std::vector<value_type>>(moved, {});
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

    // Where the items come from, in the order of the groups.
    std::vector<address> order(const std::vector<std::uint64_t>& begins) {
        std::vector<std::uint64_t> in_group = begins, next(row_.size());
        for (std::uint64_t i = 0; i != row_.size(); ++i) {
            next[i] = in_group[groups_[i]];
            in_group[groups_[i]] += row_[i].count;
        }
        std::vector<address> from(begins.back());
        for_each_of_few(parts_.size(), [&](std::uint64_t p) {
            part& own = parts_[p];
            for (std::uint64_t i = 0; i != own.numbers.size(); ++i)
                from[next[row_.begin_of(p) + own.numbers[i]]++] = own.own.address(i);
        });
        return from;
    }

    std::vector<part> parts_;
    keyed_row<entry> row_;
    std::vector<std::uint64_t> groups_;
};

}  // namespace veda::detail

#endif
