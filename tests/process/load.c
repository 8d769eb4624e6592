/* load: the library is loaded by dlopen, used and closed, again and again, and several copies of it
 * under other names are in the process at once. The program is not linked with it: the functions
 * below call those of the copy in use. */
#include "process.h"

#include <dlfcn.h>

static const char* library_path; /* from the environment: VEDA_LIBRARY */
static void* in_use;             /* the handle of dlopen */

static void* function_named(const char* name) {
    void* function = in_use ? dlsym(in_use, name) : NULL;
    if (function == NULL) {
        fprintf(stderr, "no function %s: %s\n", name, dlerror());
        _Exit(1);
    }
    return function;
}

#define FORWARD(returns, name, parameters, arguments) \
    returns name parameters {                         \
        returns(*function) parameters;                \
        void* address = function_named(#name);        \
        memcpy(&function, &address, sizeof function); \
        return function arguments;                    \
    }

FORWARD(const char*, veda_status_name, (veda_status s), (s))
FORWARD(veda_status, veda_runtime_config_init, (veda_runtime_config_t * c, size_t n), (c, n))
FORWARD(veda_status, veda_runtime_create, (const veda_runtime_config_t* c, veda_runtime_t** o),
        (c, o))
FORWARD(veda_status, veda_runtime_destroy, (veda_runtime_t * r), (r))
FORWARD(veda_status, veda_runtime_worker_count, (veda_runtime_t * r, uint32_t* n), (r, n))
FORWARD(veda_status, veda_counter_find, (const char* n, uint32_t* i), (n, i))
FORWARD(veda_status, veda_counter_read, (veda_runtime_t* r, uint32_t i, uint64_t* v), (r, i, v))
FORWARD(veda_status, veda_runtime_drain, (veda_runtime_t * r, uint64_t t), (r, t))
FORWARD(veda_runtime_t*, veda_runtime_default, (void), ())
FORWARD(veda_status, veda_shutdown, (uint64_t t), (t))
FORWARD(veda_status, veda_init, (const veda_runtime_config_t* c), (c))
FORWARD(veda_status, veda_for,
        (veda_runtime_t * r, const veda_for_desc_t* d, veda_range_fn f, void* c), (r, d, f, c))
FORWARD(veda_status, veda_spawn, (veda_runtime_t * r, void (*f)(void*, veda_worker_t*), void* c),
        (r, f, c))

const char* veda_last_error(void) {
    const char* (*function)(void);
    void* address;
    if (in_use == NULL) return "(the library is not loaded)";
    address = function_named("veda_last_error");
    memcpy(&function, &address, sizeof function);
    return function();
}

static void load(const char* path) {
    in_use = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (in_use == NULL) fprintf(stderr, "%s\n", dlerror());
    CHECK(in_use != NULL);
}

static void unload(void) {
    CHECK_EQUAL(dlclose(in_use), 0);
    in_use = NULL;
}

static void find_library(void) {
    library_path = getenv("VEDA_LIBRARY");
    CHECK(library_path != NULL);
    CHECK(dlopen("libveda.so.1", RTLD_NOLOAD | RTLD_NOW) == NULL); /* it is not here yet */
}

/* --- again and again --- */

struct holdings {
    int threads, descriptors;
    long maps, resident;
};

static struct holdings look(void) {
    struct holdings h;
    h.threads = count_threads();
    h.descriptors = count_descriptors();
    h.maps = count_maps();
    h.resident = resident_kib();
    return h;
}

/* The allocator may take an arena more now and then, and a sanitizer keeps what was freed for a
 * while. */
static void check_flat(struct holdings before, struct holdings after) {
    printf("threads %d -> %d, descriptors %d -> %d, maps %ld -> %ld, resident %ld -> %ld KiB\n",
           before.threads, after.threads, before.descriptors, after.descriptors, before.maps,
           after.maps, before.resident, after.resident);
    CHECK_EQUAL(after.threads, before.threads);
    CHECK_EQUAL(after.descriptors, before.descriptors);
#ifndef __SANITIZE_ADDRESS__
    CHECK(after.maps <= before.maps + 16);
    CHECK(after.resident <= before.resident + 4096);
#endif
}

static void use_and_end(void) {
    veda_runtime_t* own = make_runtime(2);
    check_works(own);
    end_runtime(own);
    check_works(veda_runtime_default());
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static void load_use_close(unsigned long rounds) {
    unsigned long round;
    for (round = 0; round < rounds; ++round) {
        load(library_path);
        use_and_end();
        unload();
        wait_for_threads_to_go();
    }
}

/* guarantee: load-1 */
static void a_thousand_times(void) {
    struct holdings before;
    find_library();
    load_use_close(100);
    before = look();
    load_use_close(amount(1000, 10000));
    check_flat(before, look());
}

/* Closed while its default runtime lives: the next dlopen finds both again. */
/* guarantee: load-1 */
static void without_an_end(void) {
    struct holdings before;
    veda_runtime_t* first;
    unsigned long round;
    find_library();
    load(library_path);
    first = veda_runtime_default();
    check_works(first);
    unload();
    before = look();
    for (round = 0; round < amount(1000, 10000); ++round) {
        load(library_path);
        CHECK(veda_runtime_default() == first);
        check_works(first);
        unload();
    }
    load(library_path);
    CHECK_EQUAL(look().descriptors, before.descriptors);
    CHECK(count_threads() <= before.threads + 8); /* spare workers */
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

static int gate_open, tasks_ran;

static void wait_at_gate(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    while (!ATOMIC_GET(gate_open)) sched_yield();
    ATOMIC_ADD(tasks_ran, 1);
}

/* Closed in the middle of work: nothing is unmapped under a worker. */
/* guarantee: load-1 */
static void with_work_in_flight(void) {
    int round, i;
    find_library();
    for (round = 1; round <= 20; ++round) {
        load(library_path);
        ATOMIC_SET(gate_open, 0);
        for (i = 0; i < 100; ++i) CHECK_OK(veda_spawn(veda_runtime_default(), wait_at_gate, NULL));
        unload();
        ATOMIC_SET(gate_open, 1);
        while (ATOMIC_GET(tasks_ran) < 100 * round) sched_yield();
        load(library_path);
        CHECK_OK(veda_shutdown(UINT64_MAX));
        unload();
    }
}

/* guarantee: fork-2 */
static void in_the_child_of_a_fork(void) {
    pid_t child;
    find_library();
    load(library_path);
    check_works(veda_runtime_default());
    child = fork_watched();
    if (child == 0) {
        use_and_end();
        child_ends(0);
    }
    check_child_ok(child);
    check_works(veda_runtime_default());
    unload();
    child = fork_watched(); /* closed, but still there */
    if (child == 0) {
        load(library_path);
        use_and_end();
        child_ends(0);
    }
    check_child_ok(child);
}

/* --- several copies --- */

enum { most_copies = 3 };

static void* copies[most_copies];
static char folder[] = "/tmp/veda-copies-XXXXXX";

static void copy_file(const char* from, const char* to) {
    char bytes[65536];
    size_t n;
    FILE* in = fopen(from, "re");
    FILE* out = fopen(to, "we");
    CHECK(in != NULL && out != NULL);
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0) CHECK_EQUAL(fwrite(bytes, 1, n, out), n);
    fclose(in);
    CHECK_EQUAL(fclose(out), 0);
}

static void load_copies(int count) {
    int i;
    find_library();
    unsetenv("VEDA_NUM_THREADS");
    CHECK(mkdtemp(folder) != NULL);
    for (i = 0; i < count; ++i) {
        char path[100];
        snprintf(path, sizeof path, "%s/plugin%d.so", folder, i);
        copy_file(library_path, path);
        load(path);
        copies[i] = in_use;
        CHECK_EQUAL(unlink(path), 0);
    }
    CHECK_EQUAL(rmdir(folder), 0);
    for (i = 0; i < count; ++i) {
        in_use = copies[i];
        CHECK(function_named("veda_for") != dlsym(copies[(i + 1) % count], "veda_for") ||
              count == 1);
    }
}

static int allowed_cpus(void) {
    cpu_set_t set;
    CHECK_EQUAL(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

static int workers_of(int copy) {
    uint32_t workers = 0;
    in_use = copies[copy];
    CHECK_OK(veda_runtime_worker_count(veda_runtime_default(), &workers));
    return (int)workers;
}

/* Each copy is a library of its own, and all work side by side. */
/* guarantee: load-2 */
static void copies_work_side_by_side(void) {
    int i, round;
    load_copies(most_copies);
    for (round = 0; round < 3; ++round)
        for (i = 0; i < most_copies; ++i) {
            in_use = copies[i];
            use_and_end();
            check_works(veda_runtime_default());
        }
    for (i = 0; i < most_copies; ++i) {
        veda_runtime_t* mine = (in_use = copies[i], veda_runtime_default());
        in_use = copies[(i + 1) % most_copies];
        CHECK(veda_runtime_default() != mine);
        CHECK_STATUS(veda_runtime_drain(mine, 0), VEDA_E_HANDLE);
    }
}

/* What the copies write to stderr while f runs. */
static char said[16384];

static void hear(int copy) {
    int ends[2], kept = dup(2);
    ssize_t length;
    CHECK_EQUAL(pipe(ends), 0);
    CHECK(dup2(ends[1], 2) == 2);
    in_use = copies[copy];
    setenv("VEDA_DISPLAY_ENV", "1", 1);
    check_works(veda_runtime_default());
    unsetenv("VEDA_DISPLAY_ENV");
    CHECK(dup2(kept, 2) == 2);
    close(kept);
    close(ends[1]);
    length = read(ends[0], said, sizeof said - 1);
    close(ends[0]);
    CHECK(length > 0);
    said[length] = '\0';
}

static int at_least_1(int n) { return n > 1 ? n : 1; }

/* A copy that starts beside others takes its fair part, and says so; alone it has everything. */
/* guarantee: load-3 */
static void copies_divide_the_cpus(void) {
    const int cpus = allowed_cpus();
    int alone;
    load_copies(most_copies);
    hear(0);
    CHECK(strstr(said, "copies of veda") == NULL);
    alone = workers_of(0); /* a quota may be less than the CPUs */
    CHECK(alone >= 1 && alone <= cpus);
    if (alone == 1) printf("one CPU only: every copy has one worker, whatever is divided\n");

    hear(1);
    CHECK(alone == 1 || strstr(said, "for 2 copies of veda") != NULL);
    CHECK_EQUAL(workers_of(1), at_least_1(alone / 2));
    hear(2);
    CHECK(alone == 1 || strstr(said, "for 3 copies of veda") != NULL);
    CHECK_EQUAL(workers_of(2), at_least_1(alone / 3));

    /* The first one again, beside the others: no more together than there are CPUs. */
    in_use = copies[0];
    CHECK_OK(veda_shutdown(UINT64_MAX));
    hear(0);
    CHECK_EQUAL(workers_of(0), at_least_1((alone + 2) / 3));

    /* The others are gone: everything is the first one's. */
    in_use = copies[1];
    CHECK_OK(veda_shutdown(UINT64_MAX));
    in_use = copies[2];
    CHECK_OK(veda_shutdown(UINT64_MAX));
    in_use = copies[0];
    CHECK_OK(veda_shutdown(UINT64_MAX));
    hear(0);
    CHECK_EQUAL(workers_of(0), alone);
}

/* What was asked for is given; an explicit runtime divides nothing, and takes nothing away. */
/* guarantee: load-3 */
static void only_what_was_found_is_divided(void) {
    veda_runtime_config_t config;
    veda_runtime_t* own = NULL;
    uint32_t workers = 0;
    int alone;
    load_copies(2);
    alone = workers_of(0);
    CHECK_EQUAL(workers_of(1), at_least_1(alone / 2));
    CHECK_OK(veda_runtime_create(NULL, &own));
    CHECK_OK(veda_runtime_worker_count(own, &workers));
    CHECK_EQUAL(workers, alone);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 5;
    CHECK_OK(veda_init(&config));
    CHECK_EQUAL(workers_of(1), 5);
    CHECK_OK(veda_shutdown(UINT64_MAX));
    end_runtime(own);
}

/* The seats of the parent's copies are free in the child. */
/* guarantee: load-3 */
static void a_child_begins_with_all_cpus(void) {
    int alone;
    pid_t child;
    load_copies(2);
    alone = workers_of(0);
    CHECK_EQUAL(workers_of(1), at_least_1(alone / 2));
    child = fork_watched();
    if (child == 0) {
        CHECK_EQUAL(workers_of(1), alone);
        CHECK_EQUAL(workers_of(0), at_least_1(alone / 2));
        child_ends(0);
    }
    check_child_ok(child);
    CHECK_EQUAL(workers_of(1), at_least_1(alone / 2));
}

static const struct process_case cases[] = {
    CASE(a_thousand_times),
    CASE(without_an_end),
    CASE(with_work_in_flight),
    CASE(in_the_child_of_a_fork),
    CASE(copies_work_side_by_side),
    CASE(copies_divide_the_cpus),
    CASE(only_what_was_found_is_divided),
    CASE(a_child_begins_with_all_cpus),
};

PROCESS_MAIN(cases, 300)
