// search.hpp: the consumers that look for an item: any one, the leftmost or the rightmost one.
//
// Folders are opened at positions of the chain, from left to right, and each covers what lies between its
// own and the next. So all that workers share is the best position at which a folder that found something
// was opened: whoever was opened beyond it can stop, for nothing it finds can win. A folder of the leftmost
// search ends at its own first hit; one of the rightmost search goes on, to its last.
//
// Where the items of a chain are references or numbers, they are tested in blocks: the answers of a block
// are gathered without a branch, which the compiler can vectorise, and looked at once. So a few items
// behind a hit may be tested as well.
#ifndef VEDA_ITER_SEARCH_HPP
#define VEDA_ITER_SEARCH_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/concepts.hpp>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>

namespace veda::detail {

// ---- what the workers share: relaxed, for it only saves work, and the joins publish what was found ----

class any_hit {
  public:
    static constexpr bool leftmost_wins = true;
    void hit(std::uint64_t) noexcept { some_.store(true, std::memory_order_relaxed); }
    bool beyond(std::uint64_t) const noexcept { return some_.load(std::memory_order_relaxed); }

  private:
    std::atomic<bool> some_{false};
};

class leftmost_hit {
  public:
    static constexpr bool leftmost_wins = true;
    void hit(std::uint64_t position) noexcept {
        std::uint64_t seen = best_.load(std::memory_order_relaxed);
        while (position < seen &&
               !best_.compare_exchange_weak(seen, position, std::memory_order_relaxed)) {
        }
    }
    bool beyond(std::uint64_t position) const noexcept {
        return position > best_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint64_t> best_{UINT64_MAX};
};

class rightmost_hit {
  public:
    static constexpr bool leftmost_wins = false;
    void hit(std::uint64_t position) noexcept {
        std::uint64_t seen = best_.load(std::memory_order_relaxed);
        while (position + 1 > seen &&
               !best_.compare_exchange_weak(seen, position + 1, std::memory_order_relaxed)) {
        }
    }
    bool beyond(std::uint64_t position) const noexcept {
        return position + 1 < best_.load(std::memory_order_relaxed);
    }

  private:
    std::atomic<std::uint64_t> best_{0};  // one more than the position; 0: no hit yet
};

// ---- testing in blocks ----------------------------------------------------------------------------

inline constexpr std::uint64_t test_block = 64;

// Reading such items and not using them changes nothing.
template <class Item>
concept testable_in_blocks = std::is_lvalue_reference_v<Item> || std::is_arithmetic_v<Item>;

// The answers for one block, a byte each.
struct answers {
    alignas(test_block) unsigned char of[test_block];

    // Where the first true one is, seen from the side that wins; test_block if there is none.
    template <bool LeftmostWins>
    std::uint64_t winner() const noexcept {
        std::uint64_t words[test_block / 8];
        std::memcpy(words, of, sizeof words);
        std::uint64_t some = 0;
        for (std::uint64_t word : words) some |= word;
        if (some == 0) return test_block;
        if constexpr (LeftmostWins) {
            std::uint64_t i = 0;
            while (of[i] == 0) ++i;
            return i;
        } else {
            std::uint64_t i = test_block - 1;
            while (of[i] == 0) --i;
            return i;
        }
    }
};

// Asks about the block of items that begins at first. In words first: g++ 12 vectorises any comparison into
// words, but not any into bytes.
template <class Reader, class P>
[[gnu::__always_inline__]] inline answers ask_block(const Reader& read, std::uint64_t first,
                                                const callable<P>& likes) {
    std::uint32_t words[test_block];
    for (std::uint64_t i = 0; i != test_block; ++i)
        words[i] = static_cast<bool>(likes(read(first + i))) ? 1u : 0u;
    answers block;
    for (std::uint64_t i = 0; i != test_block; ++i)
        block.of[i] = static_cast<unsigned char>(words[i]);
    return block;
}

// Calls found(i) for each i that wins against what was found before it: for leftmost searches at most
// once. Stops when stop() says so, asked per block. Gives how far it came: what is left is shorter than
// a block.
template <bool LeftmostWins, class Reader, class P, class Found, class Stop>
std::uint64_t test_blocks(const Reader& read, const callable<P>& likes, std::uint64_t first,
                          std::uint64_t last, Found found, Stop stop) {
    const callable<P> test = likes;
    for (; last - first >= test_block && !stop(); first += test_block) {
        const std::uint64_t winner = ask_block(read, first, test).template winner<LeftmostWins>();
        if (winner != test_block) found(first + winner);
    }
    return first;
}

// ---- searching for a value ------------------------------------------------------------------------

// Probes: (item, found) -> whether found was set from the item.
template <class P>
struct matching {
    callable<P> likes;

    template <class T, class Found>
    bool operator()(T&& item, std::optional<Found>& found) const {
        if (!likes(std::as_const(item))) return false;
        found.emplace(std::forward<T>(item));
        return true;
    }
};

template <class F>
struct mapping {
    callable<F> f;

