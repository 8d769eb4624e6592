// calls.cpp: includes every public header (all_headers.hpp, which CMake writes in several orders) and calls
// what they give, so that no two of them exclude each other. A program: it returns how many
// results were wrong.
//
// OTHERS_MACROS: after headers of others that define several hundred words.
#include "standard.hpp"

#ifdef OTHERS_MACROS
#include "others_macros.h"
#endif

#include "all_headers.hpp"

namespace {

int wrong = 0;
void holds(bool right, int line) {
    if (!right) std::printf("calls.cpp:%d\n", line);
    wrong += right ? 0 : 1;
}
#define HOLDS(...) holds(static_cast<bool>(__VA_ARGS__), __LINE__)

using numbers = std::vector<int>;
const numbers sorted{1, 2, 3, 4, 5, 6, 7, 8};
bool odd(const int& x) { return x % 2 != 0; }
int twice(int x) { return 2 * x; }

void tasks() {
    const auto [a, b] = veda::join([] { return 1; }, [] { return 2; });
    HOLDS(a + b == 3);
    std::atomic<int> seen{0};
    veda::scope([&](auto& s) { s.spawn([&] { ++seen; }); });
    HOLDS(veda::spawn([] { return 7; }).get() == 7);
    veda::join_context([&](veda::branch_context) { ++seen; }, [&](veda::branch_context) { ++seen; });
    veda::scope_fifo([&](veda::fifo_scope& s) { s.spawn([&] { ++seen; }); });
    veda::spawn_broadcast([] {}).get();
    veda::spawn_fifo([] {});
    veda::broadcast([&] { ++seen; });
    HOLDS(seen > 1);
    veda::runtime pool(veda::config{}.workers(2));
    HOLDS(pool.worker_count() == 2 && pool.slot_count() >= 2);
    pool.run([&] {
        HOLDS(veda::this_worker::in_worker() && veda::this_worker::index() < pool.slot_count());
        veda::this_worker::blocking([] {});
        veda::this_worker::yield();
    });
    veda::combinable<int> sums;
    veda::par(sorted).for_each([&](int x) { sums.local() += x; });
    HOLDS(sums.combine(std::plus<>{}) == 36);
    HOLDS(veda::par(sums).sum() == 36 && sums.end() - sums.begin() > 0);
    HOLDS(veda::current_runtime().slot_count() > veda::current_runtime().worker_count());
    veda::bounded_queue<int> queue(2);
    HOLDS(queue.push(1) && queue.try_push(2) && !queue.try_push(3) && queue.pop() == 1);
    queue.close();
    HOLDS(queue.try_pop() == 2 && !queue.pop());
    HOLDS(veda::expected<int, std::string>(3).value() == 3);
    try {
        (void)veda::par(-1, 1u);
        HOLDS(false);
    } catch (const veda::error& e) {
        HOLDS(e.status() == VEDA_E_RANGE);
    }
}

void sources() {
    HOLDS(veda::once(1).count() + veda::repeat_n(1, 3).count() + veda::empty<int>().count() == 4);
    HOLDS(veda::generate(4, [](std::uint64_t i) { return i; }).sum() == 6);
    HOLDS(veda::iota(0, 4).sum() + veda::spaced(1, 2, 3).sum() == 15);
    HOLDS(veda::iota2d(2, 3).count() + veda::iota3d(1, 2, 3).count() == 12);
    HOLDS(veda::par_zip(sorted, sorted).count() == 8);
    HOLDS(veda::walk_tree(3, [](int n) { return numbers(n > 0 ? 1u : 0u, n - 1); }).count() == 4);
    HOLDS(veda::par_bridge(sorted).sum() == 36);
    numbers copy = sorted;
    HOLDS(veda::drain(copy, 0, 4).sum() == 10);
    HOLDS(copy.size() == 4);
    HOLDS(veda::par_chunks(sorted, 3).count() == 3 && veda::par_windows<2>(sorted).count() == 7);
    HOLDS(veda::par_split(sorted, odd).count() == 5);
    HOLDS(veda::par_chunk_by(sorted, std::less<>{}).count() == 1);
    HOLDS(veda::str("a b\nc").lines().count() == 2 && veda::str("a b").split_whitespace().count() == 2);
    HOLDS(veda::str("a,b").split(',').count() == 2 && veda::str("aba").matches('a').count() == 2);
    HOLDS(veda::str("ab").code_points().count() == 2 && veda::str("ab").bytes().count() == 2);
    std::optional<std::uint64_t> at = veda::for_each_until(veda::par(0, 8), [](int x) {
        return x == 3 ? veda::flow::stop : veda::flow::go;
    });
    HOLDS(at.has_value());
    int last = 0;
    veda::par_map_ordered(sorted, twice, [&](int x) { last = x; });
    HOLDS(last == 16);
}

void adaptors() {
    auto v = [] { return veda::par(sorted); };
    HOLDS(v().map(twice).filter(odd).count() == 0);
    HOLDS(v().inspect([](int) {}).cloned().enumerate().count() == 8);
    HOLDS(v().zip(v()).count() + v().zip_exact(v()).count() + v().chunks(3).count() == 19);
    HOLDS(v().fold(0, std::plus<>{}).sum() == 36);
    HOLDS(v().with_min_len(2).with_max_len(4).count() == 8);
    HOLDS(v().take(5).skip(1).step_by(2).rev().count() == 2);
    HOLDS(v().take_any(3).count() == 3 && v().skip_any(3).count() == 5);
    HOLDS(v().chain(v()).interleave(v()).count() == 24 && v().interleave_shortest(v()).count() == 16);
    HOLDS(v().intersperse(0).count() == 15);
    HOLDS(v().filter_map([](int x) { return std::optional(x); }).count() == 8);
    HOLDS(v().flat_map([](int x) { return veda::par(0, x); }).count() == 36);
    HOLDS(v().flat_map_seq([](int) { return sorted; }).count() == 64);
    HOLDS(v().map_with(1, [](int&, int x) { return x; }).count() == 8);
    HOLDS(v().map_init([] { return 1; }, [](int&, int x) { return x; }).count() == 8);
    HOLDS(v().fold_chunks(3, 0, std::plus<>{}).count() == 3);
    HOLDS(v().by_uniform_blocks(3).count() == 8 && v().by_exponential_blocks().count() == 8);
    HOLDS(v().in_order(3).count() == 8 && v().distinct().count() == 8 && v().distinct_by(odd).count() == 2);
    HOLDS(v().stop_on_throw().count() == 8);
    HOLDS(v().positions(odd).count() == 4);
    HOLDS((sorted | veda::par | veda::views::transform(twice) | veda::sum()) == 72);
}

void consumers() {
    auto v = [] { return veda::par(sorted); };
    HOLDS(v().reduce(0, std::plus<>{}) == 36 && v().reduce_with(std::plus<>{}) == 36);
    HOLDS(v().sum() == 36 && v().product() == 40320);
    HOLDS(v().any_of(odd) && !v().all_of(odd) && !v().none_of(odd) && v().contains(3));
    HOLDS(v().find_first(odd) == 1 && v().find_last(odd) == 7 && v().find_any(odd));
    HOLDS(v().position_first(odd) == 0u && v().position_last(odd) == 6u);
    HOLDS(v().min() == 1 && v().max() == 8 && v().minmax()->second == 8);
    HOLDS(v().min_by_key([](int x) { return -x; }) == 8);
    HOLDS(v().equal(v()) && !v().less(v()) && v().is_sorted());
    HOLDS(v().try_for_each([](int x) { return x > 0; }));
    HOLDS(v().inclusive_scan().back() == 36 && v().exclusive_scan(0).back() == 28);
    HOLDS(v().pack(odd).size() == 4);
    HOLDS(v().group_by(odd).size() == 2 && v().reduce_by_key(odd, twice, std::plus<>{})[0].second == 32);
    HOLDS(v().top_k(1)[0] == 8 && v().top_k_by_key(1, std::negate<>{})[0] == 1 && v().kth(2) == 3);
    HOLDS(v().map([](int x) { return unsigned(x) % 2; }).histogram(2)[1] == 4);
    HOLDS(v().map([](int x) { return 1.0 * x; }).sum_deterministic() == 36);
    HOLDS(v().collect<std::vector>() == sorted && v().partition<numbers>(odd).first.size() == 4);
    HOLDS(v().map([](int x) { return std::pair(x, x); }).unzip().first == sorted);
}

void sorts() {
    for (std::size_t n : {8u, 9000u}) {
        std::deque<int> d(n);
        for (std::size_t i = 0; i < n; ++i) d[i] = static_cast<int>(i * 7919 % 9001);
        std::vector<int> v(d.begin(), d.end());
        std::vector<std::string> texts(n, "q");
        texts[7] = "a";
        veda::sort(d.begin(), d.end(), std::greater<>{});
        HOLDS(veda::is_sorted(d.begin(), d.end(), std::greater<>{}));
        veda::stable_sort(v);
        HOLDS(veda::is_sorted(v.begin(), v.end()));
        veda::sort(texts);
        HOLDS(texts[0] == "a");
        veda::shuffle(v, 1);
        HOLDS(!veda::is_sorted(v.begin(), v.end()));
        veda::stable_sort(v);
        veda::sort_by_key(texts, [](const std::string& s) { return s[0]; });
        veda::sort_by_cached_key(v, [](int x) { return -x; });
        HOLDS(v[0] > v[1]);
    }
}

void algorithms() {
    const auto first = sorted.begin(), last = sorted.end();
    numbers v = sorted, out(16);
    veda::for_each(v.begin(), v.end(), [](int& x) { ++x; });
    veda::transform(first, last, out.begin(), twice);
    veda::copy(first, last, out.begin());
    veda::reverse_copy(first, last, out.begin());
    veda::rotate_copy(first, first + 2, last, out.begin());
    veda::adjacent_difference(first, last, out.begin());
    veda::fill(v.begin(), v.end(), 3);
    veda::generate(v.begin(), v.end(), [] { return 3; });
    veda::replace(v.begin(), v.end(), 3, 4);
    HOLDS(veda::count(v.begin(), v.end(), 4) == 8 && veda::reduce(first, last) == 36);
    HOLDS(veda::transform_reduce(first, last, 0, std::plus<>{}, twice) == 72);
    HOLDS(*veda::min_element(first, last) == 1 && *veda::max_element(first, last) == 8);
    HOLDS(veda::find(first, last, 3) == first + 2 && veda::find_if(first, last, odd) == first);
    HOLDS(veda::adjacent_find(first, last) == last && veda::equal(first, last, first));
    HOLDS(veda::search(first, last, first + 1, first + 2) == first + 1);
    HOLDS(veda::lexicographical_compare(first, last - 1, first, last));
    veda::inclusive_scan(first, last, out.begin());
    HOLDS(out[7] == 36);
    veda::exclusive_scan(first, last, out.begin(), 0);
    veda::merge(first, last, first, last, out.begin());
    HOLDS(veda::unique(out.begin(), out.end()) == out.begin() + 8);
    HOLDS(veda::copy_if(first, last, out.begin(), odd) == out.begin() + 4);
    HOLDS(veda::partition_copy(first, last, out.begin(), v.begin(), odd).first == out.begin() + 4);
    v = sorted;
    HOLDS(veda::remove_if(v.begin(), v.end(), odd) == v.begin() + 4);
    v = sorted;
    HOLDS(veda::partition(v.begin(), v.end(), odd) == v.begin() + 4);
    HOLDS(veda::is_partitioned(v.begin(), v.end(), odd));
    veda::rotate(v.begin(), v.begin() + 1, v.end());
    veda::reverse(v.begin(), v.end());
    veda::swap_ranges(v.begin(), v.end(), out.begin());
}

}  // namespace

int main() {
    tasks();
    sources();
    adaptors();
    consumers();
    sorts();
    algorithms();
    return wrong;
}
