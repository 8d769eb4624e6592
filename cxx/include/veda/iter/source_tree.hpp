// source_tree.hpp: the nodes of a tree that is found while it is walked, in prefix or postfix order, and
// data that divides itself.
//
// A part of the walk is a stack of nodes that are still to be visited, the next one on top. What lies at
// the bottom comes later in order and is nearest to the root: that is what a thief gets. In postfix order a
// node goes back under its children, marked as to be yielded when it comes up again.
#ifndef VEDA_ITER_SOURCE_TREE_HPP
#define VEDA_ITER_SOURCE_TREE_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/callable.hpp>
#include <veda/iter/concepts.hpp>
#include <veda/iter/drive.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <ranges>
#include <type_traits>
#include <utility>
#include <vector>

namespace veda {

namespace detail {

// An element of a range that children(node) gave: out of a container of its own it is moved.
template <class R>
using child_of = std::conditional_t<std::is_reference_v<R> || std::ranges::borrowed_range<R> ||
                                        std::ranges::view<std::remove_cvref_t<R>>,
                                    std::ranges::range_reference_t<R>,
                                    std::ranges::range_rvalue_reference_t<R>>;

}  // namespace detail

// children(node) gives a range of nodes.
template <class F, class Node>
concept gives_children =
    const_callable<F, const Node&> &&
    std::ranges::input_range<std::invoke_result_t<const F&, const Node&>> &&
    std::constructible_from<Node, detail::child_of<std::invoke_result_t<const F&, const Node&>>>;

// f(data) gives {data} or {first part, second part}, as std::pair<D, std::optional<D>>.
template <class F, class D>
concept divides = const_callable<F, D> && requires(std::invoke_result_t<const F&, D> parts) {
    D(std::move(parts.first));
    static_cast<bool>(parts.second);
    D(std::move(*parts.second));
};

namespace detail {

// Step(entry, stack, folder): visits one entry.
template <class Entry, class Step>
class stack_producer {
    // A visit is cheap and the stack seldom long, so an entry counts for several; a single one for one, as it
    // cannot be cut.
    static constexpr std::uint64_t weight = 32;

  public:
    static constexpr bool unmeasured = true;

    stack_producer(std::vector<Entry>&& stack, const Step& step)
        : stack_(std::move(stack)), step_(std::addressof(step)) {}
    stack_producer(stack_producer&&) noexcept = default;

    std::uint64_t size() const noexcept {
        return stack_.size() > 1 ? stack_.size() * weight : stack_.size();
    }

    // Keeps the top.
    stack_producer split_off(std::uint64_t n) {
        const std::uint64_t kept = std::min<std::uint64_t>((n + weight - 1) / weight, stack_.size());
        const auto border = stack_.end() - static_cast<std::ptrdiff_t>(kept);
        std::vector<Entry> top(std::make_move_iterator(border), std::make_move_iterator(stack_.end()));
        stack_.erase(border, stack_.end());
        std::swap(top, stack_);
        return {std::move(top), *step_};
    }

    template <folder F>
    F fold_some(F folder, std::uint64_t n) {
        for (; n != 0 && !stack_.empty() && !folder.full(); --n) {
            Entry entry = std::move(stack_.back());
            stack_.pop_back();
            (*step_)(std::move(entry), stack_, folder);
        }
        return folder;
    }

  private:
    std::vector<Entry> stack_;
    const Step* step_;
};

// A walk has no length to plan by: it shares as soon as somebody is hungry.
template <class Entry, class Step, consumer C>
result_of<C> drive_stack(std::vector<Entry>&& stack, const Step& step, const C& consumer,
                         piece_limits limits) {
    using producer = stack_producer<Entry, Step>;
    stop_link root(limits.above);
    return driver<producer, C>(consumer, limits, false, limits.stop_on_throw ? &root : nullptr)
        .run(producer(std::move(stack), step));
}

// Puts the children on the stack, the first one on top.
template <class Entry, class Node, class F>
void push_children(std::vector<Entry>& stack, const Node& node, const F& children) {
    using child = child_of<std::invoke_result_t<const F&, const Node&>>;
    auto&& all = children(node);
    const auto bottom = static_cast<std::ptrdiff_t>(stack.size());
    for (auto&& next : all) stack.push_back(Entry{Node(static_cast<child>(next))});
    std::reverse(stack.begin() + bottom, stack.end());
}

// A root that cannot be copied is given away: such a chain runs once.
template <class Node>
Node copy_or_move(Node& root) {
    if constexpr (std::copy_constructible<Node>) {
        return root;
    } else {
        return std::move(root);
    }
}

template <class Node, class F>
class prefix_walk {
    struct entry {
        Node node;
    };

  public:
    using item = Node;
    static constexpr bool indexed = false;

    prefix_walk(Node&& root, F&& children) : root_(std::move(root)), children_(std::move(children)) {}

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const auto step = [children = callable<F>(children_)](entry&& next, std::vector<entry>& stack,
                                                              auto& folder) {
            push_children(stack, std::as_const(next.node), children);
            folder.consume(std::move(next.node));
        };
        std::vector<entry> stack;
        stack.push_back(entry{copy_or_move(root_)});
        return drive_stack(std::move(stack), step, consumer, limits);
    }

  private:
    Node root_;
    F children_;
};

template <class Node, class F>
class postfix_walk {
    struct entry {
        Node node;
        bool children_done = false;
    };

  public:
    using item = Node;
    static constexpr bool indexed = false;

    postfix_walk(Node&& root, F&& children) : root_(std::move(root)), children_(std::move(children)) {}

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const auto step = [children = callable<F>(children_)](entry&& next, std::vector<entry>& stack,
                                                              auto& folder) {
            if (next.children_done) {
                folder.consume(std::move(next.node));
            } else {
                const auto bottom = static_cast<std::ptrdiff_t>(stack.size());
                push_children(stack, std::as_const(next.node), children);
                stack.push_back(entry{std::move(next.node), true});
                std::rotate(stack.begin() + bottom, stack.end() - 1, stack.end());
            }
        };
        std::vector<entry> stack;
        stack.push_back(entry{copy_or_move(root_)});
        return drive_stack(std::move(stack), step, consumer, limits);
    }

  private:
    Node root_;
    F children_;
};

template <class D, class F>
class divided {
  public:
    using item = D;
    static constexpr bool indexed = false;

    divided(D&& data, F&& divide) : data_(std::move(data)), divide_(std::move(divide)) {}

    template <consumer C>
    result_of<C> feed(const C& consumer, piece_limits limits) {
        const auto step = [divide = callable<F>(divide_)](D&& next, std::vector<D>& stack, auto& folder) {
            auto parts = divide(std::move(next));
            if (parts.second) {
                stack.push_back(std::move(*parts.second));
                stack.push_back(std::move(parts.first));
            } else {
                folder.consume(D(std::move(parts.first)));
            }
        };
        std::vector<D> stack;
        stack.push_back(std::move(data_));
        return drive_stack(std::move(stack), step, consumer, limits);
    }

  private:
    D data_;
    F divide_;
};

}  // namespace detail
}  // namespace veda

#endif
