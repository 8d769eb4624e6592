// collect.hpp: puts all items into a container, in order.
//
// Two ways. An indexed chain into a std::vector: every item is built straight at its place. Any
// other chain: each part of the range gathers a vector of its own, and the vectors are put together
// at the end; with a single part nothing is moved at all. On an exception all that was built is
// destroyed.
#ifndef VEDA_ITER_COLLECT_HPP
#define VEDA_ITER_COLLECT_HPP

#include <veda/detail/language.hpp>
#include <veda/detail/huge_pages.hpp>
#include <veda/detail/lossless.hpp>
#include <veda/detail/vector_access.hpp>
#include <veda/iter/accumulate.hpp>
#include <veda/iter/concatenated.hpp>
#include <veda/iter/indexed_producer.hpp>
#include <veda/iter/pack.hpp>
#include <veda/iter/utf8.hpp>

#include <concepts>
#include <cstdint>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace veda {

// An item can become a T in passing, by an implicit conversion that loses nothing of a number: a double
// becomes no int, an int no char. Where that is wanted, map says so.
template <class Item, class T>
concept kept_whole_as = std::convertible_to<Item, T> && detail::lossless<std::remove_cvref_t<Item>, T>;

// A container that takes items one after the other.
template <class C, class Item>
concept collectable = std::default_initializable<C> && kept_whole_as<Item, typename C::value_type> && (
        requires(C& c, typename C::value_type&& x) { c.push_back(std::move(x)); } ||
        requires(C & c, typename C::value_type&& x) { c.insert(std::move(x)); } ||
        requires(C & c, typename C::value_type&& x) { c.push(std::move(x)); } ||
        requires(C & c, typename C::value_type&& x) {
            c.insert_after(c.before_begin(), std::move(x));
        });

// A string that takes whole texts, which are put together, or code points, which are encoded as UTF-8.
template <class C, class Item>
concept takes_texts = requires(C& c, Item&& x) { c.append(std::forward<Item>(x)); } &&
    !std::convertible_to<Item, typename C::value_type>;
template <class C, class Item>
concept takes_code_points = std::same_as<std::remove_cvref_t<Item>, char32_t> &&
    detail::is_character<typename C::value_type> &&
    requires(C& c, typename C::value_type x) { c.append(1, x); };
template <class C, class Item>
concept text_collectable = takes_texts<C, Item> || takes_code_points<C, Item>;

namespace detail {

// Elements built at [first, last), destroyed again unless somebody takes them over. Doubles as
// folder and as result, for it is the same promise.
template <class T>
class built_range {
  public:
    static constexpr bool may_fill = false;

    explicit built_range(T* first) noexcept : first_(first), last_(first) {}
    built_range(built_range&& other) noexcept
        : first_(other.first_), last_(std::exchange(other.last_, other.first_)) {}
    built_range& operator=(built_range&&) = delete;
    ~built_range() { std::destroy(first_, last_); }

    template <class U>
    void consume(U&& item) {
        std::construct_at(last_, std::forward<U>(item));
        ++last_;
    }
    static constexpr bool full() { return false; }
    built_range complete() && { return std::move(*this); }

    // Takes over what was built right behind this range. If this one was stopped short of that, since
    // something threw, other keeps and destroys its own: between the two is nothing alive.
    void append(built_range&& other) noexcept {
        if (last_ == other.first_) last_ = std::exchange(other.last_, other.first_);
    }
    std::size_t release() noexcept {
        return static_cast<std::size_t>(std::exchange(last_, first_) - first_);
    }

  private:
    T* first_;
    T* last_;
};

template <class T>
struct place_consumer {
    T* room;

    built_range<T> into_folder() const { return built_range<T>(room); }
    place_consumer split_off(std::uint64_t i) const { return {room + i}; }
    static constexpr bool full() { return false; }
    built_range<T> reduce(built_range<T>&& left, built_range<T>&& right) const {
        left.append(std::move(right));
        return std::move(left);
    }
};

// Builds all items in a vector that is empty.
template <class T, indexed_stage S>
void fill_in_place(std::vector<T>& all, S& stage, piece_limits limits) {
    const auto size = static_cast<std::size_t>(stage.size());
    all.reserve(size);
    expect_to_fill(all.data(), size * sizeof(T));
    built_range<T> built = feed(stage, place_consumer<T>{all.data()}, limits);
    vector_access<T>::set_size(all, built.release());
}

template <class T, indexed_stage S>
std::vector<T> collect_in_place(S& stage, piece_limits limits) {
    std::vector<T> all;
    fill_in_place(all, stage, limits);
    return all;
}

// Assigns to elements that are there already.
template <class T>
struct assign_folder {
    static constexpr bool may_fill = false;
    T* next;

    template <class U>
    void consume(U&& item) {
        *next++ = std::forward<U>(item);
    }
    static constexpr bool full() { return false; }
    std::monostate complete() && { return {}; }
};

template <class T>
struct assign_consumer {
    T* room;

    assign_folder<T> into_folder() const { return {room}; }
    assign_consumer split_off(std::uint64_t i) const { return {room + i}; }
    static constexpr bool full() { return false; }
    std::monostate reduce(std::monostate&&, std::monostate&&) const { return {}; }
};

template <class T>
struct gather_folder {
    static constexpr bool may_fill = false;

    std::vector<T> part;

