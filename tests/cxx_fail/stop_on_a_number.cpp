// What a run is to be stopped by must be a token that can be asked.
// EXPECT: stop_token_like
#include <veda/veda.hpp>

#include <stop_token>
#include <vector>

void use(std::vector<int>& v) {
    std::stop_token token;
#ifdef MISUSE
    veda::par(v).stop_on(5).count();
#else
    veda::par(v).stop_on(token).count();
#endif
    (void)token;
}
