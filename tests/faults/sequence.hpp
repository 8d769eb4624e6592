// sequence.hpp: calls of the C interface in an order that bytes decide, beside a small model that
// says what each must answer. Bytes come from libFuzzer (fuzz.cpp), from a seed, or from the corpus
// (sequence_main.cpp). Any bytes are a valid sequence; the same bytes are the same calls.
#pragma once

#include <cstddef>
#include <cstdint>

namespace veda::test {

// Ends the program with a message where the library and the model disagree.
void run_sequence(const std::uint8_t* bytes, std::size_t size);

// Calls made so far, and how many of them had to be refused.
struct sequence_totals {
    std::uint64_t calls = 0, refusals = 0;
};
sequence_totals totals_of_sequences();

}  // namespace veda::test
