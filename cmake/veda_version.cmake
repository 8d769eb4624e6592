# Reads the version from the one place where it is written. Sets VEDA_VERSION and VEDA_ABI_VERSION.
set(version_header "${CMAKE_CURRENT_LIST_DIR}/../capi/include/veda/version.h")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${version_header}")
file(READ "${version_header}" version_text)

foreach(part IN ITEMS VERSION_MAJOR VERSION_MINOR VERSION_PATCH ABI_VERSION)
  if(NOT version_text MATCHES "#define VEDA_${part} ([0-9]+)")
    message(FATAL_ERROR "veda: ${version_header} defines no VEDA_${part}")
  endif()
  set(VEDA_${part} ${CMAKE_MATCH_1})
endforeach()
set(VEDA_VERSION ${VEDA_VERSION_MAJOR}.${VEDA_VERSION_MINOR}.${VEDA_VERSION_PATCH})
