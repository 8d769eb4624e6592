// What docs/iterators.md shows. Its blocks stand here line for line; below each is asked what it gave.
#include <veda/for_each_until.hpp>
#include <veda/par_map_ordered.hpp>
#include <veda/slices.hpp>
#include <veda/sources.hpp>
#include <veda/str.hpp>
#include <veda/veda.hpp>
#include <veda/views.hpp>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <queue>
#include <ranges>
#include <set>
#include <span>
#include <sstream>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using ints = std::vector<int>;
const ints v{3, 1, 4, 1, 5, 9, 2, 6};
const std::vector<ints> rows{{1, 2}, {3}, {}};
const std::vector<std::string> words{"to", "be", "or", "not", "to", "be"};
constexpr auto twice = [](int x) { return 2 * x; };
constexpr auto is_odd = [](int x) { return x % 2 != 0; };
constexpr auto total = [](auto part) { return std::accumulate(part.begin(), part.end(), 0); };

TEST(IteratorsPage, Values) {
    auto squares = veda::par(0, 5).map([](int i) { return i * i; }).collect<std::vector>();  // 0 1 4 9 16
    auto to_ten = veda::par_inclusive(1, 10).sum();  // 55
    auto letters = veda::par(words).map(&std::string::size).sum();  // 13, borrowed
    auto length = [](std::string w) { return w.size(); };
    auto owned = veda::par(std::vector(words)).map(length).sum();  // 13, moved out
    auto seven = veda::once(7).chain(veda::empty<int>()).collect<std::vector>();  // 7
    auto sevens = veda::repeat_n(7, 3).collect<std::vector>();  // 7 7 7
    auto pairs = veda::par(v).zip(veda::repeat(1)).count();  // 8
    auto tens = veda::generate(4, [](std::uint64_t i) { return 10 * i; }).sum();  // 0 + 10 + 20 + 30
    auto below_four = veda::iota(0, 4).sum();  // 6
    auto quarters = veda::spaced(0.0, 0.25, 5).collect<std::vector>();  // 0 0.25 0.5 0.75 1
    auto triples = veda::par_zip(v, words, rows).count();  // 3

    EXPECT_EQ(squares, ints({0, 1, 4, 9, 16}));
    EXPECT_EQ(to_ten, 55);
    EXPECT_EQ(letters, 13u);
    EXPECT_EQ(owned, 13u);
    EXPECT_EQ(seven, ints({7}));
    EXPECT_EQ(sevens, ints({7, 7, 7}));
    EXPECT_EQ(pairs, 8u);
    EXPECT_EQ(tens, 60u);
    EXPECT_EQ(below_four, 6);
    EXPECT_EQ(quarters, std::vector<double>({0, 0.25, 0.5, 0.75, 1}));
    EXPECT_EQ(triples, 3u);
}

TEST(IteratorsPage, TablesAndTrees) {
    auto products = veda::iota2d(2, 3).map([](veda::index2d at) { return at.row * at.column; }).sum();  // 3
    auto cells = veda::iota3d(2, 3, 4).count();  // 24
    std::atomic<std::uint64_t> covered = 0;  // 10'000
    veda::for_each_block(100, 100, [&](veda::block2d b) { covered += b.rows.size() * b.columns.size(); });

    auto children = [](int n) { return n < 4 ? ints{2 * n, 2 * n + 1} : ints{}; };
    auto nodes = veda::walk_tree(1, children).count();  // 7
    auto parents_first = veda::walk_tree_prefix(1, children).collect<std::vector>();  // 1 2 4 5 3 6 7
    auto children_first = veda::walk_tree_postfix(1, children).collect<std::vector>();  // 4 5 2 6 7 3 1
    auto halves = [](std::span<const int> s) {
        using parts = std::pair<std::span<const int>, std::optional<std::span<const int>>>;
        return s.size() < 3 ? parts(s, std::nullopt) : parts(s.first(s.size() / 2), s.subspan(s.size() / 2));
    };
    auto twos = veda::split(std::span(v), halves).map(total).collect<std::vector>();  // 4 5 14 8

    std::istringstream in("3 1 4");
    auto read = veda::par_bridge(std::views::istream<int>(in)).sum();  // 8
    std::istringstream more("3 1 4");
    auto in_batches = veda::par_bridge(std::views::istream<int>(more)).batched(2).sum();  // 8
    ints rest = v;
    auto moved = veda::drain(rest, 2).sum();  // 27; rest is 3 1
    std::priority_queue<int> heap(v.begin(), v.end());
    auto in_heap = veda::elements_of(heap).sum();  // 31
    std::shared_ptr<int[]> array(new int[3]{3, 1, 4});
    auto shared = veda::par_shared(array, 3).sum();  // 8

    EXPECT_EQ(products, 3u);
    EXPECT_EQ(cells, 24u);
    EXPECT_EQ(covered, 10000u);
    EXPECT_EQ(nodes, 7u);
    EXPECT_EQ(parents_first, ints({1, 2, 4, 5, 3, 6, 7}));
    EXPECT_EQ(children_first, ints({4, 5, 2, 6, 7, 3, 1}));
    EXPECT_EQ(twos, ints({4, 5, 14, 8}));
    EXPECT_EQ(read, 8);
    EXPECT_EQ(in_batches, 8);
    EXPECT_EQ(in_heap, 31);
    EXPECT_EQ(shared, 8);
    EXPECT_EQ(moved, 27);
    EXPECT_EQ(rest, ints({3, 1}));
}

