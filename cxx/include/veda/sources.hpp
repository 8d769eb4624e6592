// sources.hpp: the ways into a parallel chain besides veda::par: values, tables, trees, things that only
// one thread can walk, several chains at once, and elements moved out of a container that lives on.
#ifndef VEDA_SOURCES_HPP
#define VEDA_SOURCES_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/iter/as_chain.hpp>
#include <veda/iter/for_each_index.hpp>
#include <veda/iter/par.hpp>
#include <veda/iter/source_bridge.hpp>
#include <veda/iter/source_drain.hpp>
#include <veda/iter/source_grid.hpp>
#include <veda/iter/source_tree.hpp>
#include <veda/iter/source_values.hpp>
#include <veda/iter/zip.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace veda {

// ---- values ----------------------------------------------------------------------------------------

template <class T>
[[nodiscard]] auto once(T value) {
    return par_iter(detail::maybe_one<T>(std::optional<T>(std::move(value))));
}
template <class T>
[[nodiscard]] auto empty() {
    return par_iter(detail::maybe_one<T>(std::nullopt));
}
// Copies of value.
template <std::copy_constructible T>
[[nodiscard]] auto repeat_n(T value, std::uint64_t count) {
    return par_iter(detail::repeated<T>(std::move(value), count));
}
// Without an end: zip it with something that has one, or take some.
template <std::copy_constructible T>
[[nodiscard]] auto repeat(T value) {
    return repeat_n(std::move(value), std::uint64_t{1} << 62);
}
// f(0), f(1), ... f(count - 1).
template <const_callable<std::uint64_t> F>
[[nodiscard]] auto generate(std::uint64_t count, F f) {
    return par(std::uint64_t{0}, count).map(std::move(f));
}
// The integers from first up to, but not including, last; as par(first, last).
template <std::integral A, std::integral B>
[[nodiscard]] auto iota(A first, B last) {
    return par(first, last);
}
// first, first + step, ..., count numbers.
template <class T>
    requires std::floating_point<T> || std::integral<T>
[[nodiscard]] auto spaced(T first, T step, std::uint64_t count) {
    return par_iter(detail::spaced<T>(first, step, count));
}

// ---- tables ----------------------------------------------------------------------------------------

namespace detail {

inline void must_fit(const char* name, std::uint64_t a, std::uint64_t b) {
    std::uint64_t all = 0;
    if (__builtin_mul_overflow(a, b, &all) || all > std::uint64_t{1} << 62) {
        throw error(VEDA_E_RANGE, std::string("VEDA_E_RANGE: ") + name + ": " + std::to_string(a) +
                                      " times " + std::to_string(b) + " is more than 2^62 indices");
    }
}

}  // namespace detail

// All indices of a table, row by row; of a space, layer by layer.
[[nodiscard]] inline auto iota2d(std::uint64_t rows, std::uint64_t columns) {
    detail::must_fit("iota2d", rows, columns);
    return par_iter(detail::grid2d(rows, columns));
}
[[nodiscard]] inline auto iota3d(std::uint64_t layers, std::uint64_t rows, std::uint64_t columns) {
    detail::must_fit("iota3d", rows, columns);
    detail::must_fit("iota3d", layers, rows * columns);
    return par_iter(detail::grid3d(layers, rows, columns));
}

// Calls f(block2d) for blocks of a table that together are all of it: for bodies that should stay within
// a cache. A block has at most block rows and columns.
template <const_callable<block2d> F>
void for_each_block(std::uint64_t rows, std::uint64_t columns, const F& f, std::uint64_t block = 64) {
    if (block == 0) {
        throw error(VEDA_E_RANGE, "VEDA_E_RANGE: for_each_block: block is 0, must be 1 or more");
    }
    const detail::cuts down{rows, block}, across{columns, block};
    iota2d(down.count(), across.count()).for_each([&](index2d at) {
        std::invoke(f, block2d{down[at.row], across[at.column]});
    });
}
template <const_callable<block3d> F>
void for_each_block(std::uint64_t layers, std::uint64_t rows, std::uint64_t columns, const F& f,
                    std::uint64_t block = 16) {
    if (block == 0) {
        throw error(VEDA_E_RANGE, "VEDA_E_RANGE: for_each_block: block is 0, must be 1 or more");
    }
    const detail::cuts deep{layers, block}, down{rows, block}, across{columns, block};
    iota3d(deep.count(), down.count(), across.count()).for_each([&](index3d at) {
        std::invoke(f, block3d{deep[at.layer], down[at.row], across[at.column]});
    });
}

// ---- several at once -------------------------------------------------------------------------------

namespace detail {

template <indexed_stage... S>
class zipped_all {
  public:
    using item = std::tuple<typename S::item...>;
    static constexpr bool indexed = true;

    explicit zipped_all(S&&... stages) : stages_(std::move(stages)...) {}

    std::uint64_t size() {
        return std::apply([](S&... s) { return std::min({static_cast<std::uint64_t>(s.size())...}); },
                          stages_);
    }
    auto reader() {
        return std::apply(
            [](S&... s) {
                return [readers = std::tuple(s.reader()...)](std::uint64_t i) -> item {
                    return std::apply([i](const auto&... read) { return item(read(i)...); }, readers);
                };
            },
            stages_);
    }

  private:
    std::tuple<S...> stages_;
};

}  // namespace detail

// Yields std::tuple(a's item, b's item, ...), as many as the shortest has.
template <indexed_source... T>
    requires(sizeof...(T) >= 1)
[[nodiscard]] auto par_zip(T&&... sources) {
    return par_iter(detail::zipped_all<typename detail::stage_from<T>::type...>(
        detail::as_chain(std::forward<T>(sources)).release()...));
}

