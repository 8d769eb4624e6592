# cmake -DCOMPILER=.. -DSOURCE=.. -DINCLUDES=.. -DLINES=.. -P must_not_compile.cmake
cmake_minimum_required(VERSION 3.25)
file(STRINGS "${SOURCE}" expectations REGEX "EXPECT: ")
if(NOT expectations)
  message(FATAL_ERROR "${SOURCE} says no EXPECT:")
endif()
list(TRANSFORM INCLUDES PREPEND "-I")
set(command "${COMPILER}" -std=c++20 -fsyntax-only -fdiagnostics-color=never ${INCLUDES})

execute_process(COMMAND ${command} "${SOURCE}"
  RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(failed)
  message(FATAL_ERROR "${SOURCE} does not compile even without its misuse:\n${text}")
endif()

execute_process(COMMAND ${command} -DMISUSE "${SOURCE}"
  RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(NOT failed)
  message(FATAL_ERROR "${SOURCE} compiles in spite of its misuse")
endif()

string(REPLACE ";" "," text "${text}")
string(REPLACE "\n" ";" lines "${text}")
list(SUBLIST lines 0 ${LINES} head)
foreach(expectation IN LISTS expectations)
  string(REGEX REPLACE ".*EXPECT: " "" wanted "${expectation}")
  string(FIND "${head}" "${wanted}" found)
  if(found EQUAL -1)
    list(JOIN head "\n" head)
    message(FATAL_ERROR "the first ${LINES} lines do not name \"${wanted}\":\n${head}")
  endif()
endforeach()
