// sequence.cpp: the model. One thread makes the calls; tasks run wherever they like and only count.
// What is open (scopes, forks, runs) nests, as the interface asks, and wrong orders are tried on
// the way.
#include "faults/sequence.hpp"

#include <veda/veda.h>

#include <array>
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <vector>

namespace veda::test {

namespace {

sequence_totals totals;

[[noreturn]] void disagree(const char* what, std::int64_t got, std::int64_t wanted) {
    std::fprintf(stderr, "sequence: %s: the library says %" PRId64 ", the model %" PRId64 " (%s)\n",
                 what, got, wanted, veda_last_error());
    std::abort();
}

void same(const char* what, std::uint64_t got, std::uint64_t wanted) {
    if (got != wanted)
        disagree(what, static_cast<std::int64_t>(got), static_cast<std::int64_t>(wanted));
}

// The answer must be one of these; an error must come with a sentence.
veda_status answer(const char* call, veda_status got, std::initializer_list<veda_status> wanted) {
    ++totals.calls;
    for (const veda_status one : wanted) {
        if (got != one) continue;
        if (got != VEDA_OK) ++totals.refusals;
        if (got != VEDA_OK && veda_last_error()[0] == '\0') disagree("no sentence", got, one);
        return got;
    }
    disagree(call, got, *wanted.begin());
}

// -- what the bytes say
// ------------------------------------------------------------------------------

class reader {
  public:
    reader(const std::uint8_t* bytes, std::size_t size) : at_(bytes), end_(bytes + size) {}
    bool empty() const { return at_ == end_; }
    std::uint32_t below(std::uint32_t bound) { return empty() ? 0 : *at_++ % bound; }

  private:
    const std::uint8_t *at_, *end_;
};

// -- the model
// ---------------------------------------------------------------------------------------

struct pool {
    veda_runtime_t* handle = nullptr;
    bool alive = false;
    std::uint32_t workers = 0;
    std::uint64_t tasks = 0;            // detached ones that were accepted, and what they spawn
    std::atomic<std::uint64_t> ran{0};  // of them
    std::uint64_t failures = 0;         // tasks that report one
    std::atomic<std::uint64_t> reported{0};
};

struct task {
    pool* home;
    std::uint32_t kind;
    veda_event_t* event;
};

struct open_scope {
    veda_scope_t scope;
    pool* home;
    bool entered;
    std::uint64_t tasks = 0;
    std::atomic<std::uint64_t> ran{0};
    std::vector<veda_status> failures;  // that may come out of the wait
};

struct open_fork {
    veda_job_t job;  // first, so that the job is the fork
    std::atomic<int> ran{0};
    static void run(veda_job_t* job, veda_worker_t*) { ++reinterpret_cast<open_fork*>(job)->ran; }
};

// What one level of the sequence has open; the last one must be closed first.
struct open_thing {
    std::unique_ptr<open_scope> scope;
    std::unique_ptr<open_fork> fork;
};

constexpr std::uint32_t pool_count = 3;  // number 0 is the default runtime
constexpr std::size_t most_open = 6;
constexpr std::uint32_t most_levels = 3;
constexpr std::uint32_t most_created =
    40;  // a destroyed runtime's address is not used again so soon

class machine {
  public:
    explicit machine(reader& input) : input_(input) {}

    void run() {
        for (auto& p : pools_)
            if (input_.below(4) != 0) create(p);
        level(0);
        for (std::uint32_t i = 1; i < pool_count; ++i)
            if (pools_[i].alive) destroy(pools_[i]);
        shut_down();
    }

  private:
    // Calls, until the bytes are used up or say "return"; then what is open is closed.
    void level(std::uint32_t depth) {
        std::vector<open_thing> open;
        while (!input_.empty() && step(depth, open)) {
        }
        while (!open.empty()) close_last(open);
    }

    bool step(std::uint32_t depth, std::vector<open_thing>& open) {
        switch (input_.below(24)) {
            case 0:
                return depth == 0;
            case 1:
                create(any_pool());
                break;
            case 2:
                destroy(any_pool());
                break;
            case 3:
                start_default();
                break;
            case 4:
                shut_down();
                break;
            case 5:
            case 6:
            case 7:
                spawn(any_pool());
                break;
            case 8:
            case 9:
                begin_scope(any_pool(), open);
                break;
            case 10:
            case 11:
            case 12:
                spawn_into(open);
                break;
            case 13:
                fail_scope(open);
                break;
            case 14:
                wrong_order(open);
                break;
            case 15:
            case 16:
                if (!open.empty()) close_last(open);
                break;
            case 17:
                fork(open);
                break;
            case 18:
                loop(any_pool());
                break;
            case 19:
                reduce(any_pool());
                break;
            case 20:
                broadcast(any_pool());
                break;
            case 21:
                enter(any_pool(), depth);
                break;
            case 22:
                drain(any_pool());
                break;
            case 23:
                small_calls(any_pool());
                break;
        }
        return true;
    }

