// source_parts.hpp: what something divides into where its own content says so: lines, code points, runs of
// equal elements.
//
// Positions are those of the content (bytes, elements). Where a part begins is found while walking, and by
// a thief near the middle of what is left; so what a part is may depend on nothing before its beginning.
#ifndef VEDA_ITER_SOURCE_PARTS_HPP
#define VEDA_ITER_SOURCE_PARTS_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/drive.hpp>

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace veda::detail {

// size() positions. next_begin(begin, from, end): a part begins at begin; somewhere from `from` on begins
// another one, at best right there; end if none was found before it. hand_out(begin, end, folder) feeds
// the part that begins at begin and gives where the next one does, at most end.
template <class P>
concept divisible = std::move_constructible<P> && requires(const P& p, std::uint64_t i) {
    typename P::item;
    { p.size() } -> std::same_as<std::uint64_t>;
    { p.next_begin(i, i, i) } -> std::same_as<std::uint64_t>;
};

template <divisible D>
class parts_producer {
  public:
    parts_producer(const D& whole, std::uint64_t begin, std::uint64_t end) noexcept
        : whole_(std::addressof(whole)), begin_(begin), end_(end) {}

    std::uint64_t size() const noexcept { return end_ - begin_; }

    parts_producer split_off(std::uint64_t n) {
        const std::uint64_t cut = n == 0 ? begin_ : cut_near(begin_ + n);
        return {*whole_, cut, std::exchange(end_, cut)};
    }

    template <folder F>
    [[gnu::__noinline__]] F fold_some(F folder, std::uint64_t n) {
        const std::uint64_t stop = begin_ + n;
        const std::uint64_t end = end_;
        std::uint64_t at = begin_;
        while (at < stop) {
            at = whole_->hand_out(at, end, folder);
            if constexpr (F::may_fill) {
                if (folder.full()) break;
            }
        }
        begin_ = at;
        return folder;
    }

  private:
    // Where a part begins, best right behind middle; else, which means that a long part lies there, before
    // it, in steps that double; end_ if all is one part. A callback that throws ends the look: the walk will
    // come to it in its turn.
    std::uint64_t cut_near(std::uint64_t middle) const {
        constexpr std::uint64_t straddling = 64;  // a separator that ends behind the middle
        try {
            const std::uint64_t behind = whole_->next_begin(begin_, middle, end_);
            if (behind < end_) return behind;
            const std::uint64_t last = end_ - middle > straddling ? middle + straddling : end_;
            for (std::uint64_t width = 64;; width *= 2) {
                const std::uint64_t from = middle - begin_ > width ? middle - width : begin_ + 1;
                const std::uint64_t before = whole_->next_begin(begin_, from, last);
                if (before < last) return before;
                if (from == begin_ + 1) return end_;
            }
        } catch (...) {
            return end_;
        }
    }

    const D* whole_;
    std::uint64_t begin_;
    std::uint64_t end_;
};

template <divisible D>
class parted {
  public:
    using item = typename D::item;
    static constexpr bool indexed = false;

    explicit parted(D&& whole) : whole_(std::move(whole)) {}

    std::uint64_t reach() const { return whole_.size(); }

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        return drive(parts_producer<D>(whole_, 0, whole_.size()), consumer, limits);
    }

  private:
    D whole_;
};

// ---- parts between separators ---------------------------------------------------------------------

// A separator: where it begins, and how long it is. None: it begins at the end of what was searched.
struct separator {
    std::uint64_t at;
    std::uint64_t length;
};

// What is made of the content between two separators.
struct part_style {
    bool keeps_separator = false;  // as the end of the part that it ends
    bool last_may_be_empty = false;  // a separator at the very end has one more part behind it
    bool skips_empty = false;
    bool trims_cr = false;  // text: where a separator follows
};

// Data: std::string_view or std::span. Finder: find(data, begin, end) gives the first separator in
// [begin, end), or {end, 0}. Where what find finds depends on where it begins, the finder has
// find_anywhere(data, begin, from, end), too: one that begins at or behind from and that find, going on from
// begin, would come upon.
template <class Data, class Finder, part_style Style>
class between_separators {
  public:
    using item = Data;

    between_separators(Data data, Finder&& finder) : data_(data), finder_(std::move(finder)) {}

    // The part behind the last separator may have no content, but it needs a position.
    std::uint64_t size() const noexcept { return data_.size() + (Style.last_may_be_empty ? 1 : 0); }

    std::uint64_t next_begin(std::uint64_t begin, std::uint64_t from, std::uint64_t end) const {
        const std::uint64_t last = within(end);
        if (from >= last) return end;
        const separator found = find_anywhere(begin, from, last);
        return found.at == last ? end : found.at + found.length;
    }

    template <folder F>
    [[gnu::__always_inline__]] std::uint64_t hand_out(std::uint64_t begin, std::uint64_t end,
                                                      F& folder) const {
        const std::uint64_t last = within(end);
        const separator found = finder_.find(data_, begin, last);
        const bool is_last = found.at == last;
        const std::uint64_t next = is_last ? end : found.at + found.length;
        std::uint64_t part_end = Style.keeps_separator && !is_last ? next : found.at;
        if constexpr (Style.trims_cr) {
            if (!is_last && part_end > begin && data_[part_end - 1] == '\r') --part_end;
        }
        if (!Style.skips_empty || part_end > begin) folder.consume(part(data_, begin, part_end));
        return next;
    }

  private:
    static std::string_view part(std::string_view text, std::uint64_t first, std::uint64_t last) {
        return {text.data() + first, last - first};
    }
    template <class T>
    static std::span<T> part(std::span<T> elements, std::uint64_t first, std::uint64_t last) {
        return {elements.data() + first, last - first};
    }

    separator find_anywhere(std::uint64_t begin, std::uint64_t from, std::uint64_t end) const {
        if constexpr (requires { finder_.find_anywhere(data_, begin, from, end); }) {
            return finder_.find_anywhere(data_, begin, from, end);
        } else {
            return finder_.find(data_, from, end);
        }
    }

    std::uint64_t within(std::uint64_t end) const noexcept {
        return end < data_.size() ? end : data_.size();
    }

    Data data_;
    Finder finder_;
};

}  // namespace veda::detail

#endif
