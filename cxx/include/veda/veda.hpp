// veda.hpp: all of veda's C++20 layer. Header-only, over the C interface alone.
#ifndef VEDA_HPP
#define VEDA_HPP

#include <veda/detail/language.hpp>
#include <veda/broadcast.hpp>
#include <veda/config.hpp>
#include <veda/counters.hpp>
#include <veda/error.hpp>
// These two before par.hpp, so that an error in a call of theirs is not told at the end of a long list of
// includes.
#include <veda/join.hpp>
#include <veda/join_n.hpp>
#include <veda/iter/par_entry.hpp>
#include <veda/iter/par.hpp>
#include <veda/runtime.hpp>
#include <veda/scope.hpp>
#include <veda/spawn.hpp>
#include <veda/this_worker.hpp>
#include <veda/views.hpp>

#endif
