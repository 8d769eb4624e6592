// scan.hpp: running totals of numbers in memory, inclusive or exclusive, in parallel.
//
// A running total needs what came before, so each chunk is walked twice: first all chunks are summed up
// at once, then each chunk knows its start and all are scanned at once. That reads everything twice; so
// it is done for one stretch after the other, each small enough that its second walk still finds it in a
// cache. With one worker there is nothing to win, and it is the plain loop.
#ifndef VEDA_ITER_SCAN_HPP
#define VEDA_ITER_SCAN_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/detail/kept.hpp>
#include <veda/iter/for_each_index.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda::detail {

inline constexpr std::uint64_t scan_chunk_bytes = std::uint64_t{256} << 10;
inline constexpr std::uint64_t scan_chunks_each = 4;  // chunks of a stretch, for each worker

// From elements that are alive to elements that are alive; the two may be the same.
template <class T, class Op, bool Inclusive>
class scanning {
  public:
    // total: what comes before the first one, if anything.
    scanning(const T* from, T* to, std::uint64_t size, const Op& op, std::optional<T> total)
        : from_(from), to_(to), size_(size), op_(op), total_(std::move(total)) {}

    // On a worker.
    void run() {
        const std::uint32_t workers = workers_here();
        std::uint64_t chunk = std::max<std::uint64_t>(scan_chunk_bytes / sizeof(T), 1);
        // Few elements that are no numbers may be dear to combine.
        if constexpr (!std::is_arithmetic_v<T>) {
            chunk = std::clamp<std::uint64_t>(size_ / (scan_chunks_each * workers), 1, chunk);
        }
        if (workers == 1 || size_ <= chunk) return scan(0, size_, std::move(total_));
        const std::uint64_t stretch = chunk * scan_chunks_each * workers;
        for (std::uint64_t begin = 0; begin < size_; begin += stretch)
            scan_stretch(begin, std::min(begin + stretch, size_), chunk);
    }

  private:
    void scan_stretch(std::uint64_t begin, std::uint64_t end, std::uint64_t chunk) {
        const std::uint64_t chunks = (end - begin + chunk - 1) / chunk;
        const auto edge = [&](std::uint64_t i) { return std::min(begin + i * chunk, end); };
        std::vector<std::optional<T>> before(chunks + 1);
        renew(before[0], std::move(total_));
        // Nobody asks what comes behind the last one.
        const std::uint64_t summed = end == size_ ? chunks - 1 : chunks;
        for_each_index(summed, [&](std::uint64_t i) {
            before[i + 1].emplace(sum(edge(i), edge(i + 1)));
        });
        for (std::uint64_t i = 0; i != summed; ++i)
            if (before[i]) renew(before[i + 1], T(op_(T(*before[i]), std::move(*before[i + 1]))));
        renew(total_, std::optional<T>(before[chunks]));
        for_each_index(chunks, [&](std::uint64_t i) {
            scan(edge(i), edge(i + 1), std::move(before[i]));
        });
    }

    T sum(std::uint64_t begin, std::uint64_t end) const {
        const callable<Op> op = op_;
        const T* const from = from_;
        T acc = from[begin];
        for (std::uint64_t i = begin + 1; i < end; ++i) renew(acc, T(op(std::move(acc), from[i])));
        return acc;
    }

    void scan(std::uint64_t begin, std::uint64_t end, std::optional<T> before) const {
        const callable<Op> op = op_;
        const T* const from = from_;
        T* const to = to_;
        if (begin == end) return;
        if constexpr (Inclusive) {
            T acc = before ? static_cast<T>(op(std::move(*before), from[begin])) : T(from[begin]);
            renew(to[begin], T(acc));
            for (std::uint64_t i = begin + 1; i != end; ++i) {
                renew(acc, T(op(std::move(acc), from[i])));
                renew(to[i], T(acc));
            }
        } else {
            T acc = std::move(*before);  // an exclusive scan always has a start
            for (std::uint64_t i = begin; i != end - 1; ++i) {
                T next = op(T(acc), from[i]);
                renew(to[i], std::move(acc));
                renew(acc, std::move(next));
            }
            renew(to[end - 1], std::move(acc));
        }
    }

    const T* from_;
    T* to_;
    std::uint64_t size_;
    callable<Op> op_;
    std::optional<T> total_;
};

}  // namespace veda::detail

#endif
