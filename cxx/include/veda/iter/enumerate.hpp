// enumerate.hpp: yields (index, item) as a std::pair; the index counts from 0 over the whole chain.
#ifndef VEDA_ITER_ENUMERATE_HPP
#define VEDA_ITER_ENUMERATE_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <cstdint>
#include <utility>

namespace veda::detail {

template <indexed_stage S>
class enumerated {
  public:
    using item = std::pair<std::uint64_t, typename S::item>;
    static constexpr bool indexed = true;

    explicit enumerated(S&& base) : base_(std::move(base)) {}

    std::uint64_t size() { return base_.size(); }
    auto reader() {
        return [read = base_.reader()](std::uint64_t i) -> item { return item(i, read(i)); };
    }

  private:
    S base_;
};

}  // namespace veda::detail

#endif