TEST(IteratorsPage, Slices) {
    auto threes = veda::par_chunks(v, 3).map(total).collect<std::vector>();  // 8 15 8
    auto whole = veda::par_chunks_exact(v, 3).map(total).collect<std::vector>();  // 8 15
    auto left_over = veda::chunks_remainder(v, 3).size();  // 2
    auto from_right = veda::par_rchunks(v, 3).map(total).collect<std::vector>();  // 17 10 4
    auto right_whole = veda::par_rchunks_exact(v, 3).map(total).collect<std::vector>();  // 17 10
    auto left_before = veda::rchunks_remainder(v, 3).size();  // 2
    auto neighbours = veda::par_windows(v, 2).map(total).max();  // 14
    auto unrolled = veda::par_windows<2>(v).map([](auto w) { return w[0] + w[1]; }).max();  // 14
    auto between = veda::par_split(v, is_odd).map(total).collect<std::vector>();  // 0 0 4 0 0 8
    auto ended = veda::par_split_inclusive(v, is_odd).map(total).collect<std::vector>();  // 3 1 5 5 9 8
    auto rising = veda::par_chunk_by(v, std::less<>{}).map(total).collect<std::vector>();  // 3 5 15 8

    EXPECT_EQ(threes, ints({8, 15, 8}));
    EXPECT_EQ(whole, ints({8, 15}));
    EXPECT_EQ(left_over, 2u);
    EXPECT_EQ(from_right, ints({17, 10, 4}));
    EXPECT_EQ(right_whole, ints({17, 10}));
    EXPECT_EQ(left_before, 2u);
    EXPECT_EQ(neighbours, 14);
    EXPECT_EQ(unrolled, 14);
    EXPECT_EQ(between, ints({0, 0, 4, 0, 0, 8}));
    EXPECT_EQ(ended, ints({3, 1, 5, 5, 9, 8}));
    EXPECT_EQ(rising, ints({3, 5, 15, 8}));
}

TEST(IteratorsPage, Text) {
    const std::string text = "a=1\nb=22\n";
    auto lines = veda::str(text).lines().collect<std::vector>();  // "a=1" "b=22"
    auto parts = veda::str(text).split('=').count();  // 3
    auto with_ends = veda::str(text).split_inclusive('\n').collect<std::vector>();  // "a=1\n" "b=22\n"
    auto ended = veda::str(text).split_terminator('\n').count();  // 2
    auto longest = veda::str(text).split_whitespace().map(&std::string_view::size).max();  // 4
    auto fields = veda::str(text).split_ascii_whitespace().count();  // 2
    auto twos = veda::str(text).matches('2').count();  // 2
    auto first = [](auto pair) { return pair.first; };
    auto at = veda::str(text).match_indices("=").map(first).collect<std::vector>();  // 1 5
    auto bytes = veda::str(text).bytes().count();  // 9
    auto is_digit = [](char32_t c) { return U'0' <= c && c <= U'9'; };
    auto digits = veda::str(text).code_points().filter(is_digit).count();  // 3
    auto last = veda::str(text).code_point_indices().max();  // {8, U'\n'}
    auto units = veda::str(text).utf16().count();  // 9

    EXPECT_EQ(lines, std::vector<std::string_view>({"a=1", "b=22"}));
    EXPECT_EQ(parts, 3u);
    EXPECT_EQ(with_ends, std::vector<std::string_view>({"a=1\n", "b=22\n"}));
    EXPECT_EQ(ended, 2u);
    EXPECT_EQ(longest, 4u);
    EXPECT_EQ(fields, 2u);
    EXPECT_EQ(twos, 2u);
    EXPECT_EQ(at, std::vector<std::size_t>({1, 5}));
    EXPECT_EQ(bytes, 9u);
    EXPECT_EQ(digits, 3u);
    EXPECT_TRUE(last->first == 8 && last->second == U'\n');
    EXPECT_EQ(units, 9u);
}

