# Optional libraries: each is used where it was found and wanted, and a message says which it is.
# Sets VEDA_HAVE_<X>, VEDA_<X>_LIBRARIES and veda_link_names (all of them, for veda.pc).
find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
set(veda_link_names "")

# without: what a build that lacks the library does instead.
function(veda_find_optional name module without)
  set(VEDA_HAVE_${name} OFF PARENT_SCOPE)
  if(NOT VEDA_WITH_${name})
    message(STATUS "veda: ${module} switched off by VEDA_WITH_${name}=OFF; ${without}")
    return()
  endif()
  if(PKG_CONFIG_FOUND)
    pkg_check_modules(VEDA_${name} QUIET ${module})
  endif()
  if(NOT VEDA_${name}_FOUND)
    message(STATUS "veda: ${module} not found (or no pkg-config to find it); ${without}")
    return()
  endif()
  message(STATUS "veda: ${module} ${VEDA_${name}_VERSION} found")
  set(VEDA_HAVE_${name} ON PARENT_SCOPE)
  set(VEDA_${name}_LIBRARIES "${VEDA_${name}_LIBRARIES}" PARENT_SCOPE)
  set(VEDA_${name}_INCLUDE_DIRS "${VEDA_${name}_INCLUDE_DIRS}" PARENT_SCOPE)
  set(VEDA_${name}_LIBRARY_DIRS "${VEDA_${name}_LIBRARY_DIRS}" PARENT_SCOPE)
  set(veda_link_names ${veda_link_names} ${VEDA_${name}_LIBRARIES} PARENT_SCOPE)
endfunction()

veda_find_optional(HWLOC hwloc "the topology comes from /sys")

# Nothing places memory yet, and the device room (gpu/) is not part of this version: saying so is better
# than a switch that lies.
if(VEDA_WITH_NUMA)
  message(STATUS "veda: placing memory comes with a later version; VEDA_WITH_NUMA has no effect yet, "
                 "and memory is placed by first touch")
endif()
if(VEDA_WITH_OPENCL)
  message(STATUS "veda: VEDA_WITH_OPENCL=${VEDA_WITH_OPENCL} changes nothing: "
                 "OpenCL devices are not in this version")
endif()
