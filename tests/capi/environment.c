/* environment: what each VEDA_* variable does. Every variable is read by a child process, which is
 * this program again with an argument; the parent looks at what the child prints. */
#include "check.h"

#include <fcntl.h>
#include <sys/wait.h>

/* --- the child --- */

/* Prints "workers=N" for a runtime of the given worker_count (0: from the environment), after a
 * loop has really run on it. */
static uint64_t count_body(void* ctx, uint64_t begin, uint64_t end, const veda_exec_t* exec) {
    (void)exec;
    ATOMIC_ADD(*(uint64_t*)ctx, end - begin);
    return end;
}

static int child(const char* worker_count) {
    veda_runtime_config_t config;
    veda_runtime_t* runtime = NULL;
    veda_for_desc_t desc;
    uint32_t workers = 0;
    uint64_t indices = 0;
    CHECK_OK(veda_runtime_config_init(&config, sizeof config));
    config.worker_count = (uint32_t)strtoul(worker_count, NULL, 10);
    CHECK_OK(veda_runtime_create(&config, &runtime));
    CHECK_OK(veda_runtime_worker_count(runtime, &workers));
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.end = 10000;
    CHECK_OK(veda_for(runtime, &desc, count_body, &indices));
    CHECK_EQUAL(indices, 10000);
    CHECK_OK(veda_runtime_destroy(runtime));
    printf("workers=%u\n", workers);
    return 0;
}

/* --- the parent --- */

struct answer {
    unsigned workers;
    char text[8192]; /* stdout and stderr together */
};

static const char* const variables[] = {"VEDA_NUM_THREADS", "VEDA_WAIT_POLICY",   "VEDA_SPIN_US",
                                        "VEDA_AFFINITY",    "VEDA_DISPLAY_ENV",   "VEDA_LOG",
                                        "VEDA_TRACE",       "VEDA_DETERMINISTIC", "VEDA_PLUGIN"};

/* Runs the child with one variable set (name NULL: none) and worker_count in its config; display:
 * with VEDA_DISPLAY_ENV as well. */
static void ask_child_showing(int display, const char* name, const char* value,
                              const char* worker_count, struct answer* answer) {
    int ends[2];
    size_t length = 0;
    ssize_t got;
    int status = 0;
    pid_t pid;
    const char* line;
    CHECK_EQUAL(pipe(ends), 0);
    pid = fork(); /* this process has no other threads */
    CHECK(pid >= 0);
    if (pid == 0) {
        size_t i;
        for (i = 0; i < sizeof variables / sizeof *variables; ++i) unsetenv(variables[i]);
        if (name != NULL) setenv(name, value, 1);
        if (display) setenv("VEDA_DISPLAY_ENV", "1", 1);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        execl("/proc/self/exe", "environment", "child", worker_count, (char*)NULL);
        _Exit(127);
    }
    close(ends[1]);
    while (length + 1 < sizeof answer->text &&
           (got = read(ends[0], answer->text + length, sizeof answer->text - 1 - length)) > 0)
        length += (size_t)got;
    answer->text[length] = '\0';
    close(ends[0]);
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    line = strstr(answer->text, "workers=");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || line == NULL) {
        fprintf(stderr, "%s=%s: %s\n", name ? name : "(none)", value ? value : "", answer->text);
        check_failed(__FILE__, __LINE__, "the child ends well whatever the variable says");
    }
    answer->workers = (unsigned)strtoul(line + 8, NULL, 10);
}

static void ask_child(const char* name, const char* value, const char* worker_count,
                      struct answer* answer) {
    ask_child_showing(0, name, value, worker_count, answer);
}

static unsigned times(const char* text, const char* part) {
    unsigned found = 0;
    while ((text = strstr(text, part)) != NULL) {
        ++found;
        ++text;
    }
    return found;
}

static void num_threads_is_obeyed(void) {
    static const char* const counts[] = {"1", "3", "64"};
    struct answer answer;
    size_t i;
    for (i = 0; i < 3; ++i) {
        ask_child("VEDA_NUM_THREADS", counts[i], "0", &answer);
        CHECK_EQUAL(answer.workers, strtoul(counts[i], NULL, 10));
        CHECK_EQUAL(times(answer.text, "VEDA_NUM_THREADS"), 0); /* no warning */
    }
}

