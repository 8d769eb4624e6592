// memory.hpp: the memory that the body under test sees: C++20 atomics as a list of stores per
// location, each with the view of its thread; plain cells with a race check; and the lifetime of
// both. README.md tells the model. It knows nothing of scheduling: whoever calls has already been
// scheduled.
//
// Objects are known by their address, so that they have the size and the layout that they have in
// production. The real bytes always hold the newest value.
#pragma once

#include <atomic>
#include <cstdint>

#include "model/checker/choices.hpp"
#include "model/checker/config.hpp"
#include "model/checker/engine_memory.hpp"
#include "model/checker/views.hpp"

namespace veda::model {

using order = std::memory_order;
enum class rmw { exchange, add, subtract, bit_or, bit_and };

struct store_record {
    std::uint64_t value;
    std::uint32_t stamp;
    bool continued;  // the next store in modification order is a read-modify-write
    stored_view knows;
};

struct object {
    const void* address;
    unsigned size;
    bool alive;
    bool outside;  // not constructed in this execution: static, or a plain word seen through a view
    int index;     // in views; -1 until somebody reads or writes it
    int born_by;   // -1: before everything
    std::uint32_t born_clock;
    std::uint32_t touched[max_threads];  // when each thread last used it

    // An atomic word.
    engine_vector<store_record> stores;
    std::uint32_t newest_sc;     // the newest store that a seq_cst operation has read or written
    std::uint32_t newest_futex;  // the newest store that a futex call's thread had seen
    std::uint64_t original;      // of an object from outside

    // A cell.
    int writer;
    std::uint32_t written, read[max_threads];

    // A lock.
    int owner;
    stored_view released;
};

class memory {
  public:
    void begin_execution(const config& how, choices& path);
    // Statics get the values back that they had before the execution.
    void end_execution() noexcept;

    // -- threads ----------------------------------------------------------------------------------

    void select(int thread) noexcept { self_ = thread; }
    void begin_thread(int thread, int parent) noexcept;  // parent -1: the first
    void join_thread(int finished) noexcept;
    // After it has given way, a thread sees what was newest then: a spin loop gets ahead.
    void catch_up() noexcept;
    std::uint32_t now() const noexcept { return threads_[self_].current.clock(self_); }
    std::uint64_t stores() const noexcept { return stores_; }
    std::uint64_t stores_by(int thread) const noexcept { return threads_[thread].stores; }

    // -- lifetime ---------------------------------------------------------------------------------

    void born(const void* address, unsigned size);
    void died(const void* address);
    void freed(const void* begin, std::size_t size);

    // -- atomic words -----------------------------------------------------------------------------

    std::uint64_t load(const void* word, unsigned size, order o, int* stale = nullptr);
    // Only the newest value; not looked at by any check. For telemetry.
    static std::uint64_t peek(const void* word, unsigned size) noexcept;
    static void poke(void* word, unsigned size, std::uint64_t value) noexcept;
    void store(void* word, unsigned size, std::uint64_t value, order o);
    std::uint64_t modify(void* word, unsigned size, rmw how, std::uint64_t operand, order o);
    // On failure expected is what was read.
    bool compare_exchange(void* word, unsigned size, std::uint64_t& expected, std::uint64_t desired,
                          order success, order failure, bool weak, int* stale = nullptr);
    void fence(order o);
    void barrier();
    // The kernel's look at a futex word, and the mark a wake leaves for later looks.
    std::uint64_t futex_load(const void* word, unsigned size);
    void futex_mark(const void* word);

    // -- cells and locks --------------------------------------------------------------------------

    void cell_write(const void* cell);
    void cell_read(const void* cell);
    void cell_read_at(const void* cell,
                      std::uint32_t clock);  // a speculative read that turned out real

    object& touch(const void* address, unsigned size);
    void lock(object& mutex);
    void unlock(object& mutex);

  private:
    struct thread_state {
        view current, acquired, released;
        std::uint32_t at_least[max_locations];
        std::uint64_t stores;
    };

    object* find(const void* address) noexcept;
    object& add(const void* address, unsigned size);
    void end(object& o, const char* what);
    void give_index(object& o);
    void notice_plain_write(object& o);
    bool was_freed(const void* address) const noexcept;
    stored_view keep(const view& v);
    std::uint32_t oldest_readable(const object& o, order how) const noexcept;
    int readable(object& o, order how) noexcept;
    void read(object& o, const store_record& from, order how) noexcept;
    void append(object& o, std::uint64_t value, order how, int after,
                const store_record* continues);
    void tick() noexcept;
    thread_state& me() noexcept { return threads_[self_]; }
    const thread_state& me() const noexcept { return threads_[self_]; }

    const config* how_ = nullptr;
    choices* path_ = nullptr;
    int self_ = 0;
    int thread_count_ = 0;
    int location_count_ = 0;
    int stale_reads_ = 0, weak_failures_ = 0;
    std::uint64_t stores_ = 0;
    thread_state threads_[max_threads];

    engine_vector<object> objects_;
    int object_count_ = 0;
    struct entry {
        const void* address;
        std::uint32_t generation;
        int object;
    };
    engine_vector<entry> table_;
    std::uint32_t generation_ = 0;
    struct range {
        const char *begin, *end;
    };
    engine_vector<range> freed_;
    std::uint32_t* views_ = nullptr;  // of all stores of this execution, in one stretch
    std::size_t views_used_ = 0;
};

}  // namespace veda::model
