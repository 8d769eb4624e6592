// One of two units with all headers: anything in them that is not inline is defined twice.
#include <veda/veda.h>
#include <veda/veda.hpp>

int sum_in_other_unit();

int main() {
    const int here = veda::par(0, 100).sum();
    return here == 4950 && sum_in_other_unit() == here ? 0 : 1;
}
