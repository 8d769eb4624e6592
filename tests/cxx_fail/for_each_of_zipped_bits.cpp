// Bits share their bytes, also in a pair.
// EXPECT: std::as_const(bits)
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::vector<bool> bits(9); veda::par(v).zip(bits).for_each([](auto pair) { pair.second = true; });
#else
    std::vector<bool> bits(9); veda::par(v).zip(std::as_const(bits)).for_each([](auto) {});
#endif
    (void)v;
}
