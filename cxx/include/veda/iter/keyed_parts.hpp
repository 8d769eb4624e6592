// keyed_parts.hpp: items sorted out by keys that have a hash, in two steps, for distinct, group_by and
// reduce_by_key.
//
//     each folder    a table of its own; an entry for each key, in the order of the keys' first items
//     at the end     the entries of all folders stand in one row; the first ones of their keys are found by
//                    parts of the hash, all parts at once
//
// Folders share nothing, so few keys cost no more than a table in the cache, and many are put together in
// parallel. Folders come in the order of the items, so the first entry of a key in the row is that of its
// first item.
#ifndef VEDA_ITER_KEYED_PARTS_HPP
#define VEDA_ITER_KEYED_PARTS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/key_table.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

namespace veda::detail {

// A consumer that gives what its folders made, in order: step(part, item) takes an item into a Part, which
// begins as Part().
template <class Part, class Step>
auto gathering_parts(Step step) {
    using parts = std::vector<Part>;
    return accumulating{[] { return parts(1); },
                        [step](parts& own, auto&& x) { step(own.front(), std::forward<decltype(x)>(x)); },
                        [](parts& left, parts&& right) {
                            left.insert(left.end(), std::make_move_iterator(right.begin()),
                                        std::make_move_iterator(right.end()));
                        }};
}

// The keys of one folder: an Entry for each, which has a member hash and key().
template <class Entry>
struct part_with_keys {
    key_table table;
    std::vector<Entry> entries;

    // The number of the entry with this key. If it is a new one, add(hash) puts its entry to the end.
    template <class K, class Add>
    std::uint64_t number_of(const K& key, const Add& add) {
        const std::uint64_t hash = hash_of(key);
        return table.find_or_add(
            hash, [&](std::uint64_t i) { return static_cast<bool>(entries[i].key() == key); },
            [this](std::uint64_t i) { return entries[i].hash; },
            [&] {
                add(hash);
                return entries.size() - 1;
            });
    }
};

// The entries of all folders in one row, by their addresses.
template <class Entry>
class keyed_row {
  public:
    // parts: part_with_keys or what is derived from it, which stay where they are. On a worker.
    template <class Part>
    explicit keyed_row(std::vector<Part>& parts) : one_part_(parts.size() == 1) {
        for (const Part& part : parts) begins_.push_back(begins_.back() + part.entries.size());
        row_.resize(begins_.back());
        for_each_index(parts.size(), [&](std::uint64_t p) {
            Entry** place = row_.data() + begins_[p];
            for (Entry& entry : parts[p].entries) *place++ = std::addressof(entry);
        });
    }

    std::uint64_t size() const noexcept { return row_.size(); }
    Entry& operator[](std::uint64_t i) noexcept { return *row_[i]; }
    // Where the entries of a part begin.
    std::uint64_t begin_of(std::uint64_t part) const noexcept { return begins_[part]; }

    // Finds for each entry the first one with its key, and calls again(first, i) for those that are not the
    // first themselves: of one key in order, of several keys by several threads.
    template <class Again>
    void find_firsts(const Again& again) {
        if (one_part_) return;
        const std::vector<std::uint64_t> begins = sort_by_kind();
        for_each_index(kinds, [&](std::uint64_t kind) {
            key_table table;
            for (std::uint64_t k = begins[kind]; k != begins[kind + 1]; ++k) {
                const mark& one = marks_[k];
                const std::uint64_t j = table.find_or_add(
                    one.hash,
                    [&](std::uint64_t l) {
                        return marks_[l].hash == one.hash &&
                               static_cast<bool>(row_[marks_[l].i]->key() == row_[one.i]->key());
                    },
                    [this](std::uint64_t l) { return marks_[l].hash; }, [k] { return k; });
                if (j == k) continue;
                firsts_[one.i] = marks_[j].i;
                again(marks_[j].i, one.i);
            }
        });
    }

    // Behind find_firsts.
    std::uint64_t first_of(std::uint64_t i) const noexcept { return one_part_ ? i : firsts_[i]; }
    std::vector<Entry*> take_firsts() && {
        if (!one_part_) {
            std::uint64_t count = 0;
            for (std::uint64_t i = 0; i != size(); ++i) {
                if (firsts_[i] == i) row_[count++] = row_[i];
            }
            row_.resize(count);
        }
        return std::move(row_);
    }

  private:
    static constexpr int kind_bits = 7;  // enough for the workers to share, whatever the keys
    static constexpr std::uint64_t kinds = std::uint64_t{1} << kind_bits;

    struct mark {
        std::uint64_t hash, i;
    };

    static std::uint64_t kind_of(const Entry* entry) noexcept { return entry->hash >> (64 - kind_bits); }

    // Marks of the entries by parts of the hash, each in the order of the row; gives where they begin. A
    // counting sort, whose blocks are the folders' entries.
    std::vector<std::uint64_t> sort_by_kind() {
        const std::uint64_t parts = begins_.size() - 1;
        std::vector<std::uint64_t> next(parts * kinds), begins;
        for_each_index(parts, [&](std::uint64_t p) {
            for (std::uint64_t i = begins_[p]; i != begins_[p + 1]; ++i)
                ++next[p * kinds + kind_of(row_[i])];
        });
        std::uint64_t place = 0;
        for (std::uint64_t kind = 0; kind != kinds; ++kind) {
            begins.push_back(place);
            for (std::uint64_t p = 0; p != parts; ++p) place += std::exchange(next[p * kinds + kind], place);
        }
        begins.push_back(place);
        marks_.resize(size());
        firsts_.resize(size());
        for_each_index(parts, [&](std::uint64_t p) {
            for (std::uint64_t i = begins_[p]; i != begins_[p + 1]; ++i) {
                firsts_[i] = i;
                marks_[next[p * kinds + kind_of(row_[i])]++] = {row_[i]->hash, i};
            }
        });
        return begins;
    }

    bool one_part_;
    std::vector<std::uint64_t> begins_{0};
    std::vector<Entry*> row_;
    std::vector<mark> marks_;
    std::vector<std::uint64_t> firsts_;
};

// An indexed stage of what Take makes of each of some things that lie elsewhere.
template <class T, class Take>
class taken_from {
  public:
    using item = decltype(std::declval<const Take&>()(std::declval<T*>()));
    static constexpr bool indexed = true;

    taken_from(std::vector<T*>&& from, Take take) : from_(std::move(from)), take_(std::move(take)) {}

    std::uint64_t size() const noexcept { return from_.size(); }
    auto reader() const {
        return [from = from_.data(), take = take_](std::uint64_t i) -> item { return take(from[i]); };
    }

  private:
    std::vector<T*> from_;
    Take take_;
};

}  // namespace veda::detail

#endif
