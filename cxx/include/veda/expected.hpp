// expected.hpp: veda::expected<T, E>, a value or why there is none. std::expected where the library has it.
//
// The own one is the part of the standard's that C++20 code needs to make one, ask it and look into it.
#ifndef VEDA_EXPECTED_HPP
#define VEDA_EXPECTED_HPP

#include <veda/detail/language.hpp>

#include <version>

#if defined(__cpp_lib_expected)

#include <expected>

namespace veda {

using std::bad_expected_access;
using std::expected;
using std::unexpect;
using std::unexpected;

}  // namespace veda

#else

#include <concepts>
#include <exception>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda {

// An error on its way into an expected.
template <class E>
class unexpected {
  public:
    explicit unexpected(E error) : error_(std::move(error)) {}
    const E& error() const& noexcept { return error_; }
    E&& error() && noexcept { return std::move(error_); }
    friend bool operator==(const unexpected& a, const unexpected& b) { return a.error_ == b.error_; }

  private:
    E error_;
};

// Thrown by value() where there is none.
template <class E>
class bad_expected_access : public std::exception {
  public:
    explicit bad_expected_access(E error) : error_(std::move(error)) {}
    const char* what() const noexcept override { return "veda::expected holds an error"; }
    const E& error() const noexcept { return error_; }

  private:
    E error_;
};

// T may be void.
template <class T, class E>
class expected {
    using stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;
    static constexpr bool of_nothing = std::is_void_v<T>;

  public:
    using value_type = T;
    using error_type = E;

    expected()
        requires std::default_initializable<stored>
        : state_(std::in_place_index<0>) {}
    template <class U = stored>
        requires(!of_nothing && std::constructible_from<stored, U &&> &&
                 !std::same_as<std::remove_cvref_t<U>, expected>)
    expected(U&& value) : state_(std::in_place_index<0>, std::forward<U>(value)) {}
    template <class G>
        requires std::constructible_from<E, G&&>
    expected(unexpected<G> error) : state_(std::in_place_index<1>, std::move(error).error()) {}

    bool has_value() const noexcept { return state_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    // There must be a value.
    stored& operator*() & noexcept { return *std::get_if<0>(&state_); }
    const stored& operator*() const& noexcept { return *std::get_if<0>(&state_); }
    stored&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
    stored* operator->() noexcept { return std::get_if<0>(&state_); }
    const stored* operator->() const noexcept { return std::get_if<0>(&state_); }

    // Throws bad_expected_access<E> if there is none.
    stored& value() & {
        must_have_value();
        return **this;
    }
    const stored& value() const& {
        must_have_value();
        return **this;
    }
    stored&& value() && {
        must_have_value();
        return *std::move(*this);
    }
    template <class U>
    stored value_or(U&& otherwise) const& {
        return has_value() ? **this : static_cast<stored>(std::forward<U>(otherwise));
    }

    // There must be none.
    E& error() & noexcept { return *std::get_if<1>(&state_); }
    const E& error() const& noexcept { return *std::get_if<1>(&state_); }
    E&& error() && noexcept { return std::move(*std::get_if<1>(&state_)); }

    friend bool operator==(const expected& a, const expected& b) { return a.state_ == b.state_; }

  private:
    void must_have_value() const {
        if (!has_value()) throw bad_expected_access<E>(error());
    }

    std::variant<stored, E> state_;
};

}  // namespace veda

#endif
#endif
