// config.hpp: how a runtime is to be, as a builder over veda_runtime_config_t.
//
//     veda::runtime pool(veda::config{}.workers(4).name_prefix("render"));
//
// Nothing is checked here: the library refuses a bad value when the runtime is created, naming the
// field, the value and the range.
#ifndef VEDA_CONFIG_HPP
#define VEDA_CONFIG_HPP

#include <veda/detail/language.hpp>
#include <veda/error.hpp>
#include <veda/runtime.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace veda {

enum class policy : std::uint32_t {
    fixed = VEDA_POLICY_FIXED,
    adaptive = VEDA_POLICY_ADAPTIVE,
    energy_efficient = VEDA_POLICY_ENERGY_EFFICIENT,
    low_latency = VEDA_POLICY_LOW_LATENCY,
    deterministic = VEDA_POLICY_DETERMINISTIC,
};

enum class pinning : std::uint32_t {
    none = VEDA_PIN_NONE,
    close = VEDA_PIN_CLOSE,
    spread = VEDA_PIN_SPREAD,
};

enum class wait_policy : std::uint32_t {
    adaptive = VEDA_WAIT_ADAPTIVE,
    active = VEDA_WAIT_ACTIVE,
    passive = VEDA_WAIT_PASSIVE,
};

namespace detail {

// What the C hooks call. Lives at least as long as the runtime.
struct hooks {
    std::function<void(std::uint32_t)> worker_start;
    std::function<void(std::uint32_t)> worker_stop;
    std::function<void(veda_status, std::string_view)> unhandled_error;
    std::function<void(std::exception_ptr)> unhandled_exception;
    std::function<std::string(std::uint32_t)> thread_name;
};

// The exception of which the hook is being told on this thread; null: none, a C task has failed.
inline thread_local const std::exception_ptr* unhandled_here = nullptr;

}  // namespace detail

class config {
  public:
    // 1..1024; 0 lets the library find out.
    config& workers(std::uint32_t count) {
        raw_.worker_count = count;
        return *this;
    }
    config& policy(veda::policy value) {
        raw_.policy = static_cast<std::uint32_t>(value);
        return *this;
    }
    // What is asked for here, the default included, the environment does not change.
    config& pinning(veda::pinning value) {
        raw_.pinning = value == veda::pinning::none ? VEDA_PIN_NONE_ALWAYS
                                                    : static_cast<std::uint32_t>(value);
        return *this;
    }
    config& wait_policy(veda::wait_policy value) {
        raw_.wait_policy = value == veda::wait_policy::adaptive ? VEDA_WAIT_ADAPTIVE_ALWAYS
                                                                : static_cast<std::uint32_t>(value);
        return *this;
    }
    // Most extra threads that stand in for blocked workers.
    config& spare_workers(std::uint32_t count) {
        raw_.spare_workers = count;
        return *this;
    }
    config& stack_size(std::size_t bytes) {
        raw_.stack_size = bytes;
        return *this;
    }
    // Longest spin of an idle worker; zero or less: never spin, as with wait_policy::passive.
    config& spin(std::chrono::nanoseconds longest) {
        raw_.spin_ns = longest.count() > 0 ? static_cast<std::uint64_t>(longest.count()) : 0;
        never_spins_ = raw_.spin_ns == 0;
        return *this;
    }
    // At most 10 bytes.
    config& name_prefix(std::string prefix) {
        prefix_ = std::move(prefix);
        return *this;
    }
    // The hooks must not throw: an exception out of one ends the program.
    config& on_worker_start(std::function<void(std::uint32_t index)> hook) {
        own_hooks().worker_start = std::move(hook);
        return *this;
    }
    config& on_worker_stop(std::function<void(std::uint32_t index)> hook) {
        own_hooks().worker_stop = std::move(hook);
        return *this;
    }
    // A task failed, and its handle is gone with nobody having fetched that. Runs on the thread that let
    // go last; perhaps on several at once.
    config& on_unhandled_error(std::function<void(veda_status, std::string_view)> hook) {
        own_hooks().unhandled_error = std::move(hook);
        return *this;
    }

    // The same, with the exception itself; of a C task that failed, a veda::error. Comes instead of
    // on_unhandled_error.
    config& on_unhandled_exception(std::function<void(std::exception_ptr)> hook) {
        own_hooks().unhandled_exception = std::move(hook);
        return *this;
    }
    // What the thread with an index is called, instead of prefix and index: 15 bytes are shown. Must not
    // throw, nor use a runtime. An empty name: prefix and index.
    config& thread_name(std::function<std::string(std::uint32_t index)> name) {
        own_hooks().thread_name = std::move(name);
        return *this;
    }

    // The C struct; its strings and hooks are valid while this config is.
    veda_runtime_config_t raw() const noexcept {
        veda_runtime_config_t result = raw_;
        if (never_spins_) result.wait_policy = VEDA_WAIT_PASSIVE;
        result.thread_name_prefix = prefix_.empty() ? nullptr : prefix_.c_str();
        if (hooks_ != nullptr) {
            result.hook_ctx = hooks_.get();
            if (hooks_->worker_start) result.on_worker_start = call_start;
            if (hooks_->worker_stop) result.on_worker_stop = call_stop;
            if (hooks_->unhandled_error || hooks_->unhandled_exception) {
                result.on_unhandled_error = call_error;
            }
            if (hooks_->thread_name) result.thread_name = call_thread_name;
        }
        return result;
    }

    // What must outlive the runtime made from this config; null if it has no hooks.
    std::shared_ptr<const void> keep_alive() const noexcept { return hooks_; }

  private:
    // A config that was copied gets hooks of its own before they change.
    detail::hooks& own_hooks() {
        if (hooks_ == nullptr) {
            hooks_ = std::make_shared<detail::hooks>();
        } else if (hooks_.use_count() > 1) {
            hooks_ = std::make_shared<detail::hooks>(*hooks_);
        }
        return *hooks_;
    }

    static void call_start(void* ctx, std::uint32_t index) noexcept {
        static_cast<detail::hooks*>(ctx)->worker_start(index);
    }
    static void call_stop(void* ctx, std::uint32_t index) noexcept {
        static_cast<detail::hooks*>(ctx)->worker_stop(index);
    }
    static void call_error(void* ctx, veda_status status, const char* message) noexcept {
        const auto& hooks = *static_cast<detail::hooks*>(ctx);
        const std::string_view text = message ? message : "";
        if (!hooks.unhandled_exception) return hooks.unhandled_error(status, text);
        const std::exception_ptr* const here = std::exchange(detail::unhandled_here, nullptr);
        hooks.unhandled_exception(here ? *here : std::make_exception_ptr(error(status, std::string(text))));
    }
    static void call_thread_name(void* ctx, std::uint32_t index, char* name, std::size_t size) noexcept {
        const std::string given = static_cast<detail::hooks*>(ctx)->thread_name(index);
        name[given.copy(name, size - 1)] = '\0';
    }

    static veda_runtime_config_t defaults() noexcept {
        veda_runtime_config_t result{};
        result.struct_size = sizeof(result);
        return result;
    }

    veda_runtime_config_t raw_ = defaults();
    bool never_spins_ = false;
    std::string prefix_;
    std::shared_ptr<detail::hooks> hooks_;
};

}  // namespace veda

#endif
