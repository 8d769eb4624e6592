// Bits share their bytes.
// EXPECT: parallel_output
#include <veda/algorithm.hpp>

#include <deque>
#include <ranges>
#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    std::vector<bool> bits(9); veda::copy(v.begin(), v.end(), bits.begin());
#else
    std::vector<char> flags(9); veda::copy(v.begin(), v.end(), flags.begin());
#endif
    (void)v;
}
