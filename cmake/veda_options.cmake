# What a builder may choose. Inside another project only the library is built.
option(VEDA_BUILD_TESTS "Build the tests" ${PROJECT_IS_TOP_LEVEL})
option(VEDA_BUILD_BENCH "Build the benchmarks" ${PROJECT_IS_TOP_LEVEL})
option(VEDA_BUILD_EXAMPLES "Build the examples" ${PROJECT_IS_TOP_LEVEL})
option(VEDA_BUILD_TOOLS "Build the command-line tools" ${PROJECT_IS_TOP_LEVEL})
option(VEDA_WITH_HWLOC "Use hwloc for the machine's topology, where found" ON)
option(VEDA_WITH_NUMA "Reserved: use libnuma to place memory (no effect yet)" ON)
option(VEDA_WITH_OPENCL "Use OpenCL devices (not in this version)" OFF)
set(VEDA_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize= (address,undefined or thread)")
option(VEDA_COVERAGE "Count the lines of the library that run (tools/run-coverage)" OFF)

# A build type nobody chose would be an unoptimised one: a runtime without -O2 disappoints everybody.
if(PROJECT_IS_TOP_LEVEL)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
  endif()
  set(CMAKE_C_FLAGS_RELEASE "-O2 -DNDEBUG")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
endif()

if(VEDA_SANITIZE)
  # -O1 and frame pointers: readable reports at a bearable speed.
  add_compile_options(-fsanitize=${VEDA_SANITIZE} -fno-omit-frame-pointer -O1)
  add_compile_options(-fno-sanitize-recover=all)
  add_link_options(-fsanitize=${VEDA_SANITIZE})
endif()
