# The objects, the two libraries made of them, and the header-only C++ layer.

file(GLOB veda_sources CONFIGURE_DEPENDS
  "${PROJECT_SOURCE_DIR}/runtime/base/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/os/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/telemetry/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/memory/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/job/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/deque/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/sleep/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/pool/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/fork/*.cpp"
  "${PROJECT_SOURCE_DIR}/runtime/adapt/*.cpp"
  "${PROJECT_SOURCE_DIR}/capi/src/*.cpp")

# What every piece of the library, and the unit tests that look inside it, are compiled with.
add_library(veda_inside INTERFACE)
target_compile_features(veda_inside INTERFACE cxx_std_20)
target_include_directories(veda_inside INTERFACE
  "${PROJECT_SOURCE_DIR}/capi/include" "${PROJECT_SOURCE_DIR}/runtime")
target_compile_options(veda_inside INTERFACE -Wall -Wextra)
target_link_libraries(veda_inside INTERFACE Threads::Threads)
foreach(name IN ITEMS HWLOC)
  if(VEDA_HAVE_${name})
    target_compile_definitions(veda_inside INTERFACE VEDA_HAVE_${name})
    target_include_directories(veda_inside SYSTEM INTERFACE ${VEDA_${name}_INCLUDE_DIRS})
    target_link_directories(veda_inside INTERFACE ${VEDA_${name}_LIBRARY_DIRS})
    target_link_libraries(veda_inside INTERFACE ${VEDA_${name}_LIBRARIES})
  endif()
endforeach()

# One set of objects for both libraries. Symbols for profilers cost nothing at run time (-g); the one
# thread-local pointer is reached without a call (initial-exec).
add_library(veda_objects OBJECT ${veda_sources})
target_link_libraries(veda_objects PRIVATE veda_inside)

# The exported functions once more for the static library, hidden: a plug-in that links it must not offer
# them to the process as its own.
file(GLOB veda_capi_sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/capi/src/*.cpp")
add_library(veda_hidden_capi OBJECT ${veda_capi_sources})
target_link_libraries(veda_hidden_capi PRIVATE veda_inside)
target_compile_definitions(veda_hidden_capi PRIVATE VEDA_STATIC)
foreach(target IN ITEMS veda_objects veda_hidden_capi)
  target_compile_options(${target} PRIVATE -g -ftls-model=initial-exec)
  set_target_properties(${target} PROPERTIES
    POSITION_INDEPENDENT_CODE ON
    CXX_VISIBILITY_PRESET hidden
    VISIBILITY_INLINES_HIDDEN ON
    CXX_EXTENSIONS OFF)
endforeach()
if(VEDA_COVERAGE)
  # Atomic counts: workers run the same lines at the same time.
  target_compile_options(veda_objects PRIVATE --coverage -fprofile-update=atomic)
  add_link_options(--coverage)
endif()

function(veda_add_library target kind export_name)
  add_library(${target} ${kind} ${ARGN})
  add_library(veda::${export_name} ALIAS ${target})
  target_include_directories(${target} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/capi/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  # By bare names, so that an installed static library does not carry this machine's paths.
  target_link_libraries(${target} PRIVATE Threads::Threads)
  foreach(name IN ITEMS HWLOC)
    if(VEDA_HAVE_${name})
      target_link_directories(${target} PRIVATE ${VEDA_${name}_LIBRARY_DIRS})
      target_link_libraries(${target} PRIVATE ${VEDA_${name}_LIBRARIES})
    endif()
  endforeach()
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME veda EXPORT_NAME ${export_name} LINKER_LANGUAGE CXX)
endfunction()

include(GNUInstallDirs)
veda_add_library(veda SHARED veda $<TARGET_OBJECTS:veda_objects>)
set_target_properties(veda PROPERTIES
  VERSION ${VEDA_ABI_VERSION}.${VEDA_VERSION_MINOR}.${VEDA_VERSION_PATCH}
  SOVERSION ${VEDA_ABI_VERSION}
  LINK_DEPENDS "${PROJECT_SOURCE_DIR}/capi/veda.map")
# nodelete: workers run our code, so dlclose must not unmap it.
target_link_options(veda PRIVATE
  "LINKER:--version-script=${PROJECT_SOURCE_DIR}/capi/veda.map" "LINKER:-z,nodelete"
  "LINKER:--as-needed")
if(NOT VEDA_SANITIZE)
  target_link_options(veda PRIVATE "LINKER:--no-undefined")
endif()
veda_add_library(veda_static STATIC veda_static
  $<FILTER:$<TARGET_OBJECTS:veda_objects>,EXCLUDE,/capi/src/> $<TARGET_OBJECTS:veda_hidden_capi>)
# A C project links with the C compiler, which brings neither the C++ library nor <fenv.h>'s functions.
target_link_libraries(veda_static INTERFACE stdc++ m)

add_library(veda_cxx INTERFACE)
add_library(veda::cxx ALIAS veda_cxx)
set_target_properties(veda_cxx PROPERTIES EXPORT_NAME cxx)
target_compile_features(veda_cxx INTERFACE cxx_std_20)
target_include_directories(veda_cxx INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/cxx/include>"
  "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(veda_cxx INTERFACE veda)
