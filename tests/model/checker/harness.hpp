// harness.hpp: what a scenario is written with: threads, checks, and plain data that is watched for
// races.
#pragma once

#include <functional>
#include <mutex>
#include <utility>

#include "model/checker/machine.hpp"
#include "model/checker/shim.hpp"

namespace veda::model {

class thread {
  public:
    thread() = default;
    template <class F>
    explicit thread(F entry)
        : index_(the().threads.spawn(std::function<void()>(std::move(entry)))) {}
    void join() { the().threads.wait_for_end(index_); }

  private:
    int index_ = -1;
};

inline void check(bool holds, const char* what) {
    if (!holds) fail(what);
}

// Plain data of the body: reading and writing it is no scheduling point, but must be ordered.
template <class T>
class cell {
  public:
    cell(T value = T{}) : value_(value) { born(this, sizeof *this); }
    ~cell() { died(this); }
    cell(const cell&) = delete;

    T get() const {
        if (running()) the().words.cell_read(this);
        return value_;
    }
    void set(T value) {
        if (running()) the().words.cell_write(this);
        value_ = value;
    }
    // A speculative read, as a thief's before its compare-exchange: the moment is noted, and counts
    // only if the read turns out to be used.
    std::uint32_t moment() const { return the().words.now() - 1; }
    void was_read_at(std::uint32_t moment) const { the().words.cell_read_at(this, moment); }

  private:
    T value_;
};

}  // namespace veda::model
