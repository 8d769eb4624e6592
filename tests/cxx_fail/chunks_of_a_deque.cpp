// Chunks of what does not lie side by side are copies.
// EXPECT: std::as_const(range)
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::deque<int> d; veda::par(d).chunks(3).for_each([](auto&& part) { part[0] = 1; });
#else
    std::deque<int> d; veda::par(std::as_const(d)).chunks(3).for_each([](auto&&) {});
#endif
    (void)v;
}
