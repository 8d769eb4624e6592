# cmake -DCOMPILER=.. -DINCLUDES=.. -DHEADERS=.. -P too_old.cmake
# Each public header, compiled as C++17, must say that it needs C++20, in a few lines.
cmake_minimum_required(VERSION 3.25)
list(LENGTH HEADERS count)
if(count LESS 10)
  message(FATAL_ERROR "only ${count} headers: wrong folder?")
endif()
list(TRANSFORM INCLUDES PREPEND "-I")
foreach(header IN LISTS HEADERS)
  execute_process(
    COMMAND "${COMPILER}" -std=c++17 -fsyntax-only -fdiagnostics-color=never ${INCLUDES} -x c++ "${header}"
    RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX MATCHALL "\n" lines "${text}")
  list(LENGTH lines count)
  string(FIND "${text}" "veda's C++ layer is C++20: compile with -std=c++20" found)
  if(NOT failed OR found EQUAL -1 OR count GREATER 30)
    message(FATAL_ERROR "${header} as C++17 says in ${count} lines:\n${text}")
  endif()
endforeach()