    pool& any_pool() { return pools_[input_.below(pool_count)]; }
    bool is_default(const pool& p) const { return &p == &pools_[0]; }
    pool* here() const { return inside_.empty() ? nullptr : inside_.back(); }
    bool is_inside(const pool& p) const {
        for (const pool* entered : inside_)
            if (entered == &p) return true;
        return false;
    }
    // What a call on this runtime must answer if all else is right.
    static veda_status handle_status(const pool& p) {
        return p.handle == nullptr ? VEDA_E_NULL : p.alive ? VEDA_OK : VEDA_E_HANDLE;
    }

    // -- runtimes
    // ------------------------------------------------------------------------------------

    static void note_error(void* ctx, veda_status, const char*) {
        ++static_cast<pool*>(ctx)->reported;
    }

    veda_status configure(pool& p, veda_runtime_config_t& config) {
        veda_runtime_config_init(&config, sizeof config);
        config.worker_count = 1 + input_.below(4);
        config.spare_workers = 1 + input_.below(4);
        config.stack_size = 128 << 10;
        config.on_unhandled_error = note_error;
        config.hook_ctx = &p;
        switch (input_.below(12)) {
            case 1:
                config.worker_count = VEDA_MAX_WORKERS + 1;
                return VEDA_E_RANGE;
            case 2:
                config.struct_size = 3;
                return VEDA_E_SIZE;
            case 3:
                config.reserved[4] = 1;
                return VEDA_E_SIZE;
            case 4:
                config.policy = VEDA_POLICY_DETERMINISTIC;
                return VEDA_E_UNSUPPORTED;
            default:
                return VEDA_OK;
        }
    }

    void begin(pool& p, veda_runtime_t* handle, std::uint32_t workers) {
        p.handle = handle;
        p.alive = true;
        p.workers = workers;
        p.tasks = p.failures = 0;
        p.ran = p.reported = 0;
    }

    void create(pool& p) {
        if (is_default(p)) return init();
        veda_runtime_config_t config;
        const veda_status wanted = configure(p, config);
        if (p.alive || created_ == most_created) return;
        ++created_;
        auto* made = reinterpret_cast<veda_runtime_t*>(&config);
        if (answer("create", veda_runtime_create(&config, &made), {wanted}) == VEDA_OK)
            begin(p, made, config.worker_count);
        else
            same("out of a failed create", made != nullptr, false);
    }

    void init() {
        pool& p = pools_[0];
        veda_runtime_config_t config;
        veda_status wanted = configure(p, config);
        if (p.alive) wanted = VEDA_E_STATE;
        if (answer("init", veda_init(&config), {wanted}) == VEDA_OK)
            begin(p, veda_runtime_default(), config.worker_count);
    }

    void start_default() {
        pool& p = pools_[0];
        if (!p.alive) return;  // it would have no hook, and as many workers as there are CPUs
        same("default", reinterpret_cast<std::uintptr_t>(veda_runtime_default()),
             reinterpret_cast<std::uintptr_t>(p.handle));
    }

    static std::uint64_t counter(const pool& p, const char* name) {
        std::uint32_t id = 0;
        std::uint64_t value = 0;
        answer("counter_find", veda_counter_find(name, &id), {VEDA_OK});
        answer("counter_read", veda_counter_read(p.handle, id, &value), {VEDA_OK});
        return value;
    }

    // After a drain: nothing lost, nothing twice.
    void check(const pool& p) {
        same("tasks", p.ran, p.tasks);
        same("failures", counter(p, "failed"), p.failures);
        same("reported failures", p.reported, p.failures);
        same("ledger", counter(p, "submitted"), counter(p, "completed") + counter(p, "failed"));
        same("late wakes", counter(p, "late_wakes"), 0);
    }

