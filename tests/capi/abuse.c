/* abuse: every exported function is called with each of its arguments wrong in every way that its
 * type allows. Each call must answer the documented error and a fresh sentence that names the
 * argument, and must not run a callback; and right after it the same call with good arguments must
 * succeed.
 *
 * The table of functions is generated from the headers (generate_abuse.py), so this file only knows
 * types: what a good value is (good_value) and what is wrong with a bad one (abuse_argument_at). A
 * type it does not know is a failure. */
#include "check.h"

typedef union {
    void* pointer;
    void (*callback)(void);
    uint64_t number;
} abuse_value;

typedef struct {
    const char* name;
    const char* type;
} abuse_argument;

typedef struct {
    const char* name;
    const char* returns;
    int64_t (*call)(const abuse_value* v);
    const abuse_argument* arguments;
    int argument_count;
} abuse_function;

#include "abuse_table.h"

enum { function_count = sizeof functions / sizeof *functions, most_arguments = 8 };

/* Wrong calls of each function; one that stays 0 fails the program. */
static unsigned long abuses_of[function_count];
static void note_abuse(const abuse_function* function) { ++abuses_of[function - functions]; }

static int is(const char* text, const char* other) { return strcmp(text, other) == 0; }

/* --- good values --- */

static veda_runtime_t* live;       /* the runtime that most calls go to */
static veda_runtime_t* dead;       /* destroyed, so a stale handle */
static veda_worker_t* self_worker; /* while inside a task of live, else NULL */

static veda_scope_t open_scope;
static int scope_is_open;
static int callbacks_run;

/* A job may be in use until the runtime is drained, so each call gets a new one. */
static veda_job_t jobs[4096];
static int jobs_used;

static union {
    veda_runtime_config_t config;
    veda_for_desc_t loop;
    veda_reduce_desc_t reduction;
    unsigned char bytes[4096];
} input;

static union {
    veda_runtime_t* runtime;
    uint32_t word;
    uint64_t number;
    veda_scope_t scope;
    unsigned char bytes[256];
} output ALIGNED_16;

static veda_event_t event;
static uint64_t identity_value;
static unsigned char zeros[4096] ALIGNED_16;
static unsigned char noise[4096] ALIGNED_16;
static char counter_name[] = "executed";

static void count_job(veda_job_t* job, veda_worker_t* worker) {
    (void)job;
    (void)worker;
    ATOMIC_ADD(callbacks_run, 1);
}

static void count_task(void* ctx, veda_worker_t* worker) {
    (void)ctx;
    (void)worker;
    ATOMIC_ADD(callbacks_run, 1);
}

static void count_branch(void* ctx, uint64_t index, veda_worker_t* worker) {
    (void)index;
    count_task(ctx, worker);
}

static uint64_t count_range(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)ctx;
    (void)begin;
    (void)exec;
    ATOMIC_ADD(callbacks_run, 1);
    return end;
}

static uint64_t count_fold(void* ctx, uint64_t begin, uint64_t end, void* accumulator,
                           const veda_exec_t* exec) {
    (void)accumulator;
    return count_range(ctx, begin, end, exec);
}

static void count_combine(void* ctx, void* left, const void* right) {
    (void)ctx;
    (void)left;
    (void)right;
}

static void count_error(void* ctx, veda_status status, const char* message) {
    (void)ctx;
    (void)message;
    if (status == VEDA_E_FAILED) ATOMIC_ADD(callbacks_run, 1);
}

static veda_job_t* new_job(void) {
    veda_job_t* job = &jobs[jobs_used++ % 4096];
    memset(job, 0, sizeof *job);
    job->run = count_job;
    return job;
}

static int takes(const abuse_function* function, const char* type) {
    int i;
    for (i = 0; i < function->argument_count; ++i)
        if (is(function->arguments[i].type, type)) return 1;
    return 0;
}