TEST(IteratorsPage, ChangeItems) {
    auto doubled = veda::par(v).map(twice).collect<std::vector>();  // 6 2 8 2 10 18 4 12
    auto raised = veda::par(v).cloned().update([](int& x) { x += 1; }).sum();  // 39
    std::atomic<int> seen = 0;
    auto largest = veda::par(v).inspect([&](int x) { seen += x; }).max();  // 9; seen is 31
    auto say = [](std::string& buffer, int x) { return (buffer = std::to_string(x)).size(); };
    auto digits = veda::par(v).map_init([] { return std::string(); }, say).sum();  // 8
    auto again = veda::par(v).map_with(std::string(), say).sum();  // 8
    auto placed = veda::par(words).enumerate().map([](auto item) { return item.first; }).sum();  // 15

    EXPECT_EQ(doubled, ints({6, 2, 8, 2, 10, 18, 4, 12}));
    EXPECT_EQ(raised, 39);
    EXPECT_EQ(largest, 9);
    EXPECT_EQ(seen, 31);
    EXPECT_EQ(digits, 8u);
    EXPECT_EQ(again, 8u);
    EXPECT_EQ(placed, 15u);
}

TEST(IteratorsPage, KeepSome) {
    auto odd = veda::par(v).filter(is_odd).collect<std::vector>();  // 3 1 1 5 9
    auto above_four = [](int x) { return x > 4 ? std::optional(x) : std::nullopt; };
    auto large = veda::par(v).filter_map(above_four).collect<std::vector>();  // 5 9 6
    auto some = veda::par(v).map(above_four).while_some().count();  // 0 to 3: ends soon after the 3
    auto first = veda::par(v).take(3).collect<std::vector>();  // 3 1 4
    auto last = veda::par(v).skip(5).collect<std::vector>();  // 9 2 6
    auto third = veda::par(v).step_by(3).collect<std::vector>();  // 3 1 2
    auto backwards = veda::par(v).rev().collect<std::vector>();  // 6 2 9 5 1 4 1 3
    auto any_two = veda::par(v).take_any(2).count();  // 2
    auto but_two = veda::par(v).skip_any(2).count();  // 6
    auto small = [](int x) { return x < 9; };
    auto before = veda::par(v).take_any_while(small).count();  // 7 at most: without the 9
    auto after = veda::par(v).skip_any_while(small).contains(9);  // true
    auto places = veda::par(v).positions(is_odd).collect<std::vector>();  // 0 1 3 4 5
    auto different = veda::par(v).distinct().collect<std::vector>();  // 3 1 4 5 9 2 6
    auto by_rest = veda::par(v).distinct_by([](int x) { return x % 3; }).collect<std::vector>();  // 3 1 5

    EXPECT_EQ(odd, ints({3, 1, 1, 5, 9}));
    EXPECT_EQ(large, ints({5, 9, 6}));
    EXPECT_LE(some, 3u);
    EXPECT_EQ(first, ints({3, 1, 4}));
    EXPECT_EQ(last, ints({9, 2, 6}));
    EXPECT_EQ(third, ints({3, 1, 2}));
    EXPECT_EQ(backwards, ints({6, 2, 9, 5, 1, 4, 1, 3}));
    EXPECT_EQ(any_two, 2u);
    EXPECT_EQ(but_two, 6u);
    EXPECT_LE(before, 7u);
    EXPECT_TRUE(after);
    EXPECT_EQ(places, std::vector<std::uint64_t>({0, 1, 3, 4, 5}));
    EXPECT_EQ(different, ints({3, 1, 4, 5, 9, 2, 6}));
    EXPECT_EQ(by_rest, ints({3, 1, 5}));
}

