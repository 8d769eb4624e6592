// par_entry.hpp: the name veda::par, for adaptors that make chains themselves. What its calls answer is in
// par.hpp.
#ifndef VEDA_ITER_PAR_ENTRY_HPP
#define VEDA_ITER_PAR_ENTRY_HPP

#include <veda/detail/language.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/group.hpp>
#include <veda/iter/refusals.hpp>
#include <veda/iter/source_listed.hpp>

#include <concepts>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <type_traits>
#include <utility>
#include <type_traits>

namespace veda {

namespace detail {

// The type of veda::par, an object so that it can stand in a pipe too: range | veda::par.
struct par_entry {
    // The one for ranges comes first: a compiler that finds none that fits explains that one first.
    template <parallel_range R>
    [[nodiscard]] auto operator()(R&& range) const;

    template <listable_range R>
    [[nodiscard]] auto operator()(R&& range) const;

    template <class T>
    void operator()(std::initializer_list<T>) const {
        static_assert(no_type_at_all<T>,
                      "the elements of an initializer list are gone before the chain runs: write "
                      "veda::par(std::array{1, 2, 3}), or name a container");
    }

    template <class T>
    [[nodiscard]] auto operator()(std::optional<T>&& value) const;
    template <class T>
    [[nodiscard]] auto operator()(std::optional<T>& value) const;
    template <class T>
    [[nodiscard]] auto operator()(const std::optional<T>& value) const;

    template <std::integral A, std::integral B>
        requires(!std::same_as<std::common_type_t<A, B>, bool>)
    [[nodiscard]] auto operator()(A first, B last) const;

    template <std::random_access_iterator It, std::sized_sentinel_for<It> E>
    [[nodiscard]] auto operator()(It first, E last) const;

    // A chain is what it is: for templates that take either.
    template <any_chain C>
        requires(!std::is_lvalue_reference_v<C>)
    [[nodiscard]] auto operator()(C&& chain) const {
        return std::forward<C>(chain);
    }
};

}  // namespace detail

inline constexpr detail::par_entry par{};

}  // namespace veda

#endif