// ---- what hides its elements, or shares them ---------------------------------------------------------

namespace detail {

// std::priority_queue, std::stack and std::queue keep their container in a protected member c.
template <class Adaptor>
struct opened : Adaptor {
    static auto& container(Adaptor& adaptor) { return adaptor.*&opened::c; }
    static const auto& container(const Adaptor& adaptor) { return adaptor.*&opened::c; }
};

template <class T>
class shared_array {
  public:
    using item = T&;
    static constexpr bool indexed = true;

    shared_array(std::shared_ptr<T[]>&& array, std::uint64_t size) : array_(std::move(array)), size_(size) {}

    std::uint64_t size() const noexcept { return size_; }
    auto reader() const noexcept {
        return [first = array_.get()](std::uint64_t i) -> T& { return first[i]; };
    }

  private:
    std::shared_ptr<T[]> array_;
    std::uint64_t size_;
};

}  // namespace detail

template <class A>
concept container_adaptor = requires {
    typename A::container_type;
    detail::opened<A>::container(std::declval<A&>());
};

// The elements of a priority queue, a stack or a queue, in the order of its container: for a priority queue
// any. Of an rvalue they are moved out.
template <class A>
    requires container_adaptor<std::remove_cvref_t<A>>
[[nodiscard]] auto elements_of(A&& adaptor) {
    auto&& container = detail::opened<std::remove_cvref_t<A>>::container(adaptor);
    if constexpr (std::is_lvalue_reference_v<A>) {
        return par(std::as_const(container));
    } else {
        return par(std::move(container));
    }
}

// References to the first count elements of an array that the chain keeps alive. Whoever else has it must not
// write meanwhile what the chain reads.
template <class T>
[[nodiscard]] auto par_shared(std::shared_ptr<T[]> array, std::uint64_t count) {
    return par_iter(detail::shared_array<T>(std::move(array), count));
}

// ---- trees -----------------------------------------------------------------------------------------

// All nodes of a tree: root, and what children(node) gives, and so on. Prefix: a node before its children;
// postfix: behind them; walk_tree: in the order that is cheapest. Nodes are copied; those that can only be
// moved come out of a container that children(node) gives by value.
template <std::move_constructible Node, gives_children<Node> F>
[[nodiscard]] auto walk_tree_prefix(Node root, F children) {
    return par_iter(detail::prefix_walk<Node, F>(std::move(root), std::move(children)));
}
template <std::move_constructible Node, gives_children<Node> F>
[[nodiscard]] auto walk_tree_postfix(Node root, F children) {
    return par_iter(detail::postfix_walk<Node, F>(std::move(root), std::move(children)));
}
template <std::move_constructible Node, gives_children<Node> F>
[[nodiscard]] auto walk_tree(Node root, F children) {
    return walk_tree_prefix(std::move(root), std::move(children));
}

// Yields the parts of data that divide(part) does not divide any more: it gives {part, nothing}, or two
// parts. Runs once: data is moved out.
template <std::movable D, divides<D> F>
[[nodiscard]] auto split(D data, F divide) {
    return par_iter(detail::divided<D, F>(std::move(data), std::move(divide)));
}

// ---- what only one thread can walk -------------------------------------------------------------------

// The items of any input range, pulled by one worker at a time, worked on by all. In no particular order. A
// worker takes one item and works on it before it takes another; .batched(n) takes more at a time.
template <std::ranges::input_range R>
[[nodiscard]] auto par_bridge(R&& range) {
    using next = detail::pulling<R>;
    return par_iter(detail::bridged<typename next::value, next>(next(std::forward<R>(range))));
}
template <std::input_iterator It, std::sentinel_for<It> E>
[[nodiscard]] auto par_bridge(It first, E last) {
    return par_bridge(std::ranges::subrange(std::move(first), std::move(last)));
}
// What next() gives, a std::optional, until that is empty. Called by one thread at a time.
template <std::invocable F>
    requires optional_like<std::invoke_result_t<F&>>
[[nodiscard]] auto par_bridge(F next) {
    using item = std::remove_cvref_t<decltype(*std::declval<std::invoke_result_t<F&>>())>;
    return par_iter(detail::bridged<item, F>(std::move(next)));
}

// ---- elements moved out ----------------------------------------------------------------------------

// Yields the elements of a container from index first up to last, moved out; they are erased from it when the
// chain is gone. Throws VEDA_E_RANGE for a range that is not there.
template <class C>
    requires parallel_range<C&> && requires(C& c) { c.erase(c.begin(), c.end()); }
[[nodiscard]] auto drain(C& container, std::uint64_t first, std::uint64_t last) {
    if (first > last || last > container.size()) {
        throw error(VEDA_E_RANGE, "VEDA_E_RANGE: drain: from " + std::to_string(first) + " to " +
                                      std::to_string(last) + ", of " +
                                      std::to_string(container.size()) + " elements");
    }
    return par_iter(detail::drained<C>(container, first, last));
}
// From first to the end.
template <class C>
    requires parallel_range<C&> && requires(C& c) { c.erase(c.begin(), c.end()); }
[[nodiscard]] auto drain(C& container, std::uint64_t first) {
    return drain(container, first, container.size());
}
// All of them, out of any container.
template <class C>
[[nodiscard]] auto drain(C& container) {
    if constexpr (parallel_range<C&> && requires { container.erase(container.begin(), container.end()); }) {
        return drain(container, 0, container.size());
    } else {
        // The container itself stays, with its comparison, hash and buckets.
        auto items = detail::take_all_out(container);
        container.clear();
        return par_iter(detail::taken_out<typename decltype(items)::value_type>(std::move(items)));
    }
}

}  // namespace veda

#endif
