// sequence_main.cpp: sequences without libFuzzer, the same on every machine.
//
//   faults_sequence FOLDER        replays every file of a corpus
//   faults_sequence seed [N]      sequence number N of VEDA_STRESS_SEED, or as many as there is
//   effort for
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "faults/sequence.hpp"
#include "support/effort.hpp"

namespace {

using bytes = std::vector<std::uint8_t>;

char what[300];  // is running now

void tell(int signal_number) {
    const auto ignored = write(2, what, std::strlen(what));
    (void)ignored;
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

void run(const bytes& input) {
    alarm(60);
    veda::test::run_sequence(input.data(), input.size());
}

int replay(const std::filesystem::path& folder) {
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const bytes input{std::istreambuf_iterator<char>(file), {}};
        std::snprintf(what, sizeof what, "sequence: in %s\n", entry.path().c_str());
        run(input);
        ++files;
    }
    std::printf("%zu files replayed\n", files);
    return files > 10 ? 0 : 1;
}

bytes random_bytes(std::uint64_t seed, std::uint64_t number) {
    std::mt19937_64 random(seed * 1'000'003 + number);
    bytes input(8 + random() % 120);
    std::generate(input.begin(), input.end(), [&] { return static_cast<std::uint8_t>(random()); });
    return input;
}

void run_random(std::uint64_t seed, std::uint64_t number) {
    std::snprintf(what, sizeof what, "sequence: VEDA_STRESS_SEED=%llu faults_sequence seed %llu\n",
                  static_cast<unsigned long long>(seed), static_cast<unsigned long long>(number));
    run(random_bytes(seed, number));
}

int from_seed(const char* number) {
    const std::uint64_t seed = veda::test::seed();
    if (number != nullptr) return run_random(seed, std::strtoull(number, nullptr, 10)), 0;
    const std::uint64_t count = veda::test::scaled(2000, 50'000);
    for (std::uint64_t i = 0; i < count; ++i) run_random(seed, i);
    std::printf("%llu sequences\n", static_cast<unsigned long long>(count));
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    for (const int ends : {SIGABRT, SIGALRM, SIGSEGV, SIGBUS}) signal(ends, tell);
    if (count < 2) return 2;
    const bool seeded = std::strcmp(arguments[1], "seed") == 0;
    const int code = seeded ? from_seed(count > 2 ? arguments[2] : nullptr) : replay(arguments[1]);
    const auto totals = veda::test::totals_of_sequences();
    std::printf("%llu calls, %llu of them refused, all as the model says\n",
                static_cast<unsigned long long>(totals.calls),
                static_cast<unsigned long long>(totals.refusals));
    return totals.calls > 0 && (count > 2 || totals.refusals > 0) ? code : 1;
}