/* guarantee: errors-9 */
static void the_program_beats_the_environment(void) {
    struct answer answer;
    ask_child("VEDA_NUM_THREADS", "3", "2", &answer);
    CHECK_EQUAL(answer.workers, 2);
}

/* One warning that names the variable and the value, and the default. */
static void expect_warning(const char* name, const char* value, unsigned default_workers) {
    struct answer answer;
    ask_child(name, value, "0", &answer);
    if (times(answer.text, name) != 1 || strstr(answer.text, value) == NULL) {
        fprintf(stderr, "%s=%s: %s\n", name, value, answer.text);
        check_failed(__FILE__, __LINE__, "one warning names the variable and the value");
    }
    CHECK_EQUAL(answer.workers, default_workers);
}

/* guarantee: errors-9 */
static void a_bad_value_gives_one_warning(void) {
    static const char* const numbers[] = {"0", "-1", "1025", "two", "3x", "99999999999999999999"};
    static const char* const spins[] = {"-5", "soon", "1e3", "99999999999999999999"};
    static const char* const affinities[] = {"here", "3-1", "0,,x"};
    struct answer plain;
    size_t i;
    ask_child(NULL, NULL, "0", &plain);
    CHECK(plain.workers >= 1);
    for (i = 0; i < sizeof numbers / sizeof *numbers; ++i)
        expect_warning("VEDA_NUM_THREADS", numbers[i], plain.workers);
    for (i = 0; i < sizeof spins / sizeof *spins; ++i)
        expect_warning("VEDA_SPIN_US", spins[i], plain.workers);
    for (i = 0; i < sizeof affinities / sizeof *affinities; ++i)
        expect_warning("VEDA_AFFINITY", affinities[i], plain.workers);
    expect_warning("VEDA_WAIT_POLICY", "lazy", plain.workers);
}

/* Values of any kind and length. They are set in the child before it uses the library, since exec would
 * not carry a long one. */
static void ask_child_at_once(const char* name, const char* value, struct answer* answer) {
    int ends[2];
    size_t length = 0;
    char rest[4096];
    int status = 0;
    pid_t pid;
    const char* line;
    CHECK_EQUAL(pipe(ends), 0);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        size_t i;
        for (i = 0; i < sizeof variables / sizeof *variables; ++i) unsetenv(variables[i]);
        setenv(name, value, 1);
        dup2(ends[1], 1);
        dup2(ends[1], 2);
        close(ends[0]);
        close(ends[1]);
        alarm(60);
        i = (size_t)child("0");
        fflush(NULL);
        _Exit((int)i);
    }
    close(ends[1]);
    for (;;) { /* all of it is read, whatever fits is kept */
        const ssize_t got = read(ends[0], rest, sizeof rest);
        size_t kept;
        if (got <= 0) break;
        kept = sizeof answer->text - 1 - length;
        if (kept > (size_t)got) kept = (size_t)got;
        memcpy(answer->text + length, rest, kept);
        length += kept;
    }
    answer->text[length] = '\0';
    close(ends[0]);
    CHECK_EQUAL(waitpid(pid, &status, 0), pid);
    line = strstr(answer->text, "workers=");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || line == NULL) {
        fprintf(stderr, "%s=%.80s: %s\n", name, value, answer->text);
        check_failed(__FILE__, __LINE__, "the child ends well whatever the variable says");
    }
    answer->workers = (unsigned)strtoul(line + 8, NULL, 10);
}

/* How many bytes no terminal should get, line ends aside. */
static unsigned unprintable(const char* text) {
    unsigned found = 0;
    for (; *text != '\0'; ++text) found += (unsigned char)*text < 0x20 && *text != '\n';
    return found;
}

