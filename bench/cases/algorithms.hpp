// algorithms.hpp: what people use an iterator library for, on large data: reductions, searches, collecting,
// packing, scanning, sorting, and a vectorised body.
//
// Each operation is a case of its own, algorithm_<operation>. An adapter runs those for which it has a
// member, by the name and with the arguments that knows() asks for.
#pragma once

#include <algorithm>
#include <bench/support/clock.hpp>
#include <bench/support/options.hpp>
#include <bench/support/report.hpp>
#include <bench/support/work.hpp>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using integers = std::vector<std::int32_t>;
using longs = std::vector<std::int64_t>;
using keys = std::vector<std::uint64_t>;
using doubles = std::vector<double>;
using floats = std::vector<float>;
using texts = std::vector<std::string>;

// splitmix64, so that Rust makes the same numbers.
class numbers {
  public:
    explicit numbers(std::uint64_t seed) : state_(seed) {}
    std::uint64_t operator()() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }

  private:
    std::uint64_t state_;
};

template <class T, class F>
std::vector<T> filled(std::size_t items, F&& next) {
    std::vector<T> values(items);
    for (auto& value : values) value = static_cast<T>(next());
    return values;
}

inline integers random_integers(std::size_t items) {
    numbers next(1);
    return filled<std::int32_t>(items, [&] { return next() >> 33; });
}

// A fresh input for each repetition (make, untimed), then the timed part (once), then its check.
template <class Make, class Once>
timing repeat_fresh(Make&& make, Once&& once) {
    std::vector<double> times;
    std::uint64_t wall = 0;
    std::uint64_t cpu = 0;
    for (int round = 0; round < 6; ++round) {
        auto input = make();
        const std::uint64_t cpu_before = cpu_ns();
        const std::uint64_t before = now_ns();
        once(input);
        const std::uint64_t spent = now_ns() - before;
        if (round == 0) continue;  // warm-up
        cpu += cpu_ns() - cpu_before;
        wall += spent;
        times.push_back(static_cast<double>(spent));
    }
    return {median(times), static_cast<double>(cpu) / static_cast<double>(wall),
            *std::min_element(times.begin(), times.end())};
}

inline void must_be(bool right, const options& opts) {
    if (!right) fail(opts.case_name + ": wrong result");
}

// The three predicates and functions of the operations, the same everywhere.
// An object, which a compiler can see through where a pointer to a function hides it.
inline constexpr auto kept = [](std::int32_t x) { return (x & 1) != 0; };
inline constexpr std::int32_t sought = -7;
inline constexpr std::int32_t keys_of_groups = 1000;
inline constexpr auto group_of = [](std::int32_t x) { return x % keys_of_groups; };

template <class Runtime>
class algorithms {
  public:
    explicit algorithms(const options& opts)
        : opts_(opts),
          op_(opts.case_name.substr(prefix.size())),
          items_(opts.number("items", 1'000'000)),
          runtime_(opts) {}

    static constexpr std::string_view prefix = "algorithm_";
    static constexpr const char* operations[] = {
        "map_sum", "dot",  "min",         "count_if",     "find_first",   "any_of",
        "collect", "pack", "chain",       "scan",         "saxpy",        "sort",
        "sort_doubles",    "sort_strings", "sort_almost", "sort_few",     "stable_sort",
        "group_by",        "distinct",    "top_k"};

    static constexpr bool knows(std::string_view op) {
        constexpr bool scans = requires(Runtime r, longs a) { r.scan(a, a); };
        constexpr bool sorts = requires(Runtime r, keys k) { r.sort(k); };
        constexpr bool sorts_stably = requires(Runtime r, keys k) { r.stable_sort(k); };
        constexpr bool dots = requires(Runtime r, doubles a) { r.dot(a, a); };
        constexpr bool saxpies = requires(Runtime r, floats a) { r.saxpy(2.0f, a, a); };
        if (op.starts_with("sort")) return sorts;
        if (op == "stable_sort") return sorts_stably;
        if (op == "scan") return scans;
        if (op == "dot") return dots;
        if (op == "saxpy") return saxpies;
        constexpr bool map_sums = requires(Runtime r, integers a) { r.map_sum(a); };
        constexpr bool mins = requires(Runtime r, integers a) { r.min(a); };
        constexpr bool counts = requires(Runtime r, integers a) { r.count_if(a); };
        constexpr bool finds = requires(Runtime r, integers a) { r.find_first(a); };
        constexpr bool asks = requires(Runtime r, integers a) { r.any_of(a); };
        constexpr bool collects = requires(Runtime r, integers a) { r.collect(a); };
        constexpr bool packs = requires(Runtime r, integers a) { r.pack(a); };
        constexpr bool chains = requires(Runtime r, integers a) { r.chain(a); };
        constexpr bool groups = requires(Runtime r, integers a) { r.group_by(a); };
        constexpr bool ranks = requires(Runtime r, integers a) { r.top_k(a, 1); };
        if (op == "group_by" || op == "distinct") return groups;
        if (op == "top_k") return ranks;
        return (op == "map_sum" && map_sums) || (op == "min" && mins) ||
               (op == "count_if" && counts) || (op == "find_first" && finds) ||
               (op == "any_of" && asks) || (op == "collect" && collects) ||
               (op == "pack" && packs) || (op == "chain" && chains);
    }