TEST(IteratorsPage, Combine) {
    auto doubled = veda::par(v).flat_map([](int x) { return veda::repeat_n(x, 2); }).count();  // 16
    auto counted = veda::par(v).flat_map_seq([](int x) { return std::views::iota(0, x); }).count();  // 31
    auto flat = veda::par(rows).flatten().collect<std::vector>();  // 1 2 3
    auto flat_too = veda::par(rows).flatten_seq().collect<std::vector>();  // 1 2 3
    auto pairs = veda::par(v).zip(words).count();  // 6
    auto squared = veda::par(v).zip_exact(v).map([](auto p) { return p.first * p.second; }).sum();  // 173
    auto longer = veda::par(rows[0]).chain(rows[1]).collect<std::vector>();  // 1 2 3
    auto by_turns = veda::par(v).interleave(rows[0]).take(6).collect<std::vector>();  // 3 1 1 2 4 1
    auto while_both = veda::par(v).interleave_shortest(rows[0]).collect<std::vector>();  // 3 1 1 2 4
    auto spread = veda::par(rows[0]).intersperse(0).collect<std::vector>();  // 1 0 2

    EXPECT_EQ(doubled, 16u);
    EXPECT_EQ(counted, 31u);
    EXPECT_EQ(flat, ints({1, 2, 3}));
    EXPECT_EQ(flat_too, flat);
    EXPECT_EQ(pairs, 6u);
    EXPECT_EQ(squared, 173);
    EXPECT_EQ(longer, ints({1, 2, 3}));
    EXPECT_EQ(by_turns, ints({3, 1, 1, 2, 4, 1}));
    EXPECT_EQ(while_both, ints({3, 1, 1, 2, 4}));
    EXPECT_EQ(spread, ints({1, 0, 2}));
}

TEST(IteratorsPage, BlocksAndControl) {
    auto threes = veda::par(v).chunks(3).map(total).collect<std::vector>();  // 8 15 8
    auto folded = veda::par(v).fold_chunks(3, 0, std::plus<>{}).collect<std::vector>();  // 8 15 8
    auto from_one = veda::par(v).fold_chunks_with(3, 1, std::plus<>{}).collect<std::vector>();  // 9 16 9
    auto all = veda::par(v).fold(0, std::plus<>{}).sum();  // 31
    auto all_too = veda::par(v).fold_with(0, std::plus<>{}).sum();  // 31
    auto early = veda::par(v).by_uniform_blocks(2).find_first(is_odd);  // 3
    auto early_too = veda::par(v).by_exponential_blocks().find_first(is_odd);  // 3
    auto in_turn = veda::par(v).in_order(2).sum();  // 31
    auto hints = veda::par(v).with_min_len(4).with_max_len(1000).sum();  // 31
    std::uint64_t done = 0;  // 8
    veda::par(v).progress([&](const veda::progress_report& r) { done = r.done; }).for_each([](int) {});
    std::stop_source source;
    auto not_stopped = veda::par(v).stop_on(source.get_token()).stop_on_throw().sum();  // 31

    EXPECT_EQ(threes, ints({8, 15, 8}));
    EXPECT_EQ(folded, ints({8, 15, 8}));
    EXPECT_EQ(from_one, ints({9, 16, 9}));
    for (int sum : {all, all_too, in_turn, hints, not_stopped}) EXPECT_EQ(sum, 31);
    EXPECT_EQ(early, 3);
    EXPECT_EQ(early_too, 3);
    EXPECT_EQ(done, 8u);
}

