// fold_chunks.hpp: folds each group of n neighbours into an accumulator of its own and yields those.
//
// The borders depend on the index alone, so that the accumulators are the same for any number of workers.
#ifndef VEDA_ITER_FOLD_CHUNKS_HPP
#define VEDA_ITER_FOLD_CHUNKS_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/arithmetic.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/each.hpp>
#include <veda/iter/fold.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace veda::detail {

template <indexed_stage S, class Id, class F>
class chunk_folded {
  public:
    using item = identity_value<Id>;
    static constexpr bool indexed = true;

    chunk_folded(S&& base, std::uint64_t length, Id&& identity, F&& f)
        : base_(std::move(base)),
          length_(length),
          identity_(std::move(identity)),
          f_(std::move(f)) {}

    std::uint64_t size() {
        return groups_of(length_, base_.size());
    }
    auto reader() {
        return [read = base_.reader(), items = static_cast<std::uint64_t>(base_.size()),
                length = length_, identity = std::addressof(identity_),
                f = callable<F>(f_)](std::uint64_t i) -> item {
            kept<item> acc(make_identity(*identity));
            const std::uint64_t first = i * length;
            each(read, first, first + std::min(length, items - first), [&](auto&& x) {
                fold_into<F>(f, acc, std::forward<decltype(x)>(x));
            });
            return std::move(*acc);
        };
    }

  private:
    S base_;
    std::uint64_t length_;
    Id identity_;
    F f_;
};

}  // namespace veda::detail

#endif
