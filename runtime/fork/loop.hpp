// loop.hpp: loops and reductions over index ranges; see README.md in this folder.
#pragma once

#include <veda/loop.h>

#include "pool/worker.hpp"

namespace veda::rt {

// How long a long loop should run alone before it shares, in ticks; see veda_loop_patience.
std::uint64_t patience(worker& self) noexcept;

// The descriptions are complete and valid. Called on the worker self.
veda_status run_for(worker& self, const veda_for_desc_t& desc, veda_range_fn body,
                    void* ctx) noexcept;
veda_status run_reduce(worker& self, const veda_reduce_desc_t& desc, veda_fold_fn fold,
                       veda_combine_fn combine, void* ctx, void* result) noexcept;

}  // namespace veda::rt
