# cmake -DCOMPILER=.. -DFLAGS=.. -DTEXT=.. -DINCLUDES=.. -DHEADERS=.. -P refused_at_once.cmake
# Each public header, compiled with flags that cannot work, must say so by this text, in a few lines.
cmake_minimum_required(VERSION 3.25)
list(LENGTH HEADERS count)
if(count LESS 10)
  message(FATAL_ERROR "only ${count} headers: wrong folder?")
endif()
list(TRANSFORM INCLUDES PREPEND "-I")
foreach(header IN LISTS HEADERS)
  execute_process(
    COMMAND "${COMPILER}" ${FLAGS} -fsyntax-only -fdiagnostics-color=never ${INCLUDES} -x c++ "${header}"
    RESULT_VARIABLE failed OUTPUT_VARIABLE text ERROR_VARIABLE text)
  string(REGEX MATCHALL "\n" lines "${text}")
  list(LENGTH lines count)
  string(FIND "${text}" "${TEXT}" found)
  if(NOT failed OR found EQUAL -1 OR count GREATER 30)
    message(FATAL_ERROR "${header} with ${FLAGS} says in ${count} lines:\n${text}")
  endif()
endforeach()