TEST(IteratorsPage, Reduce) {
    std::atomic<int> sum = 0;  // 93 in the end
    veda::par(v).for_each([&](int x) { sum += x; });
    veda::par(v).for_each_with(1, [&](int& factor, int x) { sum += factor * x; });
    veda::par(v).for_each_init([] { return 1; }, [&](int& factor, int x) { sum += factor * x; });
    auto counts = std::pair(veda::par(v).filter(is_odd).count(), veda::par(v).size());  // 5, 8
    auto totals = std::pair(veda::par(v).sum<std::int64_t>(), veda::par(v).product());  // 31, 6480
    auto reduced = veda::par(v).reduce(0, std::plus<>{});  // 31
    auto without = veda::par(v).reduce_with(std::multiplies<>{});  // 6480; empty without items
    auto ends = std::pair(veda::par(v).min(), veda::par(v).max());  // 1, 9
    auto least = veda::par(v).min_by(std::greater<>{});  // 9
    auto most = veda::par(v).max_by(std::greater<>{});  // 1
    auto shortest = veda::par(words).min_by_key(&std::string::size);  // "to"
    auto longest = veda::par(words).max_by_key(&std::string::size);  // "not"
    auto both = veda::par(v).minmax();  // {1, 9}
    auto where = std::pair(veda::par(v).min_ref(), veda::par(v).max_ref());  // &v[1], &v[5]
    auto where_both = veda::par(v).minmax_ref();  // {&v[1], &v[5]}

    EXPECT_EQ(sum, 93);
    EXPECT_TRUE(counts.first == 5 && counts.second == 8);
    EXPECT_TRUE(totals.first == 31 && totals.second == 6480);
    EXPECT_EQ(reduced, 31);
    EXPECT_EQ(without, 6480);
    EXPECT_EQ(ends, std::pair(std::optional(1), std::optional(9)));
    EXPECT_EQ(std::pair(least, most), std::pair(std::optional(9), std::optional(1)));
    EXPECT_EQ(shortest, "to");
    EXPECT_EQ(longest, "not");
    EXPECT_EQ(both, std::pair(1, 9));
    EXPECT_EQ(where, std::pair(&v[1], &v[5]));
    EXPECT_EQ(where_both, where);
}

TEST(IteratorsPage, Search) {
    bool some_odd = veda::par(v).any_of(is_odd) && !veda::par(v).none_of(is_odd);  // true
    bool all_odd = veda::par(v).all_of(is_odd);  // false
    bool nine = veda::par(v).contains(9);  // true
    auto some = veda::par(v).find_any(is_odd);  // 3, 1, 5 or 9
    auto found = std::pair(veda::par(v).find_first(is_odd), veda::par(v).find_last(is_odd));  // 3, 9
    const int* any_place = veda::par(v).find_any_ref(is_odd);  // null if there is none
    const int* first_place = veda::par(v).find_first_ref(is_odd);  // &v[0]
    const int* last_place = veda::par(v).find_last_ref(is_odd);  // &v[5]
    auto half = [](int x) { return x % 2 == 0 ? std::optional(x / 2) : std::nullopt; };
    auto some_half = veda::par(v).find_map_any(half);  // 2, 1 or 3
    auto halves = std::pair(veda::par(v).find_map_first(half), veda::par(v).find_map_last(half));  // 2, 3
    auto some_index = veda::par(v).position_any(is_odd);  // 0, 1, 3, 4 or 5
    auto first_index = veda::par(v).position_first(is_odd);  // 0
    auto last_index = veda::par(v).position_last(is_odd);  // 5
    auto odd = [](int x) { return x % 2 != 0 ? veda::flow::go : veda::flow::stop; };
    auto stopped_at = veda::for_each_until(v, odd);  // 2

    EXPECT_TRUE(some_odd && nine);
    EXPECT_FALSE(all_odd);
    EXPECT_TRUE(is_odd(*some));
    EXPECT_EQ(found, std::pair(std::optional(3), std::optional(9)));
    EXPECT_TRUE(is_odd(*any_place));
    EXPECT_EQ(first_place, &v[0]);
    EXPECT_EQ(last_place, &v[5]);
    EXPECT_TRUE(*some_half >= 1 && *some_half <= 3);
    EXPECT_EQ(halves, std::pair(std::optional(2), std::optional(3)));
    EXPECT_TRUE(is_odd(v[*some_index]));
    EXPECT_TRUE(first_index == 0u && last_index == 5u);
    EXPECT_EQ(stopped_at, 2u);
}

TEST(IteratorsPage, Compare) {
    bool same = veda::par(v).equal(v) && !veda::par(v).not_equal(v);  // true
    auto order = veda::par(v).compare(rows[0]);  // greater: 3 before 1
    bool below = veda::par(rows[0]).less(v) && veda::par(rows[0]).less_equal(v);  // true
    bool above = veda::par(v).greater(rows[0]) && veda::par(v).greater_equal(v);  // true
    bool sorted = veda::par(rows[0]).is_sorted() && !veda::par(v).is_sorted_by(std::less_equal<>{});  // true

    EXPECT_TRUE(same && below && above && sorted);
    EXPECT_TRUE(order > 0);
}

