// support.hpp: what the tests of the C++ layer share: pools of several sizes, elements that are
// counted, and ways to keep a thread busy without sleeping.
#pragma once

#include <veda/veda.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace veda::test {

// Runs f(worker_count) inside a runtime of 1, 2, 3, 8 and 17 workers.
template <class F>
void in_every_pool(F&& f) {
    for (std::uint32_t workers : {1u, 2u, 3u, 8u, 17u}) {
        runtime pool(config{}.workers(workers));
        pool.run([&] { f(workers); });
    }
}

// Every length up to a few more than 256.
inline std::vector<int> lengths() {
    std::vector<int> all(258);
    std::iota(all.begin(), all.end(), 0);
    return all;
}

// Keeps the thread busy; long enough for a loop to look up and share.
inline void busy(std::chrono::nanoseconds time = std::chrono::microseconds(3)) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < end) {
    }
}

// Waits for another thread; gives it the processor meanwhile.
inline void await(const std::atomic<bool>& flag) {
    while (!flag.load(std::memory_order_acquire)) std::this_thread::yield();
}

// An int whose living instances are counted; may be told to throw.
class counted {
  public:
    explicit counted(int value) : value_(value) { ++alive(); }
    counted(const counted& other) : value_(other.value_) {
        count_down();
        ++alive();
    }
    counted(counted&& other) : value_(std::exchange(other.value_, -1)) {
        count_down();
        ++alive();
    }
    counted& operator=(const counted&) = default;
    counted& operator=(counted&& other) noexcept {
        value_ = std::exchange(other.value_, -1);
        return *this;
    }
    ~counted() { --alive(); }

    int value() const { return value_; }
    friend bool operator==(const counted& a, const counted& b) { return a.value_ == b.value_; }
    friend bool operator<(const counted& a, const counted& b) { return a.value_ < b.value_; }

    static std::atomic<long>& alive() {
        static std::atomic<long> count{0};
        return count;
    }
    // The n-th copy or move from now on throws; 0: none does.
    static std::atomic<long>& throw_after() {
        static std::atomic<long> left{0};
        return left;
    }

  private:
    static void count_down() {
        if (throw_after().load() > 0 && throw_after().fetch_sub(1) == 1) {
            throw std::runtime_error("a copy or move failed");
        }
    }

    int value_;
};

// The text of what f throws; "" if it throws nothing.
template <class F>
std::string thrown_by(F&& f) {
    try {
        f();
    } catch (const std::exception& e) {
        return e.what();
    } catch (int number) {
        return "int " + std::to_string(number);
    }
    return "";
}

}  // namespace veda::test