    bool drain(pool& p) {
        const veda_status wanted = handle_status(p) ? handle_status(p)
                                   : is_inside(p)   ? VEDA_E_WORKER
                                                    : VEDA_OK;
        if (answer("drain", veda_runtime_drain(p.handle, UINT64_MAX), {wanted})) return false;
        check(p);
        return true;
    }

    void destroy(pool& p) {
        veda_status wanted = handle_status(p);
        if (wanted == VEDA_OK && is_inside(p)) wanted = VEDA_E_WORKER;
        if (wanted == VEDA_OK && is_default(p)) wanted = VEDA_E_STATE;
        if (wanted == VEDA_OK) drain(p);
        if (answer("destroy", veda_runtime_destroy(p.handle), {wanted}) != VEDA_OK) return;
        p.alive = false;
        same("tasks at the end", p.ran, p.tasks);
    }

    void shut_down() {
        pool& p = pools_[0];
        const bool inside = p.alive && is_inside(p);
        if (p.alive && !inside) drain(p);
        if (answer("shutdown", veda_shutdown(UINT64_MAX), {inside ? VEDA_E_WORKER : VEDA_OK}))
            return;
        p.alive = false;
    }

    // -- detached tasks
    // --------------------------------------------------------------------------------

    static void count_child(void* ctx, veda_worker_t*) { ++static_cast<pool*>(ctx)->ran; }

    static void count_index(void* ctx, veda_worker_t*) {
        ++*static_cast<std::atomic<std::uint64_t>*>(ctx);
    }

    static void run_detached(void* ctx, veda_worker_t* worker) {
        const std::unique_ptr<task> t(static_cast<task*>(ctx));
        switch (t->kind) {
            case 1:
                answer_quietly(veda_spawn(t->home->handle, count_child, t->home));
                break;
            case 2:
                answer_quietly(veda_task_fail(VEDA_E_FAILED, "on purpose"));
                break;
            case 3:
                run_scope(t->home->handle);
                break;
            case 4:
                (void)veda_yield();
                break;
            case 5:
                veda_blocking_begin(), veda_blocking_end();
                break;
            case 6:
                answer_quietly(veda_event_set(t->event));
                break;
            case 7:
                run_fork(worker);
                break;
        }
        ++t->home->ran;
    }
    // Tasks must not touch the totals.
    static void answer_quietly(veda_status got) {
        if (got != VEDA_OK) disagree("in a task", got, VEDA_OK);
    }
    static void run_scope(veda_runtime_t* runtime) {
        std::atomic<std::uint64_t> ran{0};
        veda_scope_t scope;
        answer_quietly(veda_scope_begin(&scope, runtime));
        for (int i = 0; i < 5; ++i) answer_quietly(veda_scope_spawn(&scope, count_index, &ran));
        answer_quietly(veda_scope_wait(&scope));
        same("a task's scope", ran, 5);
    }
    static void run_fork(veda_worker_t* worker) {
        open_fork f{};
        f.job.run = open_fork::run;
        answer_quietly(veda_fork(worker, &f.job));
        const std::int32_t joined = veda_join(worker, &f.job);
        same("a task's fork", f.ran, joined == VEDA_JOIN_DONE);
    }

    // Some tasks at once. Kind 6 sets an event, for which this thread then waits.
    void spawn(pool& p) {
        const std::uint32_t kind = input_.below(8);
        const std::uint32_t count = kind == 6 ? 1 : 1 + input_.below(40);
        veda_event_t event{};
        const veda_status wanted = handle_status(p);
        for (std::uint32_t i = 0; i < count; ++i) {
            auto made = std::make_unique<task>(task{&p, kind, &event});
            if (answer("spawn", veda_spawn(p.handle, run_detached, made.get()), {wanted})) continue;
            made.release();
            p.tasks += kind == 1 ? 2 : 1;
            p.failures += kind == 2;
        }
        if (kind != 6 || wanted != VEDA_OK) return;
        answer("event_wait", veda_event_wait(&event), {VEDA_OK});
        same("event", static_cast<std::uint64_t>(veda_event_is_set(&event)), 1);
    }

    // -- scopes and forks
    // ------------------------------------------------------------------------------

    void begin_scope(pool& p, std::vector<open_thing>& open) {
        if (open.size() == most_open) return;
        auto s = std::make_unique<open_scope>();
        s->home = &p;
        s->entered = here() != &p;
        const veda_status wanted = handle_status(p);
        if (answer("scope_begin", veda_scope_begin(&s->scope, p.handle), {wanted})) return;
        if (s->entered) inside_.push_back(&p);
        open.push_back({std::move(s), nullptr});
    }

