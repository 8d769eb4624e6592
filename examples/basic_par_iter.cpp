// basic_par_iter: the parallel chains of veda::par, each beside what it gives.
//
// A chain is lazy: it does nothing until its last call (for_each, sum, collect, ...), which runs it
// on all workers and returns when it is done. Results come in the order of the input, always.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>
#include <veda/veda.hpp>

namespace {

// Prints a result and ends the program if it is not the expected one.
template <class T>
void show(const char* what, const T& got, const T& wanted) {
    std::printf("%-44s %s\n", what, std::to_string(got).c_str());
    if (got != wanted) {
        std::printf("    wrong, expected %s\n", std::to_string(wanted).c_str());
        std::exit(1);
    }
}

bool is_prime(unsigned n) {
    if (n < 2) return false;
    for (unsigned d = 2; d * d <= n; ++d)
        if (n % d == 0) return false;
    return true;
}

void numbers() {
    const auto sum = veda::par(std::uint64_t{0}, std::uint64_t{1'000'000}).sum();
    show<std::uint64_t>("sum of 0 .. 999,999", sum, 499'999'500'000);

    // Some numbers cost far more than others; nobody has to say so.
    const auto primes = veda::par(0u, 200'000u).filter(is_prime).count();
    show<std::uint64_t>("primes below 200,000", primes, 17'984);

    const auto longest = veda::par(0u, 1000u).filter(is_prime).max();
    show<unsigned>("largest prime below 1,000", longest.value(), 997);

    const bool found = veda::par(1u, 1'000'000u).any_of([](unsigned n) { return n * n == 1521; });
    show<int>("some n below 1,000,000 has n * n == 1,521", found, 1);
}

void vectors() {
    std::vector<double> values(100'000);
    veda::par(values).enumerate().for_each([](auto indexed) {
        auto& [index, value] = indexed;
        value = static_cast<double>(index) / 2;
    });
    show<double>("values[99,999] after for_each", values[99'999], 49'999.5);

    const auto roots = veda::par(values)
                           .map([](double v) { return std::sqrt(v); })
                           .filter([](double root) { return root >= 100; })
                           .collect<std::vector<double>>();
    show<std::uint64_t>("roots of at least 100", roots.size(), 80'000);
    show<double>("the first of them, for order is kept", roots.front(), 100);

    const double dot = veda::par(values)
                           .zip(values)
                           .map([](auto pair) { return pair.first * pair.second; })
                           .reduce(0.0, std::plus<>{});
    show<int>("scalar product, in thousand millions", static_cast<int>(dot / 1e9), 83'332);

    const auto means = veda::par(values)
                           .chunks(1000)
                           .map([](auto chunk) {
                               double sum = 0;
                               for (const double v : chunk) sum += v;
                               return sum / static_cast<double>(chunk.size());
                           })
                           .collect<std::vector<double>>();
    show<std::uint64_t>("means of chunks of 1,000", means.size(), 100);
}

// fold gives each worker an accumulator of its own, reduce joins them in the order of the input.
void folds() {
    const auto digits =
        veda::par(0, 1000)
            .fold([] { return std::string{}; },
                  [](std::string& text, int n) { text += std::to_string(n % 10); })
            .reduce([] { return std::string{}; },
                    [](std::string left, std::string right) { return std::move(left) + right; });
    show<std::uint64_t>("last digits of 0 .. 999 as one text", digits.size(), 1000);
    show<int>("and all in their places", digits[537] - '0', 7);
}

void errors() {
    try {
        veda::par(0, 1000).for_each([](int n) {
            if (n == 713) throw std::string("item 713 is broken");
        });
        std::exit(1);
    } catch (const std::string& error) {
        std::printf("caught from the loop: %s\n", error.c_str());
    }
}

}  // namespace

int main() {
    numbers();
    vectors();
    folds();
    errors();
}
