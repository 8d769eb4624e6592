/* status: the table of codes, the sentence of the last error, and the version of the library. */
#include "check.h"

struct row {
    const char* name;
    veda_status value;
    const char* sentence;
};

#define ROW_OF(name, value, sentence) {#name, value, sentence},
static const struct row table[] = {VEDA_STATUS_TABLE(ROW_OF)};
enum { rows = sizeof table / sizeof *table };

static void every_code_has_name_and_sentence(void) {
    int i;
    int j;
    for (i = 0; i < rows; ++i) {
        CHECK(strcmp(veda_status_name(table[i].value), table[i].name) == 0);
        CHECK(strcmp(veda_strerror(table[i].value), table[i].sentence) == 0);
        CHECK(i == 0 ? table[i].value == 0 : table[i].value < 0);
        for (j = 0; j < i; ++j) CHECK(table[i].value != table[j].value);
    }
}

static void any_other_number_is_unknown(void) {
    static const veda_status numbers[] = {1, 42, -18, -98, -100, INT32_MAX, INT32_MIN};
    size_t i;
    for (i = 0; i < sizeof numbers / sizeof *numbers; ++i) {
        CHECK(strcmp(veda_status_name(numbers[i]), "VEDA_E_?") == 0);
        CHECK(strcmp(veda_strerror(numbers[i]), "unknown status code") == 0);
    }
}

/* The numbers are part of the ABI: a program built long ago compares with them. */
static void the_numbers_never_change(void) {
    CHECK_STATUS(VEDA_OK, 0);
    CHECK_STATUS(VEDA_E_NULL, -1);
    CHECK_STATUS(VEDA_E_HANDLE, -2);
    CHECK_STATUS(VEDA_E_SIZE, -3);
    CHECK_STATUS(VEDA_E_RANGE, -4);
    CHECK_STATUS(VEDA_E_STATE, -5);
    CHECK_STATUS(VEDA_E_BUSY, -6);
    CHECK_STATUS(VEDA_E_MEMORY, -7);
    CHECK_STATUS(VEDA_E_THREAD, -8);
    CHECK_STATUS(VEDA_E_WORKER, -9);
    CHECK_STATUS(VEDA_E_ORDER, -10);
    CHECK_STATUS(VEDA_E_FAILED, -11);
    CHECK_STATUS(VEDA_E_CANCELLED, -12);
    CHECK_STATUS(VEDA_E_UNSUPPORTED, -13);
    CHECK_STATUS(VEDA_E_NAME, -14);
    CHECK_STATUS(VEDA_E_SHUTDOWN, -15);
    CHECK_STATUS(VEDA_E_PROGRESS, -16);
    CHECK_STATUS(VEDA_E_FORKED, -17);
    CHECK_STATUS(VEDA_E_INTERNAL, -99);
    CHECK_EQUAL(VEDA_JOIN_TAKE, 0);
    CHECK_EQUAL(VEDA_JOIN_DONE, 1);
    CHECK_EQUAL(VEDA_YIELD_IDLE, 0);
    CHECK_EQUAL(VEDA_YIELD_RAN, 1);
    CHECK_EQUAL(VEDA_STOP, UINT64_MAX);
    CHECK_EQUAL(VEDA_POLICY_DETERMINISTIC, 4);
    CHECK_EQUAL(VEDA_PIN_SPREAD, 2);
    CHECK_EQUAL(VEDA_WAIT_PASSIVE, 2);
}

static void* look_for_error(void* ctx) {
    *(int*)ctx = veda_last_error()[0] == '\0';
    return NULL;
}

/* guarantee: errors-3 */
static void the_last_error_belongs_to_the_thread(void) {
    uint32_t id = 0;
    char kept[512];
    int empty_elsewhere = 0;
    pthread_t thread;
    CHECK(veda_last_error() != NULL);
    CHECK(strcmp(veda_last_error(), "") == 0); /* no call on this thread has failed yet */
    CHECK_STATUS(veda_counter_find("there is no such counter", &id), VEDA_E_NAME);
    CHECK_SAYS("there is no such counter");
    snprintf(kept, sizeof kept, "%s", veda_last_error());
    CHECK_OK(veda_counter_find("executed", &id));
    CHECK(strcmp(veda_last_error(), kept) == 0); /* a success leaves it alone */
    CHECK_EQUAL(pthread_create(&thread, NULL, look_for_error, &empty_elsewhere), 0);
    CHECK_EQUAL(pthread_join(thread, NULL), 0);
    CHECK(empty_elsewhere);
    CHECK_STATUS(veda_counter_find(NULL, &id), VEDA_E_NULL);
    CHECK(strcmp(veda_last_error(), kept) != 0);
}

static void the_last_error_can_be_copied(void) {
    char whole[512];
    char cut[5] = "????";
    uint32_t id = 0;
    uint32_t length;
    CHECK_STATUS(veda_counter_find("there is no such counter", &id), VEDA_E_NAME);
    length = (uint32_t)strlen(veda_last_error());
    CHECK_EQUAL(veda_last_error_copy(NULL, 0), length);
    CHECK_EQUAL(veda_last_error_copy(NULL, 7), length);
    CHECK_EQUAL(veda_last_error_copy(cut, 0), length);
    CHECK(strcmp(cut, "????") == 0);
    CHECK_EQUAL(veda_last_error_copy(whole, sizeof whole), length);
    CHECK(strcmp(whole, veda_last_error()) == 0);
    CHECK_EQUAL(veda_last_error_copy(cut, sizeof cut), length);
    CHECK(strcmp(cut, "veda") == 0);
}

/* guarantee: abi-6 */
static void version_numbers_agree(void) {
    char text[64];
    snprintf(text, sizeof text, "%d.%d.%d", VEDA_VERSION_MAJOR, VEDA_VERSION_MINOR,
             VEDA_VERSION_PATCH);
    CHECK(strcmp(veda_version(), text) == 0);
    CHECK_EQUAL(veda_version_number(),
                VEDA_VERSION_MAJOR * 1000000 + VEDA_VERSION_MINOR * 1000 + VEDA_VERSION_PATCH);
    CHECK_EQUAL(veda_abi_version(), VEDA_ABI_VERSION);
    CHECK_EQUAL(veda_inline_version(), VEDA_INLINE_VERSION);
}

/* guarantee: abi-6 */
static void features_are_yes_or_no(void) {
    static const char* const names[] = {"hwloc", "numa", "gpu", "futex", "guests", "spare-workers"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof *names; ++i) {
        const int32_t answer = veda_has_feature(names[i]);
        CHECK(answer == 0 || answer == 1);
    }
    CHECK_EQUAL(veda_has_feature("futex"), 1);
    CHECK_EQUAL(veda_has_feature("numa"), 0); /* nothing in the library acts on it yet */
    CHECK_EQUAL(veda_has_feature("gpu"), 0); /* whatever VEDA_WITH_OPENCL says: not in this version */
    CHECK_EQUAL(veda_has_feature(NULL), 0);
    CHECK_EQUAL(veda_has_feature(""), 0);
    CHECK_EQUAL(veda_has_feature("time travel"), 0);
}

int main(void) {
    check_start_watchdog(60);
    RUN_CASE(the_last_error_belongs_to_the_thread); /* first: it needs a fresh thread */
    RUN_CASE(the_last_error_can_be_copied);
    RUN_CASE(every_code_has_name_and_sentence);
    RUN_CASE(any_other_number_is_unknown);
    RUN_CASE(the_numbers_never_change);
    RUN_CASE(version_numbers_agree);
    RUN_CASE(features_are_yes_or_no);
    return 0;
}
