/* process.h: for programs that do to their own process what others do to theirs: fork it, end it in
 * the middle, load the library again. One case per process: the program takes the case's name. */
#ifndef VEDA_TESTS_PROCESS_H
#define VEDA_TESTS_PROCESS_H

#include "../capi/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>

/* VEDA_TEST_FULL=1: each case at full length. */
static inline int full_length(void) {
    const char* text = getenv("VEDA_TEST_FULL");
    return text != NULL && *text != '\0' && *text != '0';
}

/* How often: usual in the default run, less under a sanitizer; full at full length. */
static inline unsigned long amount(unsigned long usual, unsigned long full) {
    if (full_length()) return full;
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
    usual /= 4;
#endif
    return usual > 0 ? usual : 1;
}

static inline uint64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- children --- */

/* Ends the calling process, a child, at once; 0 says that all its checks held. */
static inline void child_ends(int status) {
    fflush(NULL);
    _exit(status);
}

/* The parent's wait status of the child. The watchdog bounds the wait. */
static inline int status_of(pid_t child) {
    int status = -1;
    while (waitpid(child, &status, 0) < 0) CHECK(errno == EINTR);
    return status;
}

static inline void check_child_ok(pid_t child) {
    const int status = status_of(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fprintf(stderr, "    the child's wait status is %#x\n", (unsigned)status);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static inline int threads_awake(void) {
    DIR* tasks = opendir("/proc/self/task");
    struct dirent* task;
    int awake = 0;
    while (tasks != NULL && (task = readdir(tasks)) != NULL) {
        char path[300], line[300];
        FILE* file;
        snprintf(path, sizeof path, "/proc/self/task/%s/stat", task->d_name);
        if (task->d_name[0] == '.' || (file = fopen(path, "re")) == NULL) continue;
        if (fgets(line, sizeof line, file) != NULL) {
            const char* state = strrchr(line, ')');
            awake += state != NULL && state[1] == ' ' && state[2] == 'R';
        }
        fclose(file);
    }
    closedir(tasks);
    return awake;
}

/* The allocator of GCC 12's AddressSanitizer takes no precautions for a fork: if another thread is in it,
 * the child waits for ever. So there the others get some time to fall asleep first. */
static inline void let_threads_settle(void) {
#ifdef __SANITIZE_ADDRESS__
    int looks, quiet = 0;
    for (looks = 0; looks < 100 && quiet < 3; ++looks) {
        quiet = threads_awake() <= 1 ? quiet + 1 : 0;
        usleep(1000);
    }
#endif
}

/* Forks, and in the child sets a watchdog of its own: a child that hangs says so and dies. */
static inline pid_t fork_watched(void) {
    pid_t child;
    let_threads_settle();
    child = fork();
    CHECK(child >= 0);
    if (child == 0) check_start_watchdog(60);
    return child;
}

/* --- other load on the machine --- */

enum { most_spinners = 64 };

/* At full length: children that keep every CPU busy at a lower priority, so that the threads of a race stand
 * still in the middle of things. Before the process has threads; the children die with it. */
struct load {
    pid_t spinners[most_spinners];
    int count;
};

static inline void start_load(struct load* load) {
    const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    load->count = 0;
    if (!full_length()) return;
    while (load->count < most_spinners && load->count < 2 * cpus) {
        const pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (nice(5) == -1) _exit(1);
            for (;;) __asm__ volatile("");
        }
        load->spinners[load->count++] = child;
    }
}

static inline void end_load(struct load* load) {
    while (load->count > 0) {
        const pid_t child = load->spinners[--load->count];
        kill(child, SIGKILL);
        CHECK(WIFSIGNALED(status_of(child)));
    }
}

/* --- what the process holds --- */

static inline int entries_of(const char* folder) {
    DIR* directory = opendir(folder);
    int count = 0;
    CHECK(directory != NULL);
    while (readdir(directory) != NULL) ++count;
    closedir(directory);
    return count - 2; /* . and .. */
}
static inline int count_threads(void) { return entries_of("/proc/self/task"); }
static inline int count_descriptors(void) { return entries_of("/proc/self/fd") - 1; /* its own */ }

static inline long lines_of(const char* path) {
    FILE* file = fopen(path, "re");
    long lines = 0;
    int c;
    CHECK(file != NULL);
    while ((c = fgetc(file)) != EOF) lines += c == '\n';
    fclose(file);
    return lines;
}
static inline long count_maps(void) { return lines_of("/proc/self/maps"); }

static inline long resident_kib(void) {
    FILE* file = fopen("/proc/self/statm", "re");
    long size = 0, resident = 0;
    CHECK(file != NULL);
    CHECK(fscanf(file, "%ld %ld", &size, &resident) == 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Of a program that has ended all it began; ThreadSanitizer has one of its own. */
static inline int fewest_threads(void) {
#ifdef __SANITIZE_THREAD__
    return 2;
#else
    return 1;
#endif
}

/* A joined thread may still be on its way out of the kernel. */
static inline void wait_for_threads_to_go(void) {
    while (count_threads() > fewest_threads()) usleep(200);
}

/* --- work whose result is known --- */

struct summing {
    uint64_t sum;
    uint64_t calls;
};

static inline uint64_t add_indices(void* ctx, uint64_t begin, uint64_t end,
                                   const veda_exec_t* exec) {
    struct summing* s = (struct summing*)ctx;
    uint64_t i, sum = 0;
    (void)exec;
    for (i = begin; i < end; ++i) sum += i;
    ATOMIC_ADD(s->sum, sum);
    ATOMIC_ADD(s->calls, 1);
    return end;
}

static inline veda_for_desc_t range_of(uint64_t end) {
    veda_for_desc_t desc;
    memset(&desc, 0, sizeof desc);
    desc.struct_size = sizeof desc;
    desc.end = end;
    return desc;
}

/* A loop over the runtime, with its sum. */
static inline void check_works(veda_runtime_t* runtime) {
    const veda_for_desc_t desc = range_of(20000);
    struct summing s = {0, 0};
    CHECK(runtime != NULL);
    CHECK_OK(veda_for(runtime, &desc, add_indices, &s));
    CHECK_EQUAL(s.sum, UINT64_C(20000) * 19999 / 2);
}

static inline void count_call(void* ctx, veda_worker_t* worker) {
    (void)worker;
    ATOMIC_ADD(*(int*)ctx, 1);
}

/* --- which case --- */

struct process_case {
    const char* name;
    void (*body)(void);
};

#define CASE(body) \
    { #body, body }

/* Runs the case that argv names; all that there are, one name a line, without argument. */
static inline int run_named_case(const struct process_case* cases, size_t count, int argc,
                                 char** argv, unsigned seconds) {
    size_t i;
    check_start_watchdog(full_length() ? 10 * seconds : seconds);
    for (i = 0; i < count; ++i) {
        if (argc < 2) {
            puts(cases[i].name);
        } else if (strcmp(argv[1], cases[i].name) == 0) {
            check_run_case(cases[i].name, cases[i].body);
            return 0;
        }
    }
    if (argc >= 2) fprintf(stderr, "no case is named %s\n", argv[1]);
    return argc < 2 ? 0 : 2;
}

#define PROCESS_MAIN(cases, seconds)                                                     \
    int main(int argc, char** argv) {                                                    \
        return run_named_case(cases, sizeof cases / sizeof *cases, argc, argv, seconds); \
    }

#endif