static abuse_value good_value(const abuse_function* function, const abuse_argument* argument) {
    const char* type = argument->type;
    abuse_value value;
    value.number = 0;
    if (is(type, "veda_runtime_t *")) {
        value.pointer = live;
        if (is(function->name, "veda_runtime_destroy")) value.pointer = make_runtime(1);
    } else if (is(type, "veda_runtime_t **") || is(type, "uint32_t *") || is(type, "uint64_t *")) {
        value.pointer = &output;
    } else if (is(type, "veda_runtime_config_t *") || is(type, "const veda_runtime_config_t *")) {
        memset(&input, 0, sizeof input);
        input.config.struct_size = sizeof input.config;
        input.config.worker_count = 1;
        value.pointer = &input;
    } else if (is(type, "const veda_for_desc_t *")) {
        memset(&input, 0, sizeof input);
        input.loop.struct_size = sizeof input.loop;
        input.loop.end = 10;
        value.pointer = &input;
    } else if (is(type, "const veda_reduce_desc_t *")) {
        memset(&input, 0, sizeof input);
        input.reduction.struct_size = sizeof input.reduction;
        input.reduction.end = 10;
        input.reduction.acc_size = sizeof identity_value;
        input.reduction.identity = &identity_value;
        value.pointer = &input;
    } else if (is(type, "veda_worker_t *")) {
        value.pointer = self_worker;
    } else if (is(type, "veda_job_t *")) {
        value.pointer = new_job();
    } else if (is(type, "veda_scope_t *")) {
        value.pointer = is(function->name, "veda_scope_begin") ? &output.scope : &open_scope;
    } else if (is(type, "veda_event_t *") || is(type, "const veda_event_t *")) {
        memset(&event, 0, sizeof event);
        if (strstr(function->name, "veda_event_wait") != NULL) CHECK_OK(veda_event_set(&event));
        value.pointer = &event;
    } else if (is(type, "void (*)(void *ctx, veda_worker_t *worker)")) {
        value.callback = (void (*)(void))count_task;
    } else if (is(type, "veda_branch_fn")) {
        value.callback = (void (*)(void))count_branch;
    } else if (is(type, "veda_range_fn")) {
        value.callback = (void (*)(void))count_range;
    } else if (is(type, "veda_fold_fn")) {
        value.callback = (void (*)(void))count_fold;
    } else if (is(type, "veda_combine_fn")) {
        value.callback = (void (*)(void))count_combine;
    } else if (is(type, "void *")) {
        value.pointer = &output; /* a ctx, or the place for a result */
    } else if (is(type, "const char *")) {
        value.pointer = counter_name;
    } else if (is(type, "char *")) {
        value.pointer = output.bytes; /* a buffer of sizeof output bytes */
    } else if (is(type, "veda_status")) {
        value.number = (uint64_t)(int64_t)VEDA_E_FAILED;
    } else if (is(argument->name, "size")) {
        value.number = sizeof(veda_runtime_config_t); /* output is larger */
    } else if (is(argument->name, "stride")) {
        value.number = sizeof(veda_job_t);
    } else if (is(argument->name, "count") || is(argument->name, "length")) {
        value.number = 1;
    } else if (is(argument->name, "timeout_ns")) {
        value.number = UINT64_MAX;
    } else if (is(argument->name, "id")) {
        value.number = 0;
    } else {
        fprintf(stderr, "    %s: argument %s has the type %s\n", function->name, argument->name,
                type);
        check_failed(__FILE__, __LINE__, "good_value knows every type of argument");
    }
    return value;
}

/* --- one call, with what must be so before and made good after --- */

static void prepare(const abuse_function* function, const abuse_value* values) {
    if (takes(function, "veda_scope_t *") && !is(function->name, "veda_scope_begin")) {
        CHECK_OK(veda_scope_begin(&open_scope, live));
        scope_is_open = 1;
    }
    if (is(function->name, "veda_join"))
        CHECK_OK(veda_fork(self_worker, (veda_job_t*)values[1].pointer));
}

