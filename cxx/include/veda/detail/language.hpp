// language.hpp: the first include of every public header: ends a compilation that is not C++20 in two lines
// instead of a thousand.
#ifndef VEDA_DETAIL_LANGUAGE_HPP
#define VEDA_DETAIL_LANGUAGE_HPP

#if __cplusplus < 202002L
#error "veda's C++ layer is C++20: compile with -std=c++20 or later"
#include <veda/detail/compile_with_std_c++20>  // there is no such file, so the compiler stops here
#endif

#endif