static void strange_values_give_one_short_warning(void) {
    enum { huge = 1000000 };
    static char digits[huge + 1];
    static char letters[huge + 1];
    static char commas[huge + 1];
    const char* strange[] = {"-1",
                             "-99999999999999999999999999",
                             "99999999999999999999999999",
                             "0x10",
                             "1e9",
                             " ",
                             "\t",
                             "1\n2",
                             "none\nveda: warn: forged",
                             "\x1b[31m",
                             "\xff\xfe\x80\xc0",
                             "\xed\xa0\x80",
                             "%s%s%s%n",
                             "0-99999999999",
                             "0-0-0",
                             ",",
                             "-",
                             digits,
                             letters,
                             commas};
    struct answer plain;
    size_t v;
    memset(digits, '9', huge);
    memset(letters, 'x', huge);
    for (v = 0; v < huge; ++v) commas[v] = v % 2 ? ',' : '0';
    commas[huge - 1] = ',';
    ask_child(NULL, NULL, "0", &plain);
    for (v = 0; v < sizeof variables / sizeof *variables; ++v) {
        struct answer answer;
        size_t s;
        ask_child_at_once(variables[v], "", &answer); /* empty counts as not set */
        CHECK_EQUAL(times(answer.text, "veda:"), 0);
        CHECK_EQUAL(answer.workers, plain.workers);
        for (s = 0; s < sizeof strange / sizeof *strange; ++s) {
            ask_child_at_once(variables[v], strange[s], &answer);
            if (times(answer.text, "\nveda: warn: ") + (strstr(answer.text, "veda: warn: ") ==
                                                        answer.text) != 1 ||
                times(answer.text, variables[v]) != 1 || unprintable(answer.text) != 0 ||
                times(answer.text, "\n") != 2 || strlen(answer.text) > 500) {
                fprintf(stderr, "%s=%.80s: %s\n", variables[v], strange[s], answer.text);
                check_failed(__FILE__, __LINE__, "one short line names the variable");
            }
            CHECK_EQUAL(answer.workers, plain.workers);
        }
    }
}

static void good_values_give_no_warning(void) {
    static const char* const pairs[][2] = {{"VEDA_WAIT_POLICY", "active"},
                                           {"VEDA_WAIT_POLICY", "passive"},
                                           {"VEDA_WAIT_POLICY", "adaptive"},
                                           {"VEDA_SPIN_US", "0"},
                                           {"VEDA_SPIN_US", "50"},
                                           {"VEDA_AFFINITY", "none"},
                                           {"VEDA_AFFINITY", "close"},
                                           {"VEDA_AFFINITY", "spread"},
                                           {"VEDA_AFFINITY", "0"}};
    size_t i;
    for (i = 0; i < sizeof pairs / sizeof *pairs; ++i) {
        struct answer answer;
        ask_child(pairs[i][0], pairs[i][1], "2", &answer);
        if (times(answer.text, "VEDA_") != 0) {
            fprintf(stderr, "%s=%s: %s\n", pairs[i][0], pairs[i][1], answer.text);
            check_failed(__FILE__, __LINE__, "a good value gives no warning");
        }
        CHECK_EQUAL(answer.workers, 2);
    }
}

/* The settings that are in force, and where each came from. */
static void display_env_prints_the_settings(void) {
    static const char* const settings[] = {"worker_count", "spare_workers", "policy",    "pinning",
                                           "wait_policy",  "spin_ns",       "stack_size"};
    struct answer answer;
    size_t i;
    ask_child(NULL, NULL, "0", &answer);
    CHECK_EQUAL(times(answer.text, "worker_count"), 0); /* silent unless asked */
    ask_child_showing(1, "VEDA_NUM_THREADS", "3", "0", &answer);
    for (i = 0; i < sizeof settings / sizeof *settings; ++i)
        CHECK(strstr(answer.text, settings[i]) != NULL);
    CHECK(strstr(answer.text, "worker_count = 3") != NULL);
    CHECK(strstr(answer.text, "VEDA_NUM_THREADS") != NULL);
    ask_child_showing(1, "VEDA_NUM_THREADS", "3", "2", &answer);
    CHECK(strstr(answer.text, "worker_count = 2") != NULL);
    CHECK(strstr(answer.text, "VEDA_NUM_THREADS") == NULL);
    ask_child_showing(1, "VEDA_SPIN_US", "7", "1", &answer);
    CHECK(strstr(answer.text, "spin_ns = 7000") != NULL);
    ask_child_showing(1, "VEDA_WAIT_POLICY", "passive", "1", &answer);
    CHECK(strstr(answer.text, "wait_policy = passive") != NULL);
}

int main(int argc, char** argv) {
    check_start_watchdog(120);
    if (argc == 3 && strcmp(argv[1], "child") == 0) return child(argv[2]);
    RUN_CASE(num_threads_is_obeyed);
    RUN_CASE(the_program_beats_the_environment);
    RUN_CASE(a_bad_value_gives_one_warning);
    RUN_CASE(strange_values_give_one_short_warning);
    RUN_CASE(good_values_give_no_warning);
    RUN_CASE(display_env_prints_the_settings);
    return 0;
}