/* values are the good ones, whatever the call was made with. */
static void clean_up(const abuse_function* function, const abuse_value* values, int64_t answer) {
    if (scope_is_open && !(is(function->name, "veda_scope_wait") && answer == VEDA_OK))
        (void)!veda_scope_wait(&open_scope); /* perhaps the error that veda_scope_fail left */
    scope_is_open = 0;
    if (is(function->name, "veda_scope_begin") && answer == VEDA_OK)
        CHECK_OK(veda_scope_wait(&output.scope));
    if (is(function->name, "veda_fork") && answer == VEDA_OK)
        CHECK(veda_join(self_worker, (veda_job_t*)values[1].pointer) >= 0);
    if (is(function->name, "veda_join") && answer < 0)
        CHECK(veda_join(self_worker, (veda_job_t*)values[1].pointer) >= 0);
    if (is(function->name, "veda_runtime_create") && answer == VEDA_OK) end_runtime(output.runtime);
    if (is(function->name, "veda_runtime_destroy") && answer != VEDA_OK)
        end_runtime((veda_runtime_t*)values[0].pointer);
    if (is(function->name, "veda_init") && answer == VEDA_OK) CHECK_OK(veda_shutdown(UINT64_MAX));
    if (self_worker == NULL) CHECK_OK(veda_runtime_drain(live, UINT64_MAX));
}

static void good_values(const abuse_function* function, abuse_value* values) {
    int i;
    memset(values, 0, most_arguments * sizeof *values);
    for (i = 0; i < function->argument_count; ++i)
        values[i] = good_value(function, &function->arguments[i]);
}

/* The call with nothing wrong: otherwise a refusal would prove nothing. */
static void expect_success(const abuse_function* function) {
    abuse_value values[most_arguments];
    int64_t answer;
    good_values(function, values);
    prepare(function, values);
    answer = function->call(values);
    if (answer < 0) {
        fprintf(stderr, "    %s with good arguments answered %s\n", function->name,
                veda_status_name((veda_status)answer));
        check_failed(__FILE__, __LINE__, "good arguments are accepted");
    }
    clean_up(function, values, answer);
    ATOMIC_ADD(check_count, 1);
}

static unsigned long abuses;
static unsigned long not_refused; /* all are listed before the program fails */

/* values: the good ones but for one. what: how the sentence must call the culprit. */
static void expect_refusal(const abuse_function* function, const abuse_value* good,
                           const abuse_value* values, veda_status wanted, const char* what,
                           const char* how) {
    uint32_t id = 0;
    int ran_before;
    int64_t answer;
    (void)!veda_counter_find("stale sentence", &id); /* what an older failure said proves nothing */
    prepare(function, good);
    if (self_worker == NULL)
        ran_before = ATOMIC_GET(callbacks_run);
    else
        ran_before = -1;
    answer = function->call(values);
    if (answer != wanted || veda_last_error()[0] == '\0' ||
        strstr(veda_last_error(), "stale sentence") != NULL ||
        strstr(veda_last_error(), what) == NULL) {
        fprintf(stderr,
                "%s with %s %s answered %s \"%s\"\n    wanted %s and a sentence with \"%s\"\n",
                function->name, what, how, veda_status_name((veda_status)answer), veda_last_error(),
                veda_status_name(wanted), what);
        ++not_refused;
    }
    ++abuses;
    note_abuse(function);
    ATOMIC_ADD(check_count, 1);
    /* A fork that should have been refused must be joined all the same. */
    clean_up(function, is(function->name, "veda_fork") && answer == VEDA_OK ? values : good,
             answer);
    if (ran_before >= 0 && !is(function->name, "veda_join"))
        CHECK_EQUAL(ATOMIC_GET(callbacks_run), ran_before);
}

/* One wrong argument: a pointer, or a number. */
static void abuse_with(const abuse_function* function, int at, abuse_value wrong,
                       veda_status wanted, const char* how) {
    abuse_value good[most_arguments];
    abuse_value values[most_arguments];
    good_values(function, good);
    memcpy(values, good, sizeof values);
    values[at] = wrong;
    expect_refusal(function, good, values, wanted, function->arguments[at].name, how);
}

static void abuse_pointer(const abuse_function* function, int at, void* wrong, veda_status wanted,
                          const char* how) {
    abuse_value value;
    value.number = 0;
    value.pointer = wrong;
    abuse_with(function, at, value, wanted, how);
}

