// gate.hpp: the order-mutation gate: every order stronger than relaxed in runtime/ is weakened by
// one step, and some scenario must then fail, or a waiver must say why none can. Told in README.md.
#pragma once

#include "model/checker/config.hpp"

namespace veda::model {

// The bounds of a scenario, wider with VEDA_MODEL_FULL.
config widened(const config& bounds);
bool full_run();
// More than one preemption, and all that may happen at an odd moment, by dice or priorities: what a
// full run adds to a scenario's own search.
config by_dice(const config& bounds, search how);

// For a look into one weakening: "name -> order", with the list of sites in VEDA_MODEL_SITES. False
// if there is none of this name.
bool weaken_by_name(const char* name);

// 0 if every weakening is killed or waived, and (in full runs) every waiver is needed.
int run_gate(const char* sites_file, const char* waivers_file, const char* killers_file);

}  // namespace veda::model