    template <class T, class Found>
    bool operator()(T&& item, std::optional<Found>& found) const {
        auto&& made = f(std::forward<T>(item));
        if (!made) return false;
        found.emplace(*std::forward<decltype(made)>(made));
        return true;
    }
};

template <class Found, class Probe, class Hits>
struct search_folder {
    static constexpr bool may_fill = true;

    Hits* hits;
    Probe probe;
    std::uint64_t position;
    std::optional<Found> found;

    template <class T>
    void consume(T&& item) {
        if (probe(std::forward<T>(item), found)) hits->hit(position);
    }
    bool full() const {
        return (Hits::leftmost_wins && found.has_value()) || hits->beyond(position);
    }
    std::optional<Found> complete() && { return std::move(found); }

    // Elements in memory are tested first and the one that won is read again.
    template <class Reader>
        requires Reader::reads_memory && requires(const Probe& p) { p.likes; }
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last) {
        std::uint64_t i = test_blocks<Hits::leftmost_wins>(
            read, probe.likes, first, last, [&](std::uint64_t at) { win(read(at)); },
            [&] { return full(); });
        for (; i != last && !full(); ++i) consume(read(i));
    }

  private:
    template <class T>
    void win(T& element) {
        found.emplace(element);
        hits->hit(position);
    }
};

template <class Found, class Probe, class Hits>
struct search_consumer {
    Hits* hits;
    Probe probe;
    std::uint64_t position = 0;

    search_folder<Found, Probe, Hits> into_folder() const { return {hits, probe, position, {}}; }
    search_consumer split_off(std::uint64_t i) const { return {hits, probe, position + i}; }
    // It knows where its part begins, not where it ends: a hit to the right may be its own.
    bool full() const { return Hits::leftmost_wins && hits->beyond(position); }
    static constexpr bool looks_from_right = !Hits::leftmost_wins;
    bool overtaken() const { return hits->beyond(position); }
    bool settles(const std::optional<Found>& found) const {
        return Hits::leftmost_wins && found.has_value();
    }
    std::optional<Found> reduce(std::optional<Found>&& left, std::optional<Found>&& right) const {
        const bool left_wins = Hits::leftmost_wins ? left.has_value() : !right.has_value();
        return left_wins ? std::move(left) : std::move(right);
    }
};

// ---- searching for a position, or just whether there is one -----------------------------------------

// Over an indexed stage itself, so that a position is an index.
template <class Item, class P, class Hits>
struct position_folder {
    static constexpr bool may_fill = true;

    Hits* hits;
    callable<P> likes;
    std::uint64_t opened;
    std::uint64_t next;
    std::optional<std::uint64_t> found;

    template <class T>
    void consume(T&& item) {
        if (likes(std::as_const(item))) win(next);
        ++next;
    }
    bool full() const {
        return (Hits::leftmost_wins && found.has_value()) || hits->beyond(opened);
    }
    std::optional<std::uint64_t> complete() && { return found; }

    // The items from first to last of the reader, of which first is at next.
    template <class Reader>
        requires testable_in_blocks<Item>
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last) {
        const std::uint64_t origin = next - first;
        std::uint64_t i = test_blocks<Hits::leftmost_wins>(
            read, likes, first, last, [&](std::uint64_t at) { win(origin + at); },
            [&] { return full(); });
        for (next = origin + i; i != last && !full(); ++i) consume(read(i));
        next = origin + last;
    }

  private:
    void win(std::uint64_t at) {
        found = at;
        hits->hit(opened);
    }
};

template <class Item, class P, class Hits>
struct position_consumer {
    Hits* hits;
    const P* likes;
    std::uint64_t position = 0;

    position_folder<Item, P, Hits> into_folder() const {
        return {hits, callable<P>(*likes), position, position, {}};
    }
    position_consumer split_off(std::uint64_t i) const { return {hits, likes, position + i}; }
    bool full() const { return Hits::leftmost_wins && hits->beyond(position); }
    std::optional<std::uint64_t> reduce(std::optional<std::uint64_t>&& left,
                                        std::optional<std::uint64_t>&& right) const {
        return (Hits::leftmost_wins ? left.has_value() : !right.has_value()) ? left : right;
    }
};

template <class Item, class P>
struct ask_folder {
    static constexpr bool may_fill = true;

    any_hit* hits;
    callable<P> likes;

    template <class T>
    void consume(T&& item) {
        if (likes(std::as_const(item))) hits->hit(0);
    }
    bool full() const { return hits->beyond(0); }
    bool complete() && { return full(); }

    template <class Reader>
        requires testable_in_blocks<Item>
    void sweep(const Reader& read, std::uint64_t first, std::uint64_t last) {
        std::uint64_t i = test_blocks<true>(
            read, likes, first, last, [&](std::uint64_t) { hits->hit(0); }, [&] { return full(); });
        for (; i != last && !full(); ++i) consume(read(i));
    }
};

template <class Item, class P>
struct ask_consumer {
    any_hit* hits;
    const P* likes;

    ask_folder<Item, P> into_folder() const { return {hits, callable<P>(*likes)}; }
    ask_consumer split_off(std::uint64_t) const { return *this; }
    bool full() const { return hits->beyond(0); }
    bool reduce(bool&& left, bool&& right) const { return left || right; }
};

}  // namespace veda::detail

#endif
