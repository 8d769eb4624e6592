// fuzz.cpp: libFuzzer's entry; built by Clang only. See fuzz.sh.
#include "faults/sequence.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    veda::test::run_sequence(bytes, size);
    return 0;
}