TEST(IteratorsPage, Attempts) {
    auto below_nine = [](int x) { return x < 9; };
    auto below = [](int& limit, int x) { return x < limit; };
    bool all_below = veda::par(v).try_for_each(below_nine);  // false
    bool all_below_ten = veda::par(v).try_for_each_with(10, below);  // true
    bool all_below_five = veda::par(v).try_for_each_init([] { return 5; }, below);  // false
    auto add = [](int a, int b) { return a + b < 100 ? std::optional(a + b) : std::nullopt; };
    auto sum = veda::par(v).try_fold(0, add).try_reduce(0, add);  // 31
    auto sum_too = veda::par(v).try_fold_with(0, add).try_reduce_with(add);  // 31; empty without items

    EXPECT_FALSE(all_below);
    EXPECT_TRUE(all_below_ten);
    EXPECT_FALSE(all_below_five);
    EXPECT_EQ(sum, std::optional(31));
    EXPECT_EQ(sum_too, std::optional(31));
}

TEST(IteratorsPage, Collect) {
    auto different = veda::par(v).collect<std::set<int>>();  // 1 2 3 4 5 6 9
    auto digit = [](int x) {
        return x < 9 ? veda::expected<int, std::string>(x) : veda::unexpected(std::string("nine"));
    };
    auto digits = veda::par(v).map(digit).collect_first_error<veda::expected<ints, std::string>>();  // "nine"
    ints into;
    veda::par(v).map(twice).collect_into(into);  // 6 2 8 2 10 18 4 12
    ints all;
    for (const ints& part : veda::par(v).collect_chunks())
        all.insert(all.end(), part.begin(), part.end());  // as v
    auto [indices, items] = veda::par(v).enumerate().unzip();  // 0 1 2 ..., 3 1 4 ...
    auto [odd, even] = veda::par(v).partition(is_odd);  // 3 1 1 5 9, 4 2 6
    using number_or_text = std::variant<int, std::string>;
    auto [numbers, texts] = veda::par(v).partition_map([](int x) {
        return x < 5 ? number_or_text(x) : number_or_text(std::to_string(x));
    });  // 3 1 4 1 2, "5" "9" "6"
    veda::extend(into, veda::par(rows[1]));  // 3 behind the others
    veda::par(rows[1]).extend_into(into);  // once more

    EXPECT_EQ(different, std::set<int>({1, 2, 3, 4, 5, 6, 9}));
    EXPECT_EQ(digits.error(), "nine");
    EXPECT_EQ(into, ints({6, 2, 8, 2, 10, 18, 4, 12, 3, 3}));
    EXPECT_EQ(all, v);
    EXPECT_EQ(indices.size(), 8u);
    EXPECT_EQ(items, v);
    EXPECT_EQ(odd, ints({3, 1, 1, 5, 9}));
    EXPECT_EQ(even, ints({4, 2, 6}));
    EXPECT_EQ(numbers, ints({3, 1, 4, 1, 2}));
    EXPECT_EQ(texts, std::vector<std::string>({"5", "9", "6"}));
}

