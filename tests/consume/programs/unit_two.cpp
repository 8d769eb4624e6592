// The second unit; see unit_one.cpp.
#include <veda/veda.hpp>

int sum_in_other_unit();
int sum_in_other_unit() { return veda::par(0, 100).sum(); }
