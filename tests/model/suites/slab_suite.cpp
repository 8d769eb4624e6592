// Task memory: blocks that one thread takes and another gives back, through magazines of two and
// the depot. A block in two hands at once would be two cells in one place, or a race of a cell's
// end with its use.
#include <array>
#include <new>

#include "memory/slab.hpp"
#include "model/suites/scenario.hpp"

namespace {

using namespace veda::model;
using veda::rt::slab_cache;
using veda::rt::slab_depot;

constexpr std::size_t size = 64;
using payload = cell<int>;

// The depot lives as long as the process: a fresh one for each execution.
void fresh_depot() {
    slab_depot& depot = slab_depot::shared();
    depot.~slab_depot();
    new (&depot) slab_depot;
}

payload* take(slab_cache& cache, int value) {
    void* block = cache.allocate(size);
    check(block != nullptr, "no memory");
    return new (block) payload(value);
}
void give(slab_cache& cache, payload* p, int value) {
    check(p->get() == value, "a block is in two hands");
    p->~payload();
    cache.free(p, size);
}

// Blocks are given back by the other thread, more than a magazine holds, and taken again by the
// first.
SCENARIO(slab, remote_free, .preemptions = 3, .stale_reads = 1) {
    fresh_depot();
    auto& boxes = *new std::array<atomic<payload*>, 3>{};
    thread other([&] {
        slab_cache mine;
        for (int i = 0; i < 3; ++i)
            if (payload* p = boxes[i].exchange(nullptr, order::acq_rel)) give(mine, p, i);
        mine.drain();
    });
    slab_cache mine;
    for (int i = 0; i < 3; ++i) boxes[i].store(take(mine, i), order::release);
    payload* again = take(mine, 9);
    other.join();
    for (int i = 0; i < 3; ++i)
        if (payload* p = boxes[i].load(order::acquire)) give(mine, p, i);
    give(mine, again, 9);
    mine.drain();
}

SCENARIO(slab, two_caches_one_depot) {
    fresh_depot();
    const auto work = [](int value) {
        slab_cache mine;
        payload* a = take(mine, value);
        payload* b = take(mine, value + 1);
        give(mine, a, value);
        give(mine, b, value + 1);
        mine.drain();
    };
    thread other([&] { work(1); });
    work(3);
    other.join();
}

// A thread without a cache, and one with.
SCENARIO(slab, loose_blocks) {
    fresh_depot();
    thread other([] {
        void* block = slab_depot::shared().take_one(0);
        auto* p = new (block) payload(5);
        p->~payload();
        slab_depot::shared().give_one(0, block);
    });
    slab_cache mine;
    payload* a = take(mine, 1);
    give(mine, a, 1);
    mine.drain();
    other.join();
}

}  // namespace
