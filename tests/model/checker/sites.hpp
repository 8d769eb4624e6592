// sites.hpp: the places in the sources that name an order stronger than relaxed, and the weakening
// of one of them. tools: ../sites.py lists them from the sources; an operation finds its own by
// file, line and name.
#pragma once

#include <source_location>
#include <string>

#include "model/checker/engine_memory.hpp"
#include "model/checker/memory.hpp"

namespace veda::model {

struct site {
    std::string file;  // below the root of the sources
    std::string function;
    std::string operation;  // load, compare_exchange_strong, ...
    std::string name;       // the three, and which of several; stable while the code moves
    int line = 0;
    int argument = 0;  // 1: a compare-exchange's order on failure
    order written = order::relaxed;
    bool reached = false;
};

// Reads the list. False if the file cannot be read.
bool load_sites(const std::string& path);
std::vector<site>& sites();

// From now on every operation at this site uses the given order; -1: none is changed.
void weaken(int site, order to);
void forget_reached();
// Whether operations look their site up at all; costs time.
void watch_sites(bool on);

// The order that an operation shall use.
order order_at(order written, const char* operation, int argument, const std::source_location& at);

}  // namespace veda::model
