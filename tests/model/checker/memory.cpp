#include "model/checker/memory.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "model/checker/machine.hpp"

namespace veda::model {

namespace {

constexpr std::uint32_t stamp_gap = 1u << 16;  // room for stores that are inserted later
constexpr std::size_t table_size = 1u << 14;
constexpr std::size_t view_words = 16u << 20;

bool acquires(order o) {
    return o == order::acquire || o == order::acq_rel || o == order::seq_cst || o == order::consume;
}
bool releases(order o) { return o == order::release || o == order::acq_rel || o == order::seq_cst; }

std::uint64_t masked(std::uint64_t value, unsigned size) {
    return size >= 8 ? value : value & ((std::uint64_t{1} << (8 * size)) - 1);
}

std::size_t hash_of(const void* address) {
    return static_cast<std::size_t>(
        reinterpret_cast<std::uintptr_t>(address) * 0x9E3779B97F4A7C15ull >> (64 - 14));
}

std::string thread_name(int thread) { return "T" + std::to_string(thread); }

}  // namespace

// -- executions and threads -----------------------------------------------------------------------

void memory::begin_execution(const config& how, choices& path) {
    how_ = &how;
    path_ = &path;
    if (table_.empty()) table_.resize(table_size);
    if (!views_)
        views_ = static_cast<std::uint32_t*>(
            mmap(nullptr, view_words * sizeof *views_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    ++generation_;
    self_ = 0;
    thread_count_ = 0;
    object_count_ = 0;
    location_count_ = 0;
    stale_reads_ = weak_failures_ = 0;
    stores_ = 0;
    views_used_ = 0;
    freed_.clear();
}

void memory::end_execution() noexcept {
    for (int i = 0; i < object_count_; ++i) {
        object& o = objects_[i];
        if (o.outside && o.index >= 0 && !o.stores.empty() && !was_freed(o.address))
            poke(const_cast<void*>(o.address), o.size, o.original);
    }
}

void memory::begin_thread(int thread, int parent) noexcept {
    thread_count_ = std::max(thread_count_, thread + 1);
    thread_state& made = threads_[thread];
    const std::size_t used = sizeof(std::uint32_t) * (max_threads + location_count_);
    if (parent < 0)
        std::memset(made.current.words, 0, used);
    else
        std::memcpy(made.current.words, threads_[parent].current.words, used);
    made.current.clock(thread) = 1;
    std::memcpy(made.acquired.words, made.current.words, used);
    std::memset(made.released.words, 0, used);
    std::memset(made.at_least, 0, sizeof(std::uint32_t) * location_count_);
    made.stores = 0;
    if (parent >= 0) tick();
}

void memory::join_thread(int finished) noexcept {
    const int size = max_threads + location_count_;
    join(me().current.words, threads_[finished].current.words, size);
    join(me().acquired.words, threads_[finished].current.words, size);
}

void memory::catch_up() noexcept {
    for (int i = 0; i < object_count_; ++i) {
        const object& o = objects_[i];
        if (o.index >= 0 && !o.stores.empty()) me().at_least[o.index] = o.stores.back().stamp;
    }
}

void memory::tick() noexcept {
    const std::uint32_t next = ++me().current.clock(self_);
    me().acquired.clock(self_) = next;
}

stored_view memory::keep(const view& v) {
    const int size = max_threads + location_count_;
    if (views_used_ + size > view_words) fail("the execution is too long for the checker");
    stored_view kept{views_ + views_used_, size};
    std::memcpy(kept.words, v.words, size * sizeof *kept.words);
    views_used_ += size;
    return kept;
}

// -- objects --------------------------------------------------------------------------------------

object* memory::find(const void* address) noexcept {
    for (std::size_t i = hash_of(address);; i = (i + 1) % table_size) {
        const entry& e = table_[i];
        if (e.generation != generation_) return nullptr;
        if (e.address == address) return &objects_[e.object];
    }
}

object& memory::add(const void* address, unsigned size) {
    if (object_count_ + 1 > static_cast<int>(table_size / 2))
        fail("too many objects for the checker");
    std::size_t i = hash_of(address);
    while (table_[i].generation == generation_ && table_[i].address != address)
        i = (i + 1) % table_size;
    table_[i] = {address, generation_, object_count_};
    if (object_count_ == static_cast<int>(objects_.size())) objects_.emplace_back();
    object& o = objects_[object_count_++];
    o.address = address;
    o.size = size;
    o.alive = true;
    o.outside = false;
    o.index = -1;
    o.born_by = -1;
    o.born_clock = 0;
    std::memset(o.touched, 0, sizeof o.touched);
    o.stores.clear();
    o.newest_sc = o.newest_futex = 0;
    o.writer = -1;
    o.written = 0;
    std::memset(o.read, 0, sizeof o.read);
    o.owner = -1;
    o.released = {};
    return o;
}

// A constructor runs. A live object at the same address has lost its storage.
void memory::born(const void* address, unsigned size) {
    if (object* old = find(address); old && old->alive) end(*old, "its storage is used again");
    object& o = add(address, size);
    o.born_by = self_;
    o.born_clock = now();
}

void memory::died(const void* address) {
    object* o = find(address);
    if (!o) return;  // nobody ever used it
    if (!o->alive) fail("an object is destroyed twice");
    end(*o, "it is destroyed");
}

void memory::freed(const void* begin, std::size_t size) {
    const auto* from = static_cast<const char*>(begin);
    for (int i = 0; i < object_count_; ++i) {
        object& o = objects_[i];
        const auto* at = static_cast<const char*>(o.address);
        if (o.alive && at >= from && at < from + size) end(o, "its memory is freed");
    }
    freed_.push_back({from, from + size});
}

bool memory::was_freed(const void* address) const noexcept {
    const auto* at = static_cast<const char*>(address);
    return std::any_of(freed_.begin(), freed_.end(),
                       [&](const range& r) { return at >= r.begin && at < r.end; });
}

// Every use must be ordered before the end.
void memory::end(object& o, const char* what) {
    for (int t = 0; t < thread_count_; ++t) {
        const std::uint32_t known = me().current.clock(t);
        if (o.touched[t] > known || o.read[t] > known || (o.writer == t && o.written > known))
            fail("an object's end (" + std::string(what) + ") races with its use by " +
                 thread_name(t));
    }
    o.alive = false;
}

void memory::give_index(object& o) {
    if (location_count_ == max_locations) fail("too many locations for the checker");
    o.index = location_count_++;
    for (int t = 0; t < thread_count_; ++t) {
        threads_[t].current.seen(o.index) = 0;
        threads_[t].acquired.seen(o.index) = 0;
        threads_[t].released.seen(o.index) = 0;
        threads_[t].at_least[o.index] = 0;
    }
}

// The object at this address, used by the running thread.
object& memory::touch(const void* address, unsigned size) {
    object* o = find(address);
    if (o && !o->alive && o->outside && !was_freed(address)) o = nullptr;
    if (!o) {
        if (was_freed(address)) fail("use of freed memory");
        o = &add(address, size);
        o->outside = true;
    }
    if (!o->alive) fail("use of an object after its end");
    if (o->born_by >= 0 && o->born_clock > me().current.clock(o->born_by))
        fail("use of an object whose construction by " + thread_name(o->born_by) +
             " is not ordered before");
    o->touched[self_] = now();
    return *o;
}

// -- atomic words ---------------------------------------------------------------------------------

std::uint64_t memory::peek(const void* word, unsigned size) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, word, size);
    return value;
}

void memory::poke(void* word, unsigned size, std::uint64_t value) noexcept {
    std::memcpy(word, &value, size);
}

// A word of a public struct is also written plainly, where nobody else can reach it yet (a job is
// reset before it is offered). Such a write shows by its value.
void memory::notice_plain_write(object& o) {
    const std::uint64_t value = peek(o.address, o.size);
    if (o.stores.empty()) {
        give_index(o);
        o.original = value;
        o.stores.push_back({value, stamp_gap, false, {}});
        return;
    }
    if (value == o.stores.back().value) return;
    for (int t = 0; t < thread_count_; ++t)
        if (t != self_ && o.touched[t] > me().current.clock(t))
            fail("a plain write to an atomic word races with its use by " + thread_name(t));
    const std::uint32_t stamp = o.stores.back().stamp + stamp_gap;
    o.stores.clear();
    o.stores.push_back({value, stamp, false, {}});
}

std::uint32_t memory::oldest_readable(const object& o, order how) const noexcept {
    std::uint32_t oldest = std::max(me().current.seen(o.index), me().at_least[o.index]);
    if (how == order::seq_cst) oldest = std::max(oldest, o.newest_sc);
    return oldest;
}

// How many of the newest stores a load may return.
int memory::readable(object& o, order how) noexcept {
    const bool only_newest =
        !how_->weak_memory || (how_->stale_reads != unlimited && stale_reads_ >= how_->stale_reads);
    if (only_newest) return 1;
    const std::uint32_t oldest = oldest_readable(o, how);
    int count = 1;
    for (int i = static_cast<int>(o.stores.size()) - 2; i >= 0 && o.stores[i].stamp >= oldest; --i)
        ++count;
    return count;
}

void memory::read(object& o, const store_record& from, order how) noexcept {
    thread_state& t = me();
    t.current.seen(o.index) = std::max(t.current.seen(o.index), from.stamp);
    t.acquired.seen(o.index) = std::max(t.acquired.seen(o.index), from.stamp);
    join(t.acquired, from.knows);
    if (acquires(how)) join(t.current, from.knows);
    if (how == order::seq_cst) o.newest_sc = std::max(o.newest_sc, from.stamp);
}

std::uint64_t memory::load(const void* word, unsigned size, order how, int* stale) {
    object& o = touch(word, size);
    notice_plain_write(o);
    const int back = path_->choose_read(readable(o, how));
    stale_reads_ += back > 0;
    if (stale) *stale = back;
    const store_record& from = o.stores[o.stores.size() - 1 - back];
    const std::uint64_t value = from.value;
    read(o, from, how);
    tick();
    return value;
}

// A new store behind the one at index after; a read-modify-write continues that one's release.
void memory::append(object& o, std::uint64_t value, order how, int after,
                    const store_record* continues) {
    thread_state& t = me();
    const std::uint32_t below = o.stores[after].stamp;
    const bool last = after + 1 == static_cast<int>(o.stores.size());
    store_record made{};
    made.value = value;
    made.stamp = last ? below + stamp_gap : below + (o.stores[after + 1].stamp - below) / 2;
    t.current.seen(o.index) = made.stamp;
    t.acquired.seen(o.index) = std::max(t.acquired.seen(o.index), made.stamp);
    made.knows = keep(releases(how) ? t.current : t.released);
    made.knows.words[max_threads + o.index] = made.stamp;
    if (continues) join(made.knows.words, continues->knows.words, continues->knows.size);
    if (how == order::seq_cst) o.newest_sc = made.stamp;
    o.stores.insert(o.stores.begin() + after + 1, made);
    if (last) poke(const_cast<void*>(o.address), o.size, value);
    ++stores_;
    ++t.stores;
    tick();
}

void memory::store(void* word, unsigned size, std::uint64_t value, order how) {
    object& o = touch(word, size);
    notice_plain_write(o);
    int after = static_cast<int>(o.stores.size()) - 1;
    if (how_->insert_stores && how_->weak_memory) {
        std::uint32_t oldest = me().current.seen(o.index);
        if (how == order::seq_cst) oldest = std::max(oldest, o.newest_sc);
        int places[32], count = 0;
        for (int i = after; i >= 0 && count < 32 && o.stores[i].stamp >= oldest; --i)
            if (!o.stores[i].continued) places[count++] = i;
        after = places[path_->choose_read(count)];
    }
    append(o, value, how, after, nullptr);
}

std::uint64_t memory::modify(void* word, unsigned size, rmw what, std::uint64_t operand,
                             order how) {
    object& o = touch(word, size);
    notice_plain_write(o);
    store_record before = o.stores.back();
    o.stores.back().continued = true;
    read(o, before, how);
    std::uint64_t value = operand;
    switch (what) {
        case rmw::exchange:
            break;
        case rmw::add:
            value = before.value + operand;
            break;
        case rmw::subtract:
            value = before.value - operand;
            break;
        case rmw::bit_or:
            value = before.value | operand;
            break;
        case rmw::bit_and:
            value = before.value & operand;
            break;
    }
    append(o, masked(value, size), how, static_cast<int>(o.stores.size()) - 1, &before);
    return before.value;
}

bool memory::compare_exchange(void* word, unsigned size, std::uint64_t& expected,
                              std::uint64_t desired, order success, order failure, bool weak,
                              int* stale) {
    object& o = touch(word, size);
    notice_plain_write(o);
    // A failure may return an old store, if it is different from expected; a success is the newest.
    const int newest = static_cast<int>(o.stores.size()) - 1;
    const int count = readable(o, success == order::seq_cst ? success : failure);
    int places[64], found = 0;
    for (int i = newest; i > newest - count && found < 64; --i)
        if (i == newest || o.stores[i].value != expected) places[found++] = i;
    const int from = places[path_->choose_read(found)];
    stale_reads_ += from != newest;
    if (stale) *stale = newest - from;
    if (o.stores[from].value == expected) {
        const bool fails = weak && weak_failures_ < how_->weak_failures && path_->choose(2) == 1;
        weak_failures_ += fails;
        if (!fails) {
            modify(word, size, rmw::exchange, desired, success);
            return true;
        }
    }
    expected = o.stores[from].value;
    read(o, o.stores[from], failure);
    tick();
    return false;
}

// A seq_cst fence meets every seq_cst operation before it, but makes no happens-before.
void memory::fence(order how) {
    thread_state& t = me();
    const std::size_t used = sizeof(std::uint32_t) * (max_threads + location_count_);
    if (acquires(how)) std::memcpy(t.current.words, t.acquired.words, used);
    if (how == order::seq_cst) {
        for (int i = 0; i < object_count_; ++i) {
            object& o = objects_[i];
            if (o.index < 0) continue;
            std::uint32_t& seen = t.current.seen(o.index);
            seen = o.newest_sc = std::max(seen, o.newest_sc);
            t.acquired.seen(o.index) = std::max(t.acquired.seen(o.index), seen);
        }
    }
    if (releases(how)) std::memcpy(t.released.words, t.current.words, used);
    tick();
}

// The caller's fence first and last: it gives what it knows to all, and then knows what each of them gave.
void memory::barrier() {
    const int caller = self_;
    fence(order::seq_cst);
    for (int t = 0; t < thread_count_; ++t) {
        select(t);
        fence(order::seq_cst);
    }
    select(caller);
    fence(order::seq_cst);
}

// The kernel looks under its own lock for the word, which a wake takes too: it sees at least what
// the last waker had seen of this word, and nothing more follows from that.
std::uint64_t memory::futex_load(const void* word, unsigned size) {
    object& o = touch(word, size);
    notice_plain_write(o);
    std::uint32_t& least = me().at_least[o.index];
    least = std::max(least, o.newest_futex);
    return load(word, size, order::relaxed);
}

// The word may be gone, which is no error.
void memory::futex_mark(const void* word) {
    object* o = find(word);
    if (o && o->alive && o->index >= 0)
        o->newest_futex = std::max(o->newest_futex, me().current.seen(o->index));
}

// -- cells and locks ------------------------------------------------------------------------------

void memory::cell_write(const void* cell) {
    object& o = touch(cell, 0);
    if (o.writer >= 0 && o.written > me().current.clock(o.writer))
        fail("data race: a write and a write by " + thread_name(o.writer));
    for (int t = 0; t < thread_count_; ++t)
        if (o.read[t] > me().current.clock(t))
            fail("data race: a write and a read by " + thread_name(t));
    o.writer = self_;
    o.written = now();
}

void memory::cell_read(const void* cell) {
    object& o = touch(cell, 0);
    if (o.writer >= 0 && o.written > me().current.clock(o.writer))
        fail("data race: a read and a write by " + thread_name(o.writer));
    o.read[self_] = now();
}

void memory::cell_read_at(const void* cell, std::uint32_t clock) {
    object& o = *find(cell);
    o.read[self_] = std::max(o.read[self_], clock);
}

void memory::lock(object& mutex) {
    mutex.owner = self_;
    join(me().current, mutex.released);
    join(me().acquired, mutex.released);
    tick();
}

void memory::unlock(object& mutex) {
    if (mutex.owner != self_) fail("a lock is released by a thread that does not hold it");
    mutex.owner = -1;
    mutex.released = keep(me().current);
    ++stores_;
    ++me().stores;
    tick();
}

}  // namespace veda::model