    open_scope* any_scope(std::vector<open_thing>& open) {
        if (open.empty()) return nullptr;
        return open[input_.below(static_cast<std::uint32_t>(open.size()))].scope.get();
    }

    void spawn_into(std::vector<open_thing>& open) {
        open_scope* s = any_scope(open);
        if (s == nullptr) {
            veda_scope_t closed{};
            answer("scope_spawn", veda_scope_spawn(&closed, count_index, nullptr), {VEDA_E_HANDLE});
            return;
        }
        const std::uint32_t count = 1 + input_.below(100);
        for (std::uint32_t i = 0; i < count; ++i)
            answer("scope_spawn", veda_scope_spawn(&s->scope, count_index, &s->ran), {VEDA_OK});
        s->tasks += count;
    }

    void fail_scope(std::vector<open_thing>& open) {
        open_scope* s = any_scope(open);
        if (s == nullptr) return;
        const auto status = static_cast<veda_status>(input_.below(4)) - 2;  // -2..1
        if (answer("scope_fail", veda_scope_fail(&s->scope, status, nullptr),
                   {status < 0 ? VEDA_OK : VEDA_E_RANGE}) == VEDA_OK)
            s->failures.push_back(status);
    }

    // Closes the last but one, if that is the same kind of thing of the same worker.
    void wrong_order(std::vector<open_thing>& open) {
        if (open.size() < 2) return;
        open_thing &last = open[open.size() - 1], &other = open[open.size() - 2];
        if (last.scope && other.scope)
            answer("scope_wait", veda_scope_wait(&other.scope->scope),
                   {last.scope->entered ? VEDA_E_WORKER : VEDA_E_ORDER});
        if (last.fork && other.fork)
            answer("join", veda_join(veda_worker_current(), &other.fork->job), {VEDA_E_ORDER});
    }

    void close_last(std::vector<open_thing>& open) {
        open_thing last = std::move(open.back());
        open.pop_back();
        if (last.fork) {
            const std::int32_t joined = veda_join(veda_worker_current(), &last.fork->job);
            if (joined == VEDA_JOIN_TAKE) ++last.fork->ran;
            same("join", joined == VEDA_JOIN_TAKE || joined == VEDA_JOIN_DONE, true);
            return same("a fork's runs", last.fork->ran, 1);
        }
        open_scope& s = *last.scope;
        // One thread reports all failures, so the first one comes out.
        answer("scope_wait", veda_scope_wait(&s.scope),
               {s.failures.empty() ? VEDA_OK : s.failures.front()});
        same("a scope's tasks", s.ran, s.tasks);
        if (s.entered) inside_.pop_back();
        answer("scope_wait", veda_scope_wait(&s.scope), {VEDA_E_HANDLE});
    }

    void fork(std::vector<open_thing>& open) {
        if (open.size() == most_open) return;
        auto f = std::make_unique<open_fork>();
        f->job.run = open_fork::run;
        const veda_status wanted = here() ? VEDA_OK : VEDA_E_NULL;
        if (answer("fork", veda_fork(veda_worker_current(), &f->job), {wanted})) return;
        open.push_back({nullptr, std::move(f)});
    }

    // -- loops and the rest
    // ----------------------------------------------------------------------------

    struct walk {
        std::uint32_t kind;  // 1: early returns, 2: stops, 3: makes no progress
        std::atomic<std::uint64_t> sum{0};
        static std::uint64_t run(void* ctx, std::uint64_t begin, std::uint64_t end,
                                 const veda_exec_t*) {
            auto& w = *static_cast<walk*>(ctx);
            if (w.kind == 2) return VEDA_STOP;
            if (w.kind == 3) return begin;
            if (w.kind == 1) end = begin + (end - begin + 1) / 2;
            std::uint64_t sum = 0;
            for (std::uint64_t i = begin; i < end; ++i) sum += i + 1;
            w.sum += sum;
            return end;
        }
    };

