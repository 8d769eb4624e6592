// zip.hpp: walks two indexed stages in step and yields pairs, as many as the shorter one has.
#ifndef VEDA_ITER_ZIP_HPP
#define VEDA_ITER_ZIP_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace veda::detail {

template <indexed_stage A, indexed_stage B>
class zipped {
  public:
    using item = std::pair<typename A::item, typename B::item>;
    static constexpr bool indexed = true;

    zipped(A&& a, B&& b) : a_(std::move(a)), b_(std::move(b)) {}

    std::uint64_t size() { return std::min<std::uint64_t>(a_.size(), b_.size()); }
    auto reader() {
        return [a = a_.reader(), b = b_.reader()](std::uint64_t i) -> item {
            return item(a(i), b(i));
        };
    }

  private:
    A a_;
    B b_;
};

}  // namespace veda::detail

#endif
