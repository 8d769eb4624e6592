#!/bin/sh
# fuzz.sh SOURCE BUILD CORPUS: builds the library and the sequences with Clang's AddressSanitizer and libFuzzer,
# and looks for sequences that disagree with the model. What it finds new stays in BUILD/found; a failure
# is written beside it. Ends with 77 where Clang or its libFuzzer is missing.
set -eu

source=$1 build=$2 corpus=$3
seconds=20
[ -z "${VEDA_TEST_FULL:-}" ] || seconds=1200

empty='#include <stddef.h>
#include <stdint.h>
extern "C" int LLVMFuzzerTestOneInput(const uint8_t*, size_t) { return 0; }'
if ! echo "$empty" | clang++ -x c++ - -fsanitize=fuzzer,address -o /dev/null 2>/dev/null; then
    echo "fuzz: skipped, Clang with libFuzzer is missing (Debian: clang, libclang-rt-14-dev)"
    exit 77
fi

cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DVEDA_SANITIZE=fuzzer-no-link,address -DVEDA_BUILD_BENCH=OFF -DVEDA_BUILD_EXAMPLES=OFF \
    -DVEDA_BUILD_TOOLS=OFF >"$build.log" 2>&1 || { cat "$build.log"; exit 1; }
cmake --build "$build" --target faults_fuzz -j1 >>"$build.log" 2>&1 || { cat "$build.log"; exit 1; }

mkdir -p "$build/found"
cd "$build"
exec tests/faults/faults_fuzz -max_total_time="$seconds" -timeout=60 -max_len=256 -print_final_stats=1 \
    -artifact_prefix="$build/" found "$corpus"
