# cmake -DCOMPILER=.. -DSOURCES=.. -DINCLUDES=.. -DFOLDER=.. -P compiles_without.cmake
#
# Without their misuse all the files compile: a single translation unit of all of them, each in a namespace
# of its own, since to compile each by itself takes longer than all other tests of misuse.
cmake_minimum_required(VERSION 3.25)
list(TRANSFORM INCLUDES PREPEND "-I")
set(headers "")
set(bodies "")
foreach(source IN LISTS SOURCES)
  get_filename_component(name "${source}" NAME_WE)
  file(STRINGS "${source}" included REGEX "^#include <")
  list(APPEND headers ${included})
  string(APPEND bodies "namespace ${name} {\n#include \"${source}\"\n}\n")
endforeach()
list(REMOVE_DUPLICATES headers)
list(JOIN headers "\n" headers)
file(WRITE "${FOLDER}/compiles_without.cpp" "${headers}\n${bodies}")
execute_process(COMMAND "${COMPILER}" -std=c++20 -fsyntax-only ${INCLUDES} "${FOLDER}/compiles_without.cpp"
  RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
if(failed)
  message(FATAL_ERROR "a file does not compile even without its misuse:\n${text}")
endif()
