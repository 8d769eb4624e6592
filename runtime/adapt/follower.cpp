// follower.cpp: read, compare, set. The protocol that makes moving the limit safe is the registry's
// (../sleep/README.md); here is only the question of how many.
#include "adapt/follower.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>
#include <utility>

#include "os/cpu_share.hpp"
#include "os/log.hpp"

namespace veda::rt {

namespace {
constexpr std::size_t stack_bytes = 256u << 10;  // reads small files, and no more
}

follower::follower(registry& pool, reader read, std::uint64_t pause_ns)
    : pool_(pool), read_(std::move(read)), pause_ns_(pause_ns), last_wanted_(pool.limit()) {}

follower::~follower() {
    pool_.watch.end();
    thread_.join();
}

int follower::start() noexcept {
    char name[32];
    std::snprintf(name, sizeof name, "%s-adapt", pool_.config().name_prefix.c_str());
    os::thread_options options;
    options.name = name;
    options.stack_size = stack_bytes;
    return thread_.start(
        options, [](void* self) { static_cast<follower*>(self)->main_loop(); }, this);
}

// While the runtime idles nothing is read, and nobody wakes. A change in that time is seen at the
// first look after work has begun.
void follower::main_loop() noexcept {
    const auto busy = [this] { return pool_.people.load().active > 0 || pool_.work_in_sight(); };
    while (pool_.watch.sleep_unless(busy) && pool_.watch.pause(pause_ns_)) look();
}

void follower::look() noexcept {
    pool_.check_relief();
    pool_.replace_stopped_searcher();
    try {
        const std::uint32_t wanted = wanted_places(read_());
        if (wanted != last_wanted_) pool_.set_places(wanted);
        last_wanted_ = wanted;
    } catch (...) {
        // Out of memory for a file name: the next look may have more luck.
    }
}

// Threads that run already need no room under a pids limit; those to be started do.
std::uint32_t follower::wanted_places(const os::cpu_limits& limits) const noexcept {
    std::uint32_t wanted = std::max(limits.affinity, 1u);
    if (limits.quota != 0) wanted = std::min(wanted, limits.quota);
    if (pool_.config().shares) wanted = os::share_of(wanted);
    const std::uint32_t running = pool_.worker_count();
    if (limits.pids_margin != 0 && wanted > running)
        wanted = running + std::min(wanted - running, limits.pids_margin);
    return wanted;
}

void follow_limits(registry& pool) noexcept {
    if (pool.config().most_workers == 0) return;
    try {
        auto made = std::make_unique<follower>(
            pool, [limits = std::make_shared<os::cpu_limit_reader>()] { return limits->read(); });
        if (const int error = made->start()) {
            os::log(
                os::log_level::warn,
                "no thread to follow the limits of the machine (%s): the runtime keeps %u places",
                std::strerror(error), pool.limit());
            return;
        }
        pool.attach(std::move(made));
    } catch (...) {
        // Out of memory: it keeps the places it has.
    }
}

}  // namespace veda::rt