    void run() {
        runtime_.inside([&] { dispatch(); });
        if (!ran_) fail(std::string(Runtime::name) + ": no operation " + op_);
        reporter report(Runtime::name, opts_);
        params p;
        p.add("items", items_);
        report.line(p, "time", result_.ns / 1e3, "us", result_.cores);
    }

  private:
    void dispatch() {
        if (op_.starts_with("sort") || op_.starts_with("stable")) return sorts();
        if (op_ == "scan") return scans();
        if (op_ == "dot") return dots();
        if (op_ == "saxpy") return vectors();
        if (op_ == "group_by" || op_ == "distinct") return keyed();
        if (op_ == "top_k") return ranked();
        over_integers();
    }

    template <class Once>
    void time(Once&& once) {
        once();
        result_ = repeat({.least = 5, .enough_ns = 300'000'000}, once);
        ran_ = true;
    }

    void over_integers() {
        integers in = random_integers(items_);
        Runtime& r = runtime_;
        if (op_ == "map_sum") {
            if constexpr (requires { r.map_sum(in); }) {
                std::int64_t expected = 0;
                for (std::int32_t x : in) expected += std::int64_t{x} * 3;
                time([&] { must_be(r.map_sum(in) == expected, opts_); });
            }
        } else if (op_ == "min") {
            if constexpr (requires { r.min(in); }) {
                const std::int32_t expected = *std::min_element(in.begin(), in.end());
                time([&] { must_be(r.min(in) == expected, opts_); });
            }
        } else if (op_ == "count_if") {
            if constexpr (requires { r.count_if(in); }) {
                const auto expected =
                    static_cast<std::uint64_t>(std::count_if(in.begin(), in.end(), kept));
                time([&] { must_be(r.count_if(in) == expected, opts_); });
            }
        } else if (op_ == "find_first") {
            if constexpr (requires { r.find_first(in); }) {
                const std::size_t at = items_ / 10 * 9;
                in[at] = sought;
                time([&] { must_be(r.find_first(in) == at, opts_); });
            }
        } else if (op_ == "any_of") {
            if constexpr (requires { r.any_of(in); }) {
                in[items_ / 10 * 9] = sought;
                time([&] { must_be(r.any_of(in), opts_); });
            }
        } else if (op_ == "collect") {
            if constexpr (requires { r.collect(in); }) {
                time([&] {
                    const integers out = r.collect(in);
                    must_be(out.size() == items_ && out.back() == (in.back() ^ 5), opts_);
                });
            }
        } else if (op_ == "pack") {
            if constexpr (requires { r.pack(in); }) {
                integers expected;
                std::copy_if(in.begin(), in.end(), std::back_inserter(expected), kept);
                must_be(r.pack(in) == expected, opts_);
                time([&] { must_be(r.pack(in).size() == expected.size(), opts_); });
            }
        } else if (op_ == "chain") {
            if constexpr (requires { r.chain(in); }) {
                std::int64_t expected = 0;
                for (std::int32_t x : in) {
                    const std::int64_t y = std::int64_t{x} * 3;
                    if ((y & 4) != 0) continue;
                    const std::int64_t z = y ^ (y >> 3);
                    if ((z & 1) != 0) expected += z;
                }
                time([&] { must_be(r.chain(in) == expected, opts_); });
            }
        }
    }

