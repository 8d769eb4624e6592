// loop.hpp: loops and reductions over index ranges; see README.md in this folder.
#pragma once

#include <veda/loop.h>

#include "pool/worker.hpp"

namespace veda::rt {

// True for a range that may be few long bodies.
bool is_short(worker& self, std::uint64_t length) noexcept;

// How long a loop of this length should run alone before it shares, in ticks: 0 if somebody searches, so
// that sharing wakes nobody, or if the range is short, which may mean few long bodies.
std::uint64_t patience(worker& self, std::uint64_t length) noexcept;

// The descriptions are complete and valid. Called on the worker self.
veda_status run_for(worker& self, const veda_for_desc_t& desc, veda_range_fn body,
                    void* ctx) noexcept;
veda_status run_reduce(worker& self, const veda_reduce_desc_t& desc, veda_fold_fn fold,
                       veda_combine_fn combine, void* ctx, void* result) noexcept;

}  // namespace veda::rt
