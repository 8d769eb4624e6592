// outcome.hpp: raw room for what a callback gave, a value or an exception.
//
// An outcome costs nothing until it is used: it is left uninitialised on the fast path of a join,
// and only a thief fills it. It does not remember whether it is filled: whoever owns it knows, and
// must take() or drop() a filled one exactly once.
#ifndef VEDA_DETAIL_OUTCOME_HPP
#define VEDA_DETAIL_OUTCOME_HPP

#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace veda::detail {

template <class R>
struct result_of_raw {
    using type = std::remove_cv_t<std::remove_reference_t<R>>;
};
template <class R>
struct result_of_raw<R&> {
    using type = R&;
};
template <class R>
    requires std::is_void_v<R>
struct result_of_raw<R> {
    using type = std::monostate;
};

// What a callback's answer is kept as: std::monostate for void, references to lvalues as they are,
// everything else by value.
template <class F>
using result_t = typename result_of_raw<std::invoke_result_t<F>>::type;

// Calls f and answers its result_t.
template <class F>
[[gnu::__always_inline__]] inline result_t<F&> call(F& f) {
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
        std::invoke(f);
        return {};
    } else {
        return std::invoke(f);
    }
}

// In a handler for everything: the exception. What is none is the end of the thread (pthread_exit, or a
// cancellation), which must not be swallowed; the library then says so and ends the program.
inline std::exception_ptr caught() {
    std::exception_ptr error = std::current_exception();
    if (error == nullptr) [[unlikely]] {
        throw;
    }
    return error;
}

template <class T>
class outcome {
    // A reference is kept as a pointer.
    using stored = std::conditional_t<std::is_reference_v<T>, std::remove_reference_t<T>*, T>;

  public:
    outcome() noexcept {}
    ~outcome() {}
    outcome(const outcome&) = delete;
    outcome& operator=(const outcome&) = delete;

    // Fills the outcome with what f gives or throws. Lets out only a thread's end.
    template <class F>
    void capture(F& f) {
        try {
            if constexpr (std::is_reference_v<T>) {
                ::new (static_cast<void*>(std::addressof(value_))) stored(std::addressof(call(f)));
            } else {
                ::new (static_cast<void*>(std::addressof(value_))) stored(call(f));
            }
            failed_ = false;
        } catch (...) {
            fail(caught());
        }
    }

    // Fills the outcome with an exception.
    void fail(std::exception_ptr error) noexcept {
        ::new (static_cast<void*>(&error_)) std::exception_ptr(std::move(error));
        failed_ = true;
    }

    bool failed() const noexcept { return failed_; }
    const std::exception_ptr& error() const noexcept { return error_; }

    // Gives the value, or throws the exception. Empties the outcome either way.
    T take() {
        if (failed_) [[unlikely]] {
            std::rethrow_exception(take_error());
        }
        emptier guard{this};
        if constexpr (std::is_reference_v<T>) {
            return *value_;
        } else {
            return std::move(value_);
        }
    }

    // Empties a failed outcome.
    std::exception_ptr take_error() noexcept {
        std::exception_ptr error = std::move(error_);
        drop();
        return error;
    }

    // Destroys what is in a filled outcome.
    void drop() noexcept {
        if (failed_) {
            error_.~exception_ptr();
        } else {
            value_.~stored();
        }
    }

  private:
    struct emptier {
        outcome* self;
        ~emptier() { self->drop(); }
    };

    union {
        stored value_;
        std::exception_ptr error_;
    };
    bool failed_;
};

}  // namespace veda::detail

#endif