TEST(IteratorsPage, BeyondRayon) {
    auto totals = veda::par(v).inclusive_scan();  // 3 4 8 9 14 23 25 31
    auto before = veda::par(v).exclusive_scan(0);  // 0 3 4 8 9 14 23 25
    ints in_place = v;
    veda::par(in_place).inclusive_scan_into(in_place);  // 3 4 8 9 14 23 25 31
    ints starts = v;
    veda::par(starts).exclusive_scan_into(starts, 0);  // 0 3 4 8 9 14 23 25
    auto odd = veda::par(v).pack(is_odd);  // 3 1 1 5 9
    auto counts = veda::par(v).histogram(10);  // of 0, 1, ..., 9: 0 2 1 1 1 1 1 0 0 1
    auto by_rest = veda::par(v).group_by_key(2, [](int x) { return x % 2; });  // by_rest[0]: 4 2 6
    auto by_length = veda::par(words).group_by(&std::string::size);  // by_length.keys: 2 3
    auto one = [](const std::string&) { return 1; };
    auto times = veda::par(words).reduce_by_key(std::identity{}, one, std::plus<>{});  // {"to", 2} ...
    auto greatest = veda::par(v).top_k(2);  // 9 6
    auto least = veda::par(v).top_k_by(2, std::greater<>{});  // 1 1
    auto longest = veda::par(words).top_k_by_key(1, &std::string::size);  // "not"
    auto median = veda::par(v).kth(4);  // 4
    auto exact = veda::spaced(0.0, 0.1, 1000).sum_deterministic();  // the same bits on every machine
    auto exact_too = veda::spaced(0.0, 0.1, 1000).reduce_deterministic(0.0, std::plus<>{});
    std::string said;
    veda::par_map_ordered(v, twice, [&](int x) { said += std::to_string(x); });  // "62821018412"

    const ints sums{3, 4, 8, 9, 14, 23, 25, 31}, sums_before{0, 3, 4, 8, 9, 14, 23, 25};
    EXPECT_EQ(totals, sums);
    EXPECT_EQ(before, sums_before);
    EXPECT_EQ(in_place, sums);
    EXPECT_EQ(starts, sums_before);
    EXPECT_EQ(odd, ints({3, 1, 1, 5, 9}));
    EXPECT_EQ(counts, std::vector<std::uint64_t>({0, 2, 1, 1, 1, 1, 1, 0, 0, 1}));
    EXPECT_EQ(ints(by_rest[0].begin(), by_rest[0].end()), ints({4, 2, 6}));
    EXPECT_EQ(by_length.keys, std::vector<std::size_t>({2, 3}));
    EXPECT_EQ(times.front(), std::pair(std::string("to"), 2));
    EXPECT_EQ(greatest, ints({9, 6}));
    EXPECT_EQ(least, ints({1, 1}));
    EXPECT_EQ(longest, std::vector<std::string>({"not"}));
    EXPECT_EQ(median, 4);
    EXPECT_EQ(exact, exact_too);
    EXPECT_EQ(said, "62821018412");
}

TEST(IteratorsPage, Pipes) {
    namespace views = veda::views;
    auto sum = v | veda::par | views::filter(is_odd) | views::transform(twice) | veda::sum();  // 38
    auto few = v | veda::par | views::drop(2) | views::stride(2) | veda::to<std::vector>();  // 4 5 2
    auto turned = v | veda::par | views::reverse() | veda::to<ints>();  // 6 2 9 5 1 4 1 3
    auto threes = v | veda::par | views::chunk(3) | views::transform(total) | veda::to<ints>();  // 8 15 8
    auto joined = rows | veda::par | views::join() | veda::to<std::vector>();  // 1 2 3
    auto spread = rows[0] | veda::par | views::join_with(0) | veda::to<std::vector>();  // 1 0 2
    auto longer = rows[0] | veda::par | views::concat(rows[1]) | veda::to<std::vector>();  // 1 2 3
    auto neighbours = v | veda::par | views::slide(2) | views::transform(total) | veda::max();  // 14
    auto parts = v | veda::par | views::split(is_odd) | veda::count();  // 6
    auto runs = v | veda::par | views::chunk_by(std::less<>{}) | veda::count();  // 4

    EXPECT_EQ(sum, 38);
    EXPECT_EQ(few, ints({4, 5, 2}));
    EXPECT_EQ(turned, ints({6, 2, 9, 5, 1, 4, 1, 3}));
    EXPECT_EQ(threes, ints({8, 15, 8}));
    EXPECT_EQ(joined, ints({1, 2, 3}));
    EXPECT_EQ(spread, ints({1, 0, 2}));
    EXPECT_EQ(longer, ints({1, 2, 3}));
    EXPECT_EQ(neighbours, 14);
    EXPECT_EQ(parts, 6u);
    EXPECT_EQ(runs, 4u);
}

// What the page calls absent. If one of these comes to be, the page must not say so any longer.
template <class T>
concept is_source = requires(T& from) { veda::par(from); };
static_assert(is_source<ints> && !is_source<veda::expected<int, int>>);
static_assert(veda::text_pattern<std::array<char, 2>> && !veda::text_pattern<std::vector<char>>);
static_assert(veda::slice_source<ints&> && !veda::slice_source<std::deque<int>&>);

}  // namespace
