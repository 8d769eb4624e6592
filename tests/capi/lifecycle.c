/* lifecycle: a runtime from create to destroy, the default runtime, and every refusal between. */
#include "check.h"

#include <sys/resource.h>
#include <sys/wait.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define VEDA_TEST_SANITIZED 1
#else
#define VEDA_TEST_SANITIZED 0
#endif

static void default_config_is_zero(void) {
    veda_runtime_config_t config;
    const unsigned char* bytes = (const unsigned char*)&config;
    size_t i;
    memset(&config, 0xff, sizeof config);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    CHECK_EQUAL(config.struct_size, sizeof config);
    for (i = sizeof config.struct_size; i < sizeof config; ++i) CHECK_EQUAL(bytes[i], 0);
}

static uint64_t count_nothing(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)ctx;
    (void)begin;
    (void)exec;
    return end;
}

/* Where no address space is left, nothing can start, and whoever asks is told so: also a call that was given
 * the default runtime without a look. In a process of its own, because of the limit. */
static int starve(void) {
    const struct rlimit none = {1, 1};
    veda_runtime_t* runtime = (veda_runtime_t*)&none;
    veda_for_desc_t desc;
    veda_status status;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    CHECK_EQUAL(setrlimit(RLIMIT_AS, &none), 0);
    status = veda_runtime_get_default(&runtime);
    CHECK(status == VEDA_E_MEMORY || status == VEDA_E_THREAD);
    CHECK(runtime == NULL);
    CHECK_SAYS("veda_runtime_get_default: ");
    CHECK(strstr(veda_last_error(), "NULL") == NULL);
    CHECK_STATUS(veda_for(veda_runtime_default(), &desc, count_nothing, NULL), VEDA_E_NULL);
    CHECK_SAYS("veda_for: runtime is NULL: veda_runtime_default: ");
    CHECK_STATUS(veda_for(NULL, &desc, count_nothing, NULL), VEDA_E_NULL);
    CHECK(strcmp(veda_last_error(), "veda_for: runtime is NULL") == 0);
    return 0;
}

