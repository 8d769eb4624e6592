// Keys need a hash.
// EXPECT: specialise std::hash for its type
#include <veda/veda.hpp>

#include <vector>

void use(std::vector<int>& v) {
#ifdef MISUSE
    struct parity {
        bool odd;
        bool operator==(const parity&) const = default;
    };
    (void)veda::par(v).group_by([](int x) { return parity{x % 2 != 0}; });
#else
    (void)veda::par(v).group_by([](int x) { return x % 2 != 0; });
#endif
}
