// Bits share their bytes.
// EXPECT: std::as_const(bits)
#include <veda/veda.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::vector<bool> bits(9); veda::par(bits).for_each([](auto bit) { bit = true; });
#else
    std::vector<bool> bits(9); veda::par(std::as_const(bits)).for_each([](bool) {});
#endif
    (void)v;
}