    // Groups by one of a thousand keys; of the items themselves, about a million are different.
    void keyed() {
        if constexpr (requires(Runtime r, integers a) { r.group_by(a); }) {
            integers in = random_integers(items_);
            for (std::int32_t& x : in) x &= (1 << 20) - 1;
            const auto different = [](integers values) {
                std::sort(values.begin(), values.end());
                return static_cast<std::size_t>(std::unique(values.begin(), values.end()) - values.begin());
            };
            if (op_ == "distinct") {
                const std::size_t expected = different(in);
                return time([&] { must_be(runtime_.distinct(in) == expected, opts_); });
            }
            integers keys_of_items;
            for (std::int32_t x : in) keys_of_items.push_back(group_of(x));
            const std::size_t expected = different(keys_of_items);
            time([&] { must_be(runtime_.group_by(in) == expected, opts_); });
        }
    }

    void ranked() {
        if constexpr (requires(Runtime r, integers a) { r.top_k(a, 1); }) {
            const integers in = random_integers(items_);
            constexpr std::size_t k = 100;
            integers expected(k);
            std::partial_sort_copy(in.begin(), in.end(), expected.begin(), expected.end(), std::greater<>{});
            time([&] { must_be(runtime_.top_k(in, k) == expected, opts_); });
        }
    }

    void dots() {
        if constexpr (requires(Runtime r, doubles a) { r.dot(a, a); }) {
            numbers next(2);
            const doubles a = filled<double>(items_, [&] { return next() >> 56; });
            const doubles b = filled<double>(items_, [&] { return next() >> 56; });
            double expected = 0;  // whole numbers, far below 2^53: any order gives the same
            for (std::size_t i = 0; i < items_; ++i) expected += a[i] * b[i];
            time([&] { must_be(runtime_.dot(a, b) == expected, opts_); });
        }
    }

    void vectors() {
        if constexpr (requires(Runtime r, floats a) { r.saxpy(2.0f, a, a); }) {
            const floats x(items_, 1.0f);
            floats y(items_, 0.0f);
            float rounds = 0;
            time([&] {
                runtime_.saxpy(2.0f, x, y);
                rounds += 2.0f;
                must_be(y.front() == rounds && y.back() == rounds, opts_);
            });
        }
    }

    void scans() {
        if constexpr (requires(Runtime r, longs a) { r.scan(a, a); }) {
            numbers next(3);
            const longs in = filled<std::int64_t>(items_, [&] { return next() >> 40; });
            longs out(items_);
            std::int64_t last = 0;
            for (std::int64_t x : in) last += x;
            time([&] {
                runtime_.scan(in, out);
                must_be(out.front() == in.front() && out.back() == last, opts_);
            });
        }
    }

    template <class T, class Sort>
    void time_sort(const std::vector<T>& input, Sort&& sort) {
        std::vector<T> expected = input;
        std::sort(expected.begin(), expected.end());
        result_ = repeat_fresh([&] { return input; },
                               [&](std::vector<T>& data) {
                                   sort(data);
                               });
        std::vector<T> data = input;
        sort(data);
        must_be(data == expected, opts_);
        ran_ = true;
    }

    void sorts() {
        if constexpr (requires(Runtime r, keys k) { r.sort(k); }) {
            numbers next(4);
            auto unstable = [&](auto& data) { runtime_.sort(data); };
            if (op_ == "sort_doubles") {
                return time_sort(filled<double>(items_, [&] {
                                     return std::ldexp(static_cast<double>(next() >> 11), -40) - 4096;
                                 }),
                                 unstable);
            }
            if (op_ == "sort_strings") {
                texts input(items_);
                for (auto& text : input) {
                    char digits[24];
                    std::snprintf(digits, sizeof digits, "key-%016llx",
                                  static_cast<unsigned long long>(next()));
                    text = digits;
                }
                return time_sort(input, unstable);
            }
            keys input = filled<std::uint64_t>(items_, next);
            if (op_ == "sort_almost") {
                for (std::size_t i = 0; i < items_; ++i)
                    if (input[i] % 100 != 0) input[i] = i << 20;
            }
            if (op_ == "sort_few") {
                for (auto& key : input) key %= 16;
            }
            if (op_ == "stable_sort") {
                return time_sort(input, [&](keys& data) {
                    if constexpr (requires { runtime_.stable_sort(data); }) runtime_.stable_sort(data);
                });
            }
            time_sort(input, unstable);
        }
    }

    const options& opts_;
    std::string op_;
    std::size_t items_;
    Runtime runtime_;
    timing result_;
    bool ran_ = false;
};

template <class Runtime>
void run_algorithm(const options& opts) {
    algorithms<Runtime>(opts).run();
}

}  // namespace bench
