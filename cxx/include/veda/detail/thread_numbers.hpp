// thread_numbers.hpp: which thread this is, as a small number, for tables with a place for each thread.
#ifndef VEDA_DETAIL_THREAD_NUMBERS_HPP
#define VEDA_DETAIL_THREAD_NUMBERS_HPP

#include <veda/detail/thread_local.hpp>

#include <cstddef>
#include <mutex>
#include <vector>

namespace veda::detail {

// Small numbers for threads: each living one has one, and a number is used again after its thread's end.
// The lock also passes on what the old thread did with it to the new one.
class thread_numbers {
  public:
    // The calling thread's. Must not be asked for by destructors of other thread_local objects.
    VEDA_READS_THREAD_LOCAL static std::size_t mine() {
        thread_local const holder number;
        return number.value;
    }

  private:
    struct holder {
        std::size_t value = all().take();
        holder() = default;
        holder(const holder&) = delete;
        holder& operator=(const holder&) = delete;
        ~holder() { all().give_back(value); }
    };

    // Never destroyed: threads may end after the statics.
    static thread_numbers& all() {
        static thread_numbers& numbers = *new thread_numbers;
        return numbers;
    }

    std::size_t take() {
        const std::lock_guard guard(lock_);
        if (free_.empty()) {
            free_.reserve(used_ + 1);  // so that giving back never needs memory
            return used_++;
        }
        const std::size_t number = free_.back();
        free_.pop_back();
        return number;
    }
    void give_back(std::size_t number) noexcept {
        const std::lock_guard guard(lock_);
        free_.push_back(number);
    }

    std::mutex lock_;
    std::vector<std::size_t> free_;
    std::size_t used_ = 0;
};

}  // namespace veda::detail

#endif
