// In a pipe a wrong step is told by the same concept as its member.
// EXPECT: indexed_chain
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
    auto even = [](int x) { return x % 2 == 0; };
#ifdef MISUSE
    v | veda::par | veda::views::filter(even) | veda::views::enumerate() | veda::for_each([](auto) {});
#else
    v | veda::par | veda::views::enumerate() | veda::for_each([](auto) {});
#endif
    (void)even;
}
