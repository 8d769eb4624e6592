// language.hpp: the first include of every public header: ends a compilation that cannot work, with one
// sentence and the way out instead of a thousand lines.
#if defined(min) || defined(max)  // asked each time: others may define them between two headers of veda
#error "veda: min or max is a macro here: put #define NOMINMAX before <windows.h>, or #undef both"
#include <veda/detail/without_macros_min_and_max>  // there is no such file, so the compiler stops here
#endif

#ifndef VEDA_DETAIL_LANGUAGE_HPP
#define VEDA_DETAIL_LANGUAGE_HPP

#if __cplusplus < 202002L
#error "veda's C++ layer is C++20: compile with -std=c++20 or later"
#include <veda/detail/compile_with_std_c++20>
#endif

#ifndef __cpp_exceptions
#error "veda's C++ layer needs exceptions: leave -fno-exceptions out, or use the C interface, <veda/veda.h>"
#include <veda/detail/compile_with_exceptions>
#endif

#endif
