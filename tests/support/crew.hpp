// crew.hpp: threads that begin at the same moment, and a tally of what they did.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

namespace veda::test {

// Runs body(0), body(1), ... each on a thread of its own, released together, until all are done.
template <class Body>
void run_together(unsigned count, Body body) {
    std::atomic<unsigned> ready{0};
    std::vector<std::thread> threads;
    for (unsigned index = 0; index < count; ++index)
        threads.emplace_back([&, index] {
            ready.fetch_add(1);
            while (ready.load() < count) std::this_thread::yield();
            body(index);
        });
    for (auto& thread : threads) thread.join();
}

// How often each of a number of things happened, counted from any thread.
class tally {
  public:
    explicit tally(std::size_t size) : counts_(size) {}

    void add(std::size_t index) { counts_[index].fetch_add(1, std::memory_order_relaxed); }
    std::uint32_t operator[](std::size_t index) const { return counts_[index].load(); }

    std::uint64_t sum() const {
        std::uint64_t all = 0;
        for (const auto& count : counts_) all += count.load();
        return all;
    }

    testing::AssertionResult each_once() const {
        for (std::size_t index = 0; index < counts_.size(); ++index)
            if (const std::uint32_t count = counts_[index].load(); count != 1)
                return testing::AssertionFailure()
                       << "number " << index << " happened " << count << " times";
        return testing::AssertionSuccess();
    }

  private:
    std::vector<std::atomic<std::uint32_t>> counts_;
};

}  // namespace veda::test