static void a_default_runtime_that_cannot_start_says_why(void) {
    int status = -1;
    pid_t child;
    if (VEDA_TEST_SANITIZED || getenv("VEDA_TEST_MEMCHECK")) {
        CHECK(1); /* they need more address space themselves */
        return;
    }
    fflush(NULL);
    child = fork();
    if (child == 0) _Exit(starve());
    CHECK(child > 0);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void get_default_is_the_default(void) {
    veda_runtime_t* runtime = NULL;
    CHECK_OK(veda_runtime_get_default(&runtime));
    CHECK(runtime != NULL && runtime == veda_runtime_default());
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static void create_with_defaults(void) {
    veda_runtime_t* runtime = NULL;
    uint32_t workers = 0;
    uint32_t slots = 0;
    CHECK_OK(veda_runtime_create(NULL, &runtime));
    CHECK_OK(veda_runtime_worker_count(runtime, &workers));
    CHECK(workers >= 1 && workers <= VEDA_MAX_WORKERS);
    CHECK_OK(veda_runtime_slot_count(runtime, &slots));
    CHECK(slots >= workers);
    CHECK_OK(veda_runtime_destroy(runtime));
}

static void create_each_worker_count(void) {
    static const uint32_t counts[] = {1, 2, 3, 8, 17, 64};
    size_t i;
    for (i = 0; i < sizeof counts / sizeof *counts; ++i) end_runtime(make_runtime(counts[i]));
}

/* Often the size of a pointer; what is behind it would be ignored without a word. */
/* guarantee: abi-4 */
static void a_short_struct_is_refused(void) {
    static const uint32_t sizes[] = {0, 4, 8, 64, 120, 124};
    veda_runtime_config_t config;
    size_t i;
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 3;
    for (i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        veda_runtime_t* runtime = NULL;
        config.struct_size = sizes[i];
        CHECK_STATUS(veda_runtime_create(&config, &runtime), VEDA_E_SIZE);
        CHECK_SAYS("veda_runtime_create: struct_size is");
        CHECK_STATUS(veda_init(&config), VEDA_E_SIZE);
        CHECK_SAYS("veda_init: struct_size is");
        CHECK(runtime == NULL);
    }
}

static void an_initialiser_gives_the_defaults(void) {
    const veda_runtime_config_t constant = VEDA_RUNTIME_CONFIG_INIT;
    veda_runtime_config_t written;
    CHECK_OK(veda_runtime_config_init(&written, sizeof written));
    CHECK(memcmp(&constant, &written, sizeof written) == 0);
}

/* guarantee: abi-4 */
static void a_long_struct_is_a_new_header(void) {
    union {
        veda_runtime_config_t config;
        unsigned char bytes[sizeof(veda_runtime_config_t) + 64];
    } future;
    veda_runtime_t* runtime = NULL;
    memset(&future, 0, sizeof future);
    memset(&future, 0xff, sizeof future);
    CHECK_OK(veda_runtime_config_init(&future.config, sizeof future));
    CHECK_EQUAL(future.config.struct_size, sizeof future);
    future.config.worker_count = 2;
    CHECK_OK(veda_runtime_create(&future.config, &runtime));
    end_runtime(runtime);
    future.bytes[sizeof future - 1] = 1; /* set, and unknown to this library */
    runtime = (veda_runtime_t*)&future;
    CHECK_STATUS(veda_runtime_create(&future.config, &runtime), VEDA_E_SIZE);
    CHECK(runtime == NULL);
    CHECK_SAYS("struct_size");
}

/* Creates with one field set and expects a refusal whose sentence names field and value. */
static void expect_refusal(veda_runtime_config_t* config, veda_status wanted, const char* field,
                           const char* value) {
    veda_runtime_t* runtime = (veda_runtime_t*)config;
    CHECK_STATUS(veda_runtime_create(config, &runtime), wanted);
    CHECK(runtime == NULL);
    CHECK_SAYS("veda_runtime_create: ");
    CHECK_SAYS(field);
    CHECK_SAYS(value);
    CHECK_OK(veda_runtime_config_init(config, sizeof *config));
}

/* guarantee: errors-2 */
static void refusals_name_field_and_value(void) {
    veda_runtime_config_t config;
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 1025;
    expect_refusal(&config, VEDA_E_RANGE, "worker_count", "1025");
    config.worker_count = UINT32_MAX;
    expect_refusal(&config, VEDA_E_RANGE, "worker_count", "1024");
    config.policy = 5;
    expect_refusal(&config, VEDA_E_RANGE, "policy", "5");
    config.policy = VEDA_POLICY_DETERMINISTIC;
    expect_refusal(&config, VEDA_E_UNSUPPORTED, "policy", "");
    config.pinning = 4;
    expect_refusal(&config, VEDA_E_RANGE, "pinning", "4");
    config.wait_policy = 77;
    expect_refusal(&config, VEDA_E_RANGE, "wait_policy", "77");
    config.spare_workers = 1025;
    expect_refusal(&config, VEDA_E_RANGE, "spare_workers", "1025");
    config.stack_size = 65535;
    expect_refusal(&config, VEDA_E_RANGE, "stack_size", "65535");
    config.stack_size = (UINT64_C(1) << 30) + 1;
    expect_refusal(&config, VEDA_E_RANGE, "stack_size", "1073741825");
    config.spin_ns = 1000000001;
    expect_refusal(&config, VEDA_E_RANGE, "spin_ns", "1000000001");
    config.thread_name_prefix = "elevenbytes";
    expect_refusal(&config, VEDA_E_RANGE, "thread_name_prefix", "eleven");
    config.reserved[4] = 1;
    {
        veda_runtime_t* runtime = NULL;
        const veda_status status = veda_runtime_create(&config, &runtime);
        CHECK(status == VEDA_E_SIZE || status == VEDA_E_RANGE);
        CHECK_SAYS("reserved");
    }
}

static void accepted_extremes(void) {
    static const uint32_t policies[] = {VEDA_POLICY_FIXED, VEDA_POLICY_ADAPTIVE,
                                        VEDA_POLICY_ENERGY_EFFICIENT, VEDA_POLICY_LOW_LATENCY};
    uint32_t i;
    for (i = 0; i < 4; ++i) {
        veda_runtime_config_t config;
        veda_runtime_t* runtime = NULL;
        CHECK_OK(veda_runtime_config_init(&config, sizeof config));
        config.worker_count = 2;
        config.policy = policies[i];
        config.pinning = i % 3;
        config.wait_policy = i % 3;
        config.spare_workers = i == 0 ? 1 : 1024;
        config.stack_size = i == 0 ? 65536 : 1u << 20;
        config.spin_ns = i == 0 ? 1 : 1000000000;
        config.thread_name_prefix = "ten--bytes";
        CHECK_OK(veda_runtime_create(&config, &runtime));
        end_runtime(runtime);
    }
}

/* --- hooks --- */

enum { hook_workers = 4 };

struct hook_log {
    int started[hook_workers];
    int stopped[hook_workers];
    int wrong; /* an index out of range, or a thread name without the prefix */
};

static void log_start(void* ctx, uint32_t index) {
    struct hook_log* log = (struct hook_log*)ctx;
    char name[32] = "";
    pthread_getname_np(pthread_self(), name, sizeof name);
    if (strncmp(name, "hooked", 6) != 0) ATOMIC_ADD(log->wrong, 1);
    if (index < hook_workers) ATOMIC_ADD(log->started[index], 1);
}

static void log_stop(void* ctx, uint32_t index) {
    struct hook_log* log = (struct hook_log*)ctx;
    if (index < hook_workers) ATOMIC_ADD(log->stopped[index], 1);
}

static void hooks_run_once_per_worker(void) {
    struct hook_log log;
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    int i;
    memset(&log, 0, sizeof log);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = hook_workers;
    config.thread_name_prefix = "hooked";
    config.on_worker_start = log_start;
    config.on_worker_stop = log_stop;
    config.hook_ctx = &log;
    CHECK_OK(veda_runtime_create(&config, &runtime));
    end_runtime(runtime);
    CHECK_EQUAL(log.wrong, 0);
    for (i = 0; i < hook_workers; ++i) {
        CHECK_EQUAL(log.started[i], 1);
        CHECK_EQUAL(log.stopped[i], 1);
    }
}

/* --- entering --- */

struct run_log {
    veda_runtime_t* runtime;
    uint32_t slots;
    int calls;
    int nested_calls;
    veda_worker_t* worker;
};

static void nested_run_body(void* ctx, veda_worker_t* worker) {
    struct run_log* log = (struct run_log*)ctx;
    log->nested_calls++;
    CHECK(worker == log->worker); /* on a worker fn is simply called */
}

static void run_body(void* ctx, veda_worker_t* worker) {
    struct run_log* log = (struct run_log*)ctx;
    const int32_t index = veda_worker_index();
    log->calls++;
    log->worker = worker;
    CHECK(worker != NULL);
    CHECK(veda_worker_current() == worker);
    CHECK(veda_worker_runtime() == log->runtime);
    CHECK(index >= 0 && (uint32_t)index < log->slots);
    CHECK_OK(veda_run(log->runtime, nested_run_body, log));
    CHECK(veda_worker_current() == worker);
    CHECK_STATUS(veda_runtime_destroy(log->runtime), VEDA_E_WORKER);
    CHECK_STATUS(veda_runtime_drain(log->runtime, 0), VEDA_E_WORKER);
}

static void run_enters_and_leaves(void) {
    struct run_log log;
    memset(&log, 0, sizeof log);
    log.runtime = make_runtime(2);
    CHECK_OK(veda_runtime_slot_count(log.runtime, &log.slots));
    CHECK(veda_worker_current() == NULL);
    CHECK(veda_worker_runtime() == NULL);
    CHECK(veda_worker_index() == -1);
    CHECK_EQUAL(veda_worker_has_pending(), 0);
    CHECK_OK(veda_run(log.runtime, run_body, &log));
    CHECK_EQUAL(log.calls, 1);
    CHECK_EQUAL(log.nested_calls, 1);
    CHECK(veda_worker_current() == NULL);
    CHECK(veda_worker_index() == -1);
    end_runtime(log.runtime);
}

struct inner_run {
    veda_runtime_t* outer;
    veda_runtime_t* inner;
    int calls;
};

static void inner_body(void* ctx, veda_worker_t* worker) {
    struct inner_run* both = (struct inner_run*)ctx;
    CHECK(worker == veda_worker_current());
    CHECK(veda_worker_runtime() == both->inner);
    both->calls++;
}

static void outer_body(void* ctx, veda_worker_t* worker) {
    struct inner_run* both = (struct inner_run*)ctx;
    CHECK(veda_worker_runtime() == both->outer);
    CHECK_OK(veda_run(both->inner, inner_body, both));
    CHECK(veda_worker_current() == worker); /* back home */
    CHECK(veda_worker_runtime() == both->outer);
    both->calls++;
}

static void one_runtime_inside_another(void) {
    struct inner_run both;
    both.outer = make_runtime(2);
    both.inner = make_runtime(3);
    both.calls = 0;
    CHECK_OK(veda_run(both.outer, outer_body, &both));
    CHECK_EQUAL(both.calls, 2);
    end_runtime(both.inner);
    end_runtime(both.outer);
}

/* One worker each. A task of the first runtime waits for the second to drain; the second's task waits for
 * another task of the first, which only the same worker could run. */
struct crossing {
    veda_runtime_t* first;
    veda_runtime_t* second;
    int destroys;
    int first_ran;
    int done;
};

static void set_first_ran(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_SET(((struct crossing*)ctx)->first_ran, 1);
}

static void wait_for_the_first(void* ctx, veda_worker_t* worker) {
    struct crossing* crossing = (struct crossing*)ctx;
    (void)worker;
    CHECK_OK(veda_spawn(crossing->first, set_first_ran, crossing));
    wait_for_flag(&crossing->first_ran);
}

static void drain_the_second(void* ctx, veda_worker_t* worker) {
    struct crossing* crossing = (struct crossing*)ctx;
    CHECK_OK(veda_spawn(crossing->second, wait_for_the_first, crossing));
    if (crossing->destroys)
        CHECK_OK(veda_runtime_destroy(crossing->second));
    else
        CHECK_OK(veda_runtime_drain(crossing->second, UINT64_MAX));
    CHECK(veda_worker_current() == worker);
    ATOMIC_SET(crossing->done, 1);
}

static void waiting_for_another_runtime_lends_the_place(void) {
    int round;
    for (round = 0; round < 20; ++round) {
        struct crossing crossing;
        memset(&crossing, 0, sizeof crossing);
        crossing.destroys = round % 2;
        crossing.first = make_runtime(1);
        crossing.second = make_runtime(1);
        CHECK_OK(veda_spawn(crossing.first, drain_the_second, &crossing));
        CHECK_OK(veda_runtime_drain(crossing.first, UINT64_MAX));
        CHECK_EQUAL(ATOMIC_GET(crossing.done), 1);
        end_runtime(crossing.first);
        if (!crossing.destroys) end_runtime(crossing.second);
    }
}

/* Many more threads than guest places enter at once: each gets its turn, whoever runs it. */
enum { entering_threads = 40, entries_per_thread = 50 };

struct entry_log {
    veda_runtime_t* runtime;
    int calls;
};

static void entry_body(void* ctx, veda_worker_t* worker) {
    struct entry_log* log = (struct entry_log*)ctx;
    if (worker != NULL && worker == veda_worker_current()) ATOMIC_ADD(log->calls, 1);
}

static void* entry_thread(void* ctx) {
    struct entry_log* log = (struct entry_log*)ctx;
    int i;
    for (i = 0; i < entries_per_thread; ++i) CHECK_OK(veda_run(log->runtime, entry_body, log));
    return NULL;
}

static void many_threads_enter(void) {
    pthread_t threads[entering_threads];
    struct entry_log log;
    int i;
    log.runtime = make_runtime(2);
    log.calls = 0;
    for (i = 0; i < entering_threads; ++i)
        CHECK_EQUAL(pthread_create(&threads[i], NULL, entry_thread, &log), 0);
    for (i = 0; i < entering_threads; ++i) CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    CHECK_EQUAL(log.calls, entering_threads * entries_per_thread);
    end_runtime(log.runtime);
}

/* --- side by side --- */

struct sum_job {
    veda_runtime_t* runtime;
    uint64_t sum;
};

static uint64_t sum_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    uint64_t i;
    uint64_t sum = 0;
    (void)exec;
    for (i = begin; i < end; ++i) sum += i;
    ATOMIC_ADD(((struct sum_job*)ctx)->sum, sum);
    return end;
}

static void* sum_thread(void* ctx) {
    veda_for_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.end = 100000;
    CHECK_OK(veda_for(((struct sum_job*)ctx)->runtime, &desc, sum_body, ctx));
    return NULL;
}

/* guarantee: shutdown-5 */
static void several_runtimes_side_by_side(void) {
    enum { count = 4 };
    struct sum_job jobs[count];
    pthread_t threads[count];
    int i;
    for (i = 0; i < count; ++i) {
        jobs[i].runtime = make_runtime((uint32_t)i + 1);
        jobs[i].sum = 0;
    }
    for (i = 0; i < count; ++i)
        CHECK_EQUAL(pthread_create(&threads[i], NULL, sum_thread, &jobs[i]), 0);
    for (i = 0; i < count; ++i) CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    for (i = 0; i < count; ++i) {
        CHECK_EQUAL(jobs[i].sum, UINT64_C(100000) * 99999 / 2);
        end_runtime(jobs[i].runtime);
    }
}

/* --- ends --- */

struct destroy_try {
    veda_runtime_t* runtime;
    veda_status status;
    int said_why;
    int done;
};

static void destroy_own_runtime(void* ctx, veda_worker_t* worker) {
    struct destroy_try* attempt = (struct destroy_try*)ctx;
    (void)worker;
    attempt->status = veda_runtime_destroy(attempt->runtime);
    attempt->said_why = veda_last_error()[0] != '\0';
    ATOMIC_SET(attempt->done, 1);
}

/* guarantee: shutdown-3 */
static void destroy_from_its_own_worker(void) {
    struct destroy_try attempt;
    memset(&attempt, 0, sizeof attempt);
    attempt.runtime = make_runtime(2);
    CHECK_OK(veda_spawn(attempt.runtime, destroy_own_runtime, &attempt));
    wait_for_flag(&attempt.done);
    CHECK_STATUS(attempt.status, VEDA_E_WORKER);
    CHECK(attempt.said_why);
    end_runtime(attempt.runtime); /* the refusal has done nothing */
}

static void no_body(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    check_failed(__FILE__, __LINE__, "the callback of a failed call never runs");
}

/* guarantee: errors-1 */
static void use_after_destroy(void) {
    veda_runtime_t* runtime = make_runtime(2);
    veda_runtime_t* younger;
    veda_scope_t scope;
    uint32_t word = 0;
    uint64_t number = 0;
    end_runtime(runtime);
    CHECK_STATUS(veda_runtime_destroy(runtime), VEDA_E_HANDLE);
    CHECK_SAYS("runtime");
    CHECK_STATUS(veda_run(runtime, no_body, NULL), VEDA_E_HANDLE);
    CHECK_STATUS(veda_spawn(runtime, no_body, NULL), VEDA_E_HANDLE);
    CHECK_STATUS(veda_broadcast(runtime, no_body, NULL), VEDA_E_HANDLE);
    CHECK_STATUS(veda_scope_begin(&scope, runtime), VEDA_E_HANDLE);
    CHECK_STATUS(veda_runtime_drain(runtime, 0), VEDA_E_HANDLE);
    CHECK_STATUS(veda_runtime_worker_count(runtime, &word), VEDA_E_HANDLE);
    CHECK_STATUS(veda_runtime_slot_count(runtime, &word), VEDA_E_HANDLE);
    CHECK_STATUS(veda_runtime_pending(runtime, &number), VEDA_E_HANDLE);
    CHECK_STATUS(veda_counter_read(runtime, 0, &number), VEDA_E_HANDLE);
    younger = make_runtime(2); /* a new runtime does not bring the old handle back to life */
    if (younger != runtime) CHECK_STATUS(veda_run(runtime, no_body, NULL), VEDA_E_HANDLE);
    end_runtime(younger);
}

struct gate {
    veda_event_t open;
    int entered;
    int left;
};

static void wait_at_gate(void* ctx, veda_worker_t* worker) {
    struct gate* gate = (struct gate*)ctx;
    (void)worker;
    ATOMIC_ADD(gate->entered, 1);
    if (veda_event_wait(&gate->open) != VEDA_OK) return;
    ATOMIC_ADD(gate->left, 1);
}

/* guarantee: shutdown-2 */
static void drain_says_busy_and_loses_nothing(void) {
    veda_runtime_t* runtime = make_runtime(2);
    struct gate gate;
    uint64_t pending = 0;
    memset(&gate, 0, sizeof gate);
    CHECK_OK(veda_runtime_drain(runtime, 0)); /* nothing was ever submitted */
    CHECK_OK(veda_spawn(runtime, wait_at_gate, &gate));
    CHECK_STATUS(veda_runtime_drain(runtime, 0), VEDA_E_BUSY);
    CHECK_SAYS("veda_runtime_drain: 1 tasks");
    CHECK_SAYS("0 threads from outside");
    CHECK_STATUS(veda_runtime_drain(runtime, 2000000), VEDA_E_BUSY);
    CHECK_OK(veda_runtime_pending(runtime, &pending));
    CHECK_EQUAL(pending, 1);
    CHECK_OK(veda_event_set(&gate.open));
    CHECK_OK(veda_runtime_drain(runtime, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(gate.left), 1);
    CHECK_OK(veda_runtime_pending(runtime, &pending));
    CHECK_EQUAL(pending, 0);
    CHECK_OK(veda_runtime_drain(runtime, 0));
    end_runtime(runtime);
}

struct chain {
    veda_runtime_t* runtime;
    int left;
    int ran;
};

static void chain_link(void* ctx, veda_worker_t* worker) {
    struct chain* chain = (struct chain*)ctx;
    (void)worker;
    ATOMIC_ADD(chain->ran, 1);
    if (--chain->left > 0 && veda_spawn(chain->runtime, chain_link, chain) != VEDA_OK)
        check_failed(__FILE__, __LINE__, "a running task may spawn until the runtime is drained");
}

/* Every task that was submitted runs, also those that tasks submit while destroy is waiting. */
/* guarantee: shutdown-1 */
static void destroy_runs_what_was_submitted(void) {
    int round;
    for (round = 0; round < 20; ++round) {
        struct chain chain;
        chain.runtime = make_runtime(3);
        chain.left = 1000;
        chain.ran = 0;
        CHECK_OK(veda_spawn(chain.runtime, chain_link, &chain));
        end_runtime(chain.runtime);
        CHECK_EQUAL(chain.ran, 1000);
    }
}

/* --- the default runtime --- */

/* guarantee: shutdown-4 */
static void default_runtime_starts_itself(void) {
    struct entry_log log;
    log.calls = 0;
    CHECK_OK(veda_shutdown(0)); /* it never started */
    log.runtime = veda_runtime_default();
    CHECK(log.runtime != NULL);
    CHECK(veda_runtime_default() == log.runtime);
    CHECK_STATUS(veda_runtime_destroy(log.runtime), VEDA_E_STATE);
    CHECK(veda_last_error()[0] != '\0');
    CHECK_STATUS(veda_init(NULL), VEDA_E_STATE);
    CHECK_OK(veda_run(log.runtime, entry_body, &log));
    CHECK_EQUAL(log.calls, 1);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK(veda_runtime_default() != NULL); /* a later use starts a fresh one */
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static void init_configures_the_default_runtime(void) {
    veda_runtime_config_t config;
    uint32_t workers = 0;
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 2000;
    CHECK_STATUS(veda_init(&config), VEDA_E_RANGE);
    CHECK_SAYS("worker_count");
    config.worker_count = 5;
    CHECK_OK(veda_init(&config));
    CHECK_OK(veda_runtime_worker_count(veda_runtime_default(), &workers));
    CHECK_EQUAL(workers, 5);
    CHECK_STATUS(veda_init(&config), VEDA_E_STATE);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    config.worker_count = 2;
    CHECK_OK(veda_init(&config));
    CHECK_OK(veda_runtime_worker_count(veda_runtime_default(), &workers));
    CHECK_EQUAL(workers, 2);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static void shutdown_in_a_task(void* ctx, veda_worker_t* worker) {
    struct destroy_try* attempt = (struct destroy_try*)ctx;
    (void)worker;
    attempt->status = veda_shutdown(0);
    ATOMIC_SET(attempt->done, 1);
}

/* guarantee: shutdown-2 */
static void shutdown_says_busy_and_loses_nothing(void) {
    veda_runtime_t* runtime = veda_runtime_default();
    struct gate gate;
    struct destroy_try attempt;
    struct entry_log late;
    memset(&gate, 0, sizeof gate);
    memset(&attempt, 0, sizeof attempt);
    late.calls = 0;
    CHECK_OK(veda_spawn(runtime, shutdown_in_a_task, &attempt));
    wait_for_flag(&attempt.done);
    CHECK_STATUS(attempt.status, VEDA_E_WORKER);
    CHECK_OK(veda_spawn(runtime, wait_at_gate, &gate));
    CHECK_STATUS(veda_shutdown(1000000), VEDA_E_BUSY);
    CHECK(veda_runtime_default() == runtime); /* it goes on as before */
    CHECK_OK(veda_spawn(runtime, entry_body, &late));
    CHECK_OK(veda_event_set(&gate.open));
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(gate.left), 1);
    CHECK_EQUAL(late.calls, 1);
}

int main(void) {
    check_start_watchdog(240);
    RUN_CASE(default_config_is_zero);
    RUN_CASE(a_default_runtime_that_cannot_start_says_why);
    RUN_CASE(get_default_is_the_default);
    RUN_CASE(create_with_defaults);
    RUN_CASE(create_each_worker_count);
    RUN_CASE(a_short_struct_is_refused);
    RUN_CASE(an_initialiser_gives_the_defaults);
    RUN_CASE(a_long_struct_is_a_new_header);
    RUN_CASE(refusals_name_field_and_value);
    RUN_CASE(accepted_extremes);
    RUN_CASE(hooks_run_once_per_worker);
    RUN_CASE(run_enters_and_leaves);
    RUN_CASE(one_runtime_inside_another);
    if (veda_has_feature("spare-workers")) RUN_CASE(waiting_for_another_runtime_lends_the_place);
    RUN_CASE(many_threads_enter);
    RUN_CASE(several_runtimes_side_by_side);
    RUN_CASE(destroy_from_its_own_worker);
    RUN_CASE(use_after_destroy);
    RUN_CASE(drain_says_busy_and_loses_nothing);
    RUN_CASE(destroy_runs_what_was_submitted);
    RUN_CASE(default_runtime_starts_itself);
    RUN_CASE(init_configures_the_default_runtime);
    RUN_CASE(shutdown_says_busy_and_loses_nothing);
    return 0;
}