static void abuse_number(const abuse_function* function, int at, uint64_t wrong,
                         veda_status wanted) {
    char how[32];
    abuse_value value;
    value.number = wrong;
    snprintf(how, sizeof how, "%" PRIu64, wrong);
    abuse_with(function, at, value, wanted, how);
}

/* --- wrong structs --- */

/* Writes a field of size bytes at offset of the good struct and expects a refusal that names it. */
static void abuse_field(const abuse_function* function, const char* field, size_t offset,
                        size_t size, uint64_t wrong, veda_status wanted) {
    abuse_value good[most_arguments];
    char how[32];
    good_values(function, good);
    if (size > sizeof wrong) size = sizeof wrong; /* the first of an array */
    memcpy(input.bytes + offset, &wrong, size);   /* little endian, as all machines we run on */
    snprintf(how, sizeof how, "= %" PRIu64, wrong);
    expect_refusal(function, good, good, wanted, field, how);
}

#define ABUSE_FIELD(function, type, field, wrong, wanted) \
    abuse_field(function, #field, offsetof(type, field), sizeof((type*)0)->field, (wrong), (wanted))

static void abuse_struct_size(const abuse_function* function, const char* argument, size_t known) {
    static const uint32_t wrong[] = {0, 1, 3};
    static const uint32_t huge[] = {256, 4096, UINT32_MAX};
    abuse_value good[most_arguments];
    size_t i;
    for (i = 0; i < sizeof wrong / sizeof *wrong; ++i)
        abuse_field(function, "struct_size", 0, 4, wrong[i], VEDA_E_SIZE);
    for (i = 0; i < sizeof huge / sizeof *huge; ++i) {
        good_values(function, good);
        memset(input.bytes + known, 0xff, sizeof input - known); /* fields of some later header */
        memcpy(input.bytes, &huge[i], 4);
        expect_refusal(function, good, good, VEDA_E_SIZE, argument, "huge, with a tail");
    }
}

static void abuse_range(const abuse_function* function) {
    typedef veda_for_desc_t desc;
    ABUSE_FIELD(function, desc, begin, 11, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, end, UINT64_MAX, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, flags, 0x80000000u, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, flags, UINT32_MAX, VEDA_E_RANGE);
}

static void abuse_loop(const abuse_function* function) {
    abuse_struct_size(function, "desc", sizeof(veda_for_desc_t));
    abuse_range(function);
    ABUSE_FIELD(function, veda_for_desc_t, reserved, 1, VEDA_E_SIZE);
}

static void abuse_reduction(const abuse_function* function) {
    typedef veda_reduce_desc_t desc;
    abuse_struct_size(function, "desc", sizeof(desc));
    abuse_range(function); /* the first fields are the same */
    ABUSE_FIELD(function, desc, acc_size, 0, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, acc_size, (1u << 20) + 1, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, acc_size, UINT64_MAX, VEDA_E_RANGE);
    ABUSE_FIELD(function, desc, identity, 0, VEDA_E_NULL);
    ABUSE_FIELD(function, desc, reserved, 1, VEDA_E_SIZE);
}

static void abuse_config(const abuse_function* function) {
    typedef veda_runtime_config_t config;
    abuse_struct_size(function, "struct_size", sizeof(config));
    ABUSE_FIELD(function, config, worker_count, 1025, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, policy, 99, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, pinning, 99, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, wait_policy, 99, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, spare_workers, 1025, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, stack_size, 1, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, spin_ns, UINT64_MAX, VEDA_E_RANGE);
    ABUSE_FIELD(function, config, reserved, 1, VEDA_E_SIZE);
}

/* --- wrong handles --- */

static void abuse_handle(const abuse_function* function, int at, veda_status wanted) {
    abuse_pointer(function, at, zeros, wanted, "= zeros");
    abuse_pointer(function, at, noise, wanted, "= noise");
    abuse_pointer(function, at, (void*)(uintptr_t)0x5a5a5a5a5a50, wanted, "nowhere");
    abuse_pointer(function, at, (void*)(uintptr_t)1, wanted, "= 1");
}

static void abuse_runtime(const abuse_function* function, int at) {
    veda_scope_t scope;
    veda_scope_t copy;
    CHECK_OK(veda_scope_begin(&scope, live));
    copy = scope; /* an open scope's bytes; the scope itself would keep this thread inside */
    CHECK_OK(veda_scope_wait(&scope));
    abuse_handle(function, at, VEDA_E_HANDLE);
    abuse_pointer(function, at, dead, VEDA_E_HANDLE, "destroyed");
    abuse_pointer(function, at, &copy, VEDA_E_HANDLE, "= a scope");
    if (self_worker != NULL) abuse_pointer(function, at, self_worker, VEDA_E_HANDLE, "= a worker");
}

static void abuse_scope(const abuse_function* function, int at) {
    veda_scope_t closed;
    CHECK_OK(veda_scope_begin(&closed, live));
    CHECK_OK(veda_scope_wait(&closed));
    abuse_pointer(function, at, zeros, VEDA_E_HANDLE, "= zeros");
    abuse_pointer(function, at, noise, VEDA_E_HANDLE, "= noise");
    abuse_pointer(function, at, &closed, VEDA_E_HANDLE, "closed");
    abuse_pointer(function, at, live, VEDA_E_HANDLE, "= a runtime");
}

/* Whoever takes such a job would jump to NULL. */
static void abuse_job_without_run(const abuse_function* function, int at, veda_job_t* never) {
    abuse_value good[most_arguments];
    abuse_value values[most_arguments];
    good_values(function, good);
    memcpy(values, good, sizeof values);
    values[at].pointer = never;
    expect_refusal(function, good, values, VEDA_E_NULL, "run", "= NULL in a job");
}

static void abuse_job(const abuse_function* function, int at) {
    veda_job_t never;
    memset(&never, 0, sizeof never);
    if (is(function->name, "veda_join")) {
        abuse_pointer(function, at, &never, VEDA_E_ORDER, "never forked");
        abuse_pointer(function, at, noise, VEDA_E_ORDER, "= noise");
    } else {
        abuse_job_without_run(function, at, &never);
    }
}

/* --- the walk over the table --- */

/* Where NULL is a good value. */
static int may_be_null(const abuse_function* function, const abuse_argument* argument) {
    return is(argument->name, "ctx") || is(argument->name, "message") ||
           is(argument->type, "const veda_runtime_config_t *") ||
           is(function->name, "veda_has_feature") || is(function->name, "veda_event_is_set");
}

static int is_pointer(const abuse_argument* argument) {
    return strchr(argument->type, '*') != NULL || strstr(argument->type, "_fn") != NULL;
}

static void abuse_argument_at(const abuse_function* function, int at) {
    const abuse_argument* argument = &function->arguments[at];
    const char* type = argument->type;
    if (is_pointer(argument) && !may_be_null(function, argument))
        abuse_pointer(function, at, NULL, VEDA_E_NULL, "= NULL");
    if (is(type, "veda_runtime_t *")) abuse_runtime(function, at);
    if (is(type, "veda_worker_t *")) {
        abuse_handle(function, at, VEDA_E_WORKER);
        abuse_pointer(function, at, live, VEDA_E_WORKER, "= a runtime");
    }
    if (is(type, "veda_scope_t *") && !is(function->name, "veda_scope_begin"))
        abuse_scope(function, at);
    if (is(type, "veda_job_t *")) abuse_job(function, at);
    if (is(type, "const veda_runtime_config_t *")) abuse_config(function);
    if (is(type, "const veda_for_desc_t *")) abuse_loop(function);
    if (is(type, "const veda_reduce_desc_t *")) abuse_reduction(function);
    if (is(type, "veda_status")) {
        abuse_number(function, at, 0, VEDA_E_RANGE);
        abuse_number(function, at, 1, VEDA_E_RANGE);
        abuse_number(function, at, INT32_MAX, VEDA_E_RANGE);
    }
    if (is(argument->name, "id") && !is_pointer(argument)) {
        abuse_number(function, at, veda_counter_count(), VEDA_E_RANGE);
        abuse_number(function, at, UINT32_MAX, VEDA_E_RANGE);
    }
    if (is(argument->name, "stride")) {
        abuse_number(function, at, 0, VEDA_E_RANGE);
        abuse_number(function, at, 63, VEDA_E_RANGE);
        abuse_number(function, at, 68, VEDA_E_RANGE);
    }
    if (is(function->name, "veda_runtime_config_init") && is(argument->name, "size")) {
        abuse_number(function, at, 0, VEDA_E_SIZE);
        abuse_number(function, at, 1, VEDA_E_SIZE);
        abuse_number(function, at, 3, VEDA_E_SIZE);
        abuse_number(function, at, 8, VEDA_E_SIZE);
        abuse_number(function, at, 4097, VEDA_E_SIZE);
        abuse_number(function, at, UINT64_MAX, VEDA_E_SIZE);
    }
    if (is(function->name, "veda_counter_find") && is(argument->name, "name")) {
        static char empty[] = "";
        static char unknown[] = "no such counter";
        abuse_pointer(function, at, empty, VEDA_E_NAME, "empty");
        abuse_pointer(function, at, unknown, VEDA_E_NAME, "unknown");
    }
}

static int is_one_of(const char* name, const char* const* names) {
    for (; *names != NULL; ++names)
        if (is(name, *names)) return 1;
    return 0;
}

/* Not for direct use by anybody but the C++ layer; they have a case of their own. */
static const char* const inline_tier[] = {"veda_fork_slow", "veda_join_slow", NULL};
/* Covered by their own cases below. */
static const char* const memory_functions[] = {"veda_job_alloc", "veda_job_free", NULL};
/* Only on a worker, or inside a task. */
static const char* const inside_only[] = {"veda_fork", "veda_join", "veda_join_n", "veda_make_room",
                                          "veda_task_fail", NULL};
/* Refused on a worker whatever the arguments are. */
static const char* const outside_only[] = {"veda_runtime_destroy", "veda_runtime_drain",
                                           "veda_init", "veda_shutdown", NULL};

static int is_fallible(const abuse_function* function) {
    return is(function->returns, "veda_status") || is(function->name, "veda_join");
}

static void abuse_functions(const char* const* left_out) {
    int f;
    for (f = 0; f < function_count; ++f) {
        const abuse_function* function = &functions[f];
        int at;
        if (!is_fallible(function) || is_one_of(function->name, inline_tier) ||
            is_one_of(function->name, left_out))
            continue;
        expect_success(function);
        for (at = 0; at < function->argument_count; ++at) {
            const unsigned long before = abuses;
            abuse_argument_at(function, at);
            if (is_pointer(&function->arguments[at]) &&
                !may_be_null(function, &function->arguments[at]) && abuses == before)
                check_failed(__FILE__, __LINE__, "every pointer argument is abused");
            expect_success(function); /* the refusals have done no harm */
        }
    }
}

/* guarantee: errors-1 */
static void abuse_from_outside(void) { abuse_functions(inside_only); }

static void inside_body(void* ctx, veda_worker_t* worker) {
    self_worker = worker;
    abuse_functions(outside_only);
    self_worker = NULL;
    ATOMIC_SET(*(int*)ctx, 1);
}

/* guarantee: errors-1 */
static void abuse_from_a_task(void) {
    int done = 0;
    CHECK_OK(veda_spawn(live, inside_body, &done));
    CHECK_OK(veda_runtime_drain(live, UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(done), 1);
}

/* Functions that cannot fail bear any number. */
static void functions_that_cannot_fail(void) {
    static const uint64_t numbers[] = {0, 1, UINT32_MAX, INT32_MAX, UINT64_MAX, UINT64_C(1) << 31};
    int f;
    for (f = 0; f < function_count; ++f) {
        const abuse_function* function = &functions[f];
        size_t n;
        if (is_fallible(function) || is_one_of(function->name, inline_tier) ||
            is_one_of(function->name, memory_functions))
            continue;
        for (n = 0; n < sizeof numbers / sizeof *numbers; ++n) {
            abuse_value values[most_arguments];
            int at;
            memset(values, 0, sizeof values);
            for (at = 0; at < function->argument_count; ++at)
                if (!is_pointer(&function->arguments[at])) values[at].number = numbers[n];
            (void)function->call(values);
            note_abuse(function);
        }
        if (function->argument_count > 0) expect_success(function);
        CHECK(function->call != NULL);
    }
    CHECK_OK(veda_shutdown(UINT64_MAX)); /* veda_runtime_default was among them */
}

static const abuse_function* find_function(const char* name) {
    int f;
    for (f = 0; f < function_count; ++f)
        if (is(functions[f].name, name)) return &functions[f];
    check_failed(__FILE__, __LINE__, "the function is in the headers");
    return NULL;
}

/* guarantee: errors-7 */
static void memory_that_cannot_be_had(void) {
    CHECK(veda_job_alloc(SIZE_MAX) == NULL);
    CHECK(veda_job_alloc(SIZE_MAX - 64) == NULL);
    note_abuse(find_function("veda_job_alloc"));
    veda_job_free(NULL, 0);
    veda_job_free(NULL, 64);
    note_abuse(find_function("veda_job_free"));
}

/* --- the slow paths of the inline tier --- */

static void refuse_slow_fork(void* worker, veda_job_t* job, const char* what) {
    uint32_t id = 0;
    (void)!veda_counter_find("stale sentence", &id);
    CHECK(veda_fork_slow((veda_worker_head_t*)worker, job) == NULL);
    CHECK_SAYS(what);
    note_abuse(find_function("veda_fork_slow"));
}

static void refuse_slow_join(void* worker, veda_job_t* job, veda_job_t** slot, veda_status wanted,
                             const char* what) {
    uint32_t id = 0;
    (void)!veda_counter_find("stale sentence", &id);
    CHECK_STATUS(veda_join_slow((veda_worker_head_t*)worker, job, slot), wanted);
    CHECK_SAYS(what);
    note_abuse(find_function("veda_join_slow"));
}

/* worker: the calling thread's own, NULL outside; foreign: what is not. */
static void abuse_slow_paths(veda_worker_t* worker, void* foreign) {
    void* wrong[] = {zeros, noise, live, (void*)(uintptr_t)1, NULL};
    veda_job_t* slots[2] = {NULL, NULL};
    veda_job_t* job = new_job();
    veda_job_t never;
    size_t i;
    memset(&never, 0, sizeof never);
    wrong[4] = foreign;
    refuse_slow_fork(NULL, job, "worker");
    refuse_slow_join(NULL, job, slots, VEDA_E_NULL, "worker");
    for (i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
        refuse_slow_fork(wrong[i], job, "worker");
        refuse_slow_join(wrong[i], job, slots, VEDA_E_WORKER, "worker");
    }
    if (worker == NULL) { /* the head that a thread outside has is no worker */
        CHECK_STATUS(veda_fork((veda_worker_t*)veda_worker_self, job), VEDA_E_WORKER);
        CHECK_STATUS(veda_join((veda_worker_t*)veda_worker_self, job), VEDA_E_WORKER);
        return;
    }
    refuse_slow_fork(worker, NULL, "job");
    refuse_slow_fork(worker, &never, "run");
    refuse_slow_join(worker, NULL, slots, VEDA_E_NULL, "job");
    refuse_slow_join(worker, job, NULL, VEDA_E_NULL, "slot");
    refuse_slow_join(worker, job, slots, VEDA_E_ORDER, "order"); /* never forked */
    for (i = 0; i < 2; ++i) {                                    /* and the good call still works */
        veda_job_t** slot = veda_fork_slow((veda_worker_head_t*)worker, job);
        CHECK(slot != NULL);
        refuse_slow_join(worker, job, slots, VEDA_E_ORDER, "order");
        refuse_slow_join(worker, job, slot + 1, VEDA_E_ORDER, "order");
        refuse_slow_join(worker, job, slot - 1, VEDA_E_ORDER, "order");
        refuse_slow_join(worker, &never, slot, VEDA_E_ORDER, "order");
        CHECK(veda_join_slow((veda_worker_head_t*)worker, job, slot) >= 0);
    }
}

static void abuse_slow_paths_inside(void* ctx, veda_worker_t* worker) {
    abuse_slow_paths(worker, *(void**)ctx);
}

static void remember_worker(void* ctx, veda_worker_t* worker) { *(void**)ctx = worker; }

static void slow_paths_of_the_inline_tier(void) {
    void* other = NULL; /* a worker that this thread was once, of another runtime */
    veda_runtime_t* elsewhere = make_runtime(1);
    CHECK_OK(veda_run(elsewhere, remember_worker, &other));
    CHECK(other != NULL);
    abuse_slow_paths(NULL, veda_worker_self); /* what a thread outside has for a head */
    abuse_slow_paths(NULL, other);
    CHECK_OK(veda_run(live, abuse_slow_paths_inside, &other));
    end_runtime(elsewhere);
}

/* --- the right arguments on the wrong thread --- */

static void refuse_here(const char* name, veda_status seen, veda_status wanted) {
    CHECK_STATUS(seen, wanted);
    CHECK_SAYS(name);
    note_abuse(find_function(name));
}

static void end_from_inside(void* ctx, veda_worker_t* worker) {
    (void)worker;
    refuse_here("veda_shutdown", veda_shutdown(0), VEDA_E_WORKER);
    refuse_here("veda_shutdown", veda_shutdown(UINT64_MAX), VEDA_E_WORKER);
    refuse_here("veda_init", veda_init(NULL), VEDA_E_STATE);
    refuse_here("veda_runtime_drain", veda_runtime_drain(veda_runtime_default(), 0), VEDA_E_WORKER);
    refuse_here("veda_runtime_destroy", veda_runtime_destroy(veda_runtime_default()),
                VEDA_E_WORKER);
    ATOMIC_SET(*(int*)ctx, 1);
}

static void ends_from_inside(void) {
    int done = 0;
    CHECK_OK(veda_init(NULL));
    CHECK_OK(veda_run(veda_runtime_default(), end_from_inside, &done)); /* as a guest */
    CHECK_EQUAL(ATOMIC_GET(done), 1);
    ATOMIC_SET(done, 0);
    CHECK_OK(veda_spawn(veda_runtime_default(), end_from_inside, &done)); /* as a worker */
    CHECK_OK(veda_runtime_drain(veda_runtime_default(), UINT64_MAX));
    CHECK_EQUAL(ATOMIC_GET(done), 1);
    refuse_here("veda_runtime_destroy", veda_runtime_destroy(veda_runtime_default()), VEDA_E_STATE);
    CHECK_OK(veda_shutdown(UINT64_MAX));
}

/* --- the count --- */

static void every_function_was_abused(void) {
    unsigned long all = 0;
    int covered = 0;
    int f;
    for (f = 0; f < function_count; ++f) {
        if (abuses_of[f] == 0) fprintf(stderr, "    %s was never abused\n", functions[f].name);
        covered += abuses_of[f] != 0;
        all += abuses_of[f];
    }
    printf("abuse: %d of %d exported functions (%d %%), %lu wrong or strange calls\n", covered,
           (int)function_count, covered * 100 / (int)function_count, all);
    CHECK_EQUAL(covered, function_count);
}

int main(void) {
    veda_runtime_config_t config;
    check_start_watchdog(240);
    memset(noise, 0xa5, sizeof noise);
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = 2;
    config.on_unhandled_error = count_error;
    CHECK_OK(veda_runtime_create(&config, &live));
    dead = make_runtime(1);
    end_runtime(dead);
    RUN_CASE(abuse_from_outside);
    RUN_CASE(abuse_from_a_task);
    RUN_CASE(functions_that_cannot_fail);
    RUN_CASE(memory_that_cannot_be_had);
    RUN_CASE(slow_paths_of_the_inline_tier);
    RUN_CASE(ends_from_inside);
    RUN_CASE(every_function_was_abused);
    end_runtime(live);
    if (not_refused != 0) {
        fprintf(stderr, "%lu of %lu wrong calls were not refused as documented\n", not_refused,
                abuses);
        return 1;
    }
    printf("%lu wrong calls were refused, each by name\n", abuses);
    return 0;
}
