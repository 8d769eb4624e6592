// algorithm.hpp: the standard library's algorithms with iterator pairs, in parallel.
//
// For code that comes from std::execution::par: the calls stay, without the policy, and so do the
// results. What differs: iterators must be random access; callables are invoked as const, from several
// threads at once; an exception travels to the caller instead of ending the program (the leftmost one, as
// from a chain). Operations of reduce and the scans must be associative and need not commute: elements
// are combined in order. New code is better off with chains, which need no room for what lies between.
#ifndef VEDA_ALGORITHM_HPP
#define VEDA_ALGORITHM_HPP

#include <veda/detail/language.hpp>
#include <veda/algorithm/heaps.hpp>
#include <veda/algorithm/in_place.hpp>
#include <veda/algorithm/memory.hpp>
#include <veda/algorithm/merge.hpp>
#include <veda/algorithm/packing.hpp>
#include <veda/algorithm/reduce.hpp>
#include <veda/algorithm/scans.hpp>
#include <veda/algorithm/search.hpp>
#include <veda/algorithm/selection.hpp>
#include <veda/algorithm/sets.hpp>
#include <veda/algorithm/shuffle.hpp>
#include <veda/algorithm/write.hpp>

#endif