    void loop(pool& p) {
        walk w{input_.below(6)};
        veda_for_desc_t desc{};
        desc.struct_size = sizeof desc;
        desc.end = input_.below(255) * (1 + input_.below(200));
        desc.flags = input_.below(3) == 0 ? VEDA_FOR_SPREAD : 0;
        desc.min_piece = input_.below(10);
        desc.max_piece = input_.below(2) ? desc.min_piece + input_.below(5) : 0;
        veda_status wanted = handle_status(p);
        if (wanted == VEDA_OK && desc.max_piece != 0 && desc.max_piece < desc.min_piece)
            wanted = VEDA_E_RANGE;
        const bool empty = desc.end == 0;
        if (wanted == VEDA_OK && !empty && w.kind == 2) wanted = VEDA_E_CANCELLED;
        if (wanted == VEDA_OK && !empty && w.kind == 3) wanted = VEDA_E_PROGRESS;
        const veda_status got = answer("for", veda_for(p.handle, &desc, walk::run, &w), {wanted});
        if (got == VEDA_OK) same("a loop's sum", w.sum, desc.end * (desc.end + 1) / 2);
    }

    static std::uint64_t fold(void*, std::uint64_t begin, std::uint64_t end, void* sum,
                              const veda_exec_t*) {
        for (; begin < end; ++begin) *static_cast<std::uint64_t*>(sum) += begin + 1;
        return end;
    }
    static void add(void*, void* left, const void* right) {
        *static_cast<std::uint64_t*>(left) += *static_cast<const std::uint64_t*>(right);
    }

    void reduce(pool& p) {
        constexpr std::uint64_t sizes[] = {8, 64, 72, 5000};
        alignas(16) static const unsigned char zero[5000]{};
        alignas(16) unsigned char result[5000];
        veda_reduce_desc_t desc{};
        desc.struct_size = sizeof desc;
        desc.end = input_.below(255) * (1 + input_.below(200));
        desc.flags = input_.below(2) ? VEDA_REDUCE_DETERMINISTIC : 0;
        desc.min_piece = input_.below(2) * 64;
        desc.acc_size = sizes[input_.below(4)];
        desc.identity = zero;
        const veda_status got = answer(
            "reduce", veda_reduce(p.handle, &desc, fold, add, nullptr, result), {handle_status(p)});
        if (got != VEDA_OK) return;
        std::uint64_t sum;
        std::memcpy(&sum, result, sizeof sum);
        same("a reduction", sum, desc.end * (desc.end + 1) / 2);
    }

    void broadcast(pool& p) {
        std::atomic<std::uint64_t> ran{0};
        const veda_status got =
            answer("broadcast", veda_broadcast(p.handle, count_index, &ran), {handle_status(p)});
        same("a broadcast", ran, got == VEDA_OK ? p.workers : 0);
    }

    struct entry {
        machine* self;
        std::uint32_t depth;
        static void run(void* ctx, veda_worker_t*) {
            auto& e = *static_cast<entry*>(ctx);
            e.self->level(e.depth);
        }
    };

    void enter(pool& p, std::uint32_t depth) {
        if (depth == most_levels) return;
        const veda_status wanted = handle_status(p);
        const bool enters = wanted == VEDA_OK && here() != &p;
        if (enters) inside_.push_back(&p);
        entry e{this, depth + 1};
        answer("run", veda_run(p.handle, entry::run, &e), {wanted});
        if (enters) inside_.pop_back();
    }

    void small_calls(pool& p) {
        std::uint32_t count = 0;
        std::uint64_t pending = 0;
        if (answer("worker_count", veda_runtime_worker_count(p.handle, &count),
                   {handle_status(p)}) == VEDA_OK)
            same("workers", count, p.workers);
        answer("pending", veda_runtime_pending(p.handle, &pending), {handle_status(p)});
        same("current", veda_worker_current() != nullptr, here() != nullptr);
        same("the runtime here", reinterpret_cast<std::uintptr_t>(veda_worker_runtime()),
             reinterpret_cast<std::uintptr_t>(here() ? here()->handle : nullptr));
        same("index", veda_worker_index() >= 0, here() != nullptr);
        const std::size_t size = 1 + input_.below(255) * 5;
        void* memory = veda_job_alloc(size);
        if (memory == nullptr) disagree("job_alloc", 0, 1);
        std::memset(memory, 0xa5, size);
        veda_job_free(memory, size);
        (void)veda_yield();
    }

    reader& input_;
    std::array<pool, pool_count> pools_;
    std::uint32_t created_ = 0;
    std::vector<pool*> inside_;  // runtimes that this thread has entered, innermost last
};

}  // namespace

void run_sequence(const std::uint8_t* bytes, std::size_t size) {
    reader input(bytes, size);
    machine(input).run();
}

sequence_totals totals_of_sequences() { return totals; }

}  // namespace veda::test