    template <class U>
    void consume(U&& item) {
        part.emplace_back(std::forward<U>(item));
    }
    static constexpr bool full() { return false; }
    gathered<T> complete() && {
        gathered<T> list;
        list.push_back(std::move(part));
        return list;
    }
};

// A part that is smaller is better moved into its neighbour than kept as a vector of its own.
inline constexpr std::size_t small_part = std::size_t{4} << 10;  // bytes
inline constexpr std::size_t large_part = std::size_t{64} << 10;

// Puts the right parts behind the left ones. Small ones become one: a flat_map of small pieces makes a part
// of each, and their headers and blocks would take many times the memory of what is in them.
template <class T>
void append_parts(gathered<T>& left, gathered<T>&& right) {
    auto next = right.begin();
    for (; next != right.end() && !left.empty(); ++next) {
        if (next->size() * sizeof(T) > small_part || left.back().size() * sizeof(T) > large_part) break;
        for (auto&& item : *next) left.back().push_back(static_cast<T&&>(item));
    }
    for (; next != right.end(); ++next) left.push_back(std::move(*next));
}

template <class T>
struct gather_consumer {
    gather_folder<T> into_folder() const { return {}; }
    gather_consumer split_off(std::uint64_t) const { return {}; }
    static constexpr bool full() { return false; }
    gathered<T> reduce(gathered<T>&& left, gathered<T>&& right) const {
        append_parts(left, std::move(right));
        return std::move(left);
    }
};

// A map with one value for each key keeps the last one; a set keeps the element that it has.
template <class C, class T>
void add_one(C& container, T&& value) {
    if constexpr (requires { container.insert_or_assign(std::move(value.first), std::move(value.second)); }) {
        if constexpr (std::is_move_assignable_v<typename C::mapped_type>) {
            container.insert_or_assign(std::move(value.first), std::move(value.second));
        } else {
            container.erase(value.first);
            container.emplace(std::move(value.first), std::move(value.second));
        }
    } else if constexpr (requires { container.push_back(std::forward<T>(value)); }) {
        container.push_back(std::forward<T>(value));
    } else if constexpr (requires { container.insert(std::forward<T>(value)); }) {
        container.insert(std::forward<T>(value));
    } else {
        container.push(std::forward<T>(value));
    }
}

// Puts one element after the other to the end of a container.
template <class C>
struct adder {
    C& all;
    explicit adder(C& container) : all(container) {}

    template <class T>
    void operator()(T&& value) {
        add_one(all, std::forward<T>(value));
    }
};
template <class C>
    requires requires(C& c) { c.before_begin(); }
struct adder<C> {
    C& all;
    typename C::iterator last;

    explicit adder(C& list) : all(list), last(list.before_begin()) {
        for (auto next = last; ++next != all.end();) last = next;
    }
    template <class T>
    void operator()(T&& value) {
        last = all.insert_after(last, std::forward<T>(value));
    }
};

template <class Element, class Add>
void for_all_parts(gathered<Element>&& parts, Add add) {
    for (auto& part : parts) {
        for (auto&& value : part) add(static_cast<Element&&>(value));
        std::vector<Element>().swap(part);
    }
}

// A container's element as it can be built and moved: a map's key must not be const.
template <class V>
struct movable_element {
    using type = V;
};
template <class K, class V>
struct movable_element<std::pair<const K, V>> {
    using type = std::pair<K, V>;
};

// Adds all elements of the parts to a container, in order.
template <class C, class Element>
void append(C& all, gathered<Element>&& parts) {
    if constexpr (requires(std::size_t n) { all.reserve(n), all.size(); }) {
        std::size_t size = all.size();
        for (const auto& part : parts) size += part.size();
        all.reserve(size);
    }
    for_all_parts(std::move(parts), adder<C>(all));
}

template <class C, class Element>
C put_together(gathered<Element>&& parts) {
    if constexpr (std::is_same_v<C, std::vector<Element>>) {
        if (parts.size() == 1) return std::move(parts.front());
    }
    if constexpr (fills_in_place<C>) {
        concatenated<Element> all(std::move(parts));
        return collect_in_place<typename C::value_type>(all, {});
    } else {
        C all;
        append(all, std::move(parts));
        return all;
    }
}

// Texts put together within each part, and then the parts.
template <class C>
struct putting_texts_together {
    C operator()() const { return C(); }
    template <class T>
    void operator()(C& text, T&& more) const {
        if constexpr (takes_code_points<C, T>) {
            for (char byte : encoded(more)) text.append(1, static_cast<typename C::value_type>(byte));
        } else {
            text.append(std::forward<T>(more));
        }
    }
    void operator()(C& left, C&& right) const { left.append(right); }
};
template <class C>
auto text_consumer() {
    using how = putting_texts_together<C>;
    return accumulating<how, how, how>{};
}

template <class C, stage S>
C collect(S& stage, piece_limits limits) {
    using value = typename C::value_type;
    if constexpr (indexed_stage<S> && fills_in_place<C>) {
        return collect_in_place<value>(stage, limits);
    } else if constexpr (packs<C, S>) {
        if (stage.base().size() >= least_to_pack) return pack<value>(stage);
        return put_together<C, value>(feed(stage, gather_consumer<value>{}, limits));
    } else {
        using element = typename movable_element<value>::type;
        return put_together<C, element>(feed(stage, gather_consumer<element>{}, limits));
    }
}

}  // namespace detail
}  // namespace veda

#endif
