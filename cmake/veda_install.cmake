# What lands on a user's machine: headers, both libraries, veda.pc, veda-config.cmake, the licences.
# The tree may be moved after installation: nothing in it names its own place.
include(CMakePackageConfigHelpers)

option(VEDA_INSTALL "Install veda with the project that contains it" ON)
if(NOT VEDA_INSTALL)
  return()
endif()

install(TARGETS veda veda_static veda_cxx EXPORT veda_targets
  LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}"
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
install(DIRECTORY capi/include/veda cxx/include/veda
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES README.md LICENSE LICENSE-MIT LICENSE-APACHE
  DESTINATION "${CMAKE_INSTALL_DOCDIR}" OPTIONAL)

# pkg-config: the prefix is found from the place of veda.pc itself. hwloc stands under
# Libs.private, not Requires.private: a program linked with libveda.so does not need hwloc.pc, which
# would ask a static one for libudev, which the shared libhwloc brings itself.
list(TRANSFORM veda_link_names PREPEND "-l" OUTPUT_VARIABLE veda_libs_private)
list(JOIN veda_libs_private " " veda_libs_private)
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY "/prefix" OUTPUT_VARIABLE libdir)
cmake_path(RELATIVE_PATH libdir BASE_DIRECTORY "/prefix" OUTPUT_VARIABLE libdir_in_prefix)
file(RELATIVE_PATH veda_prefix_from_pc "${libdir}/pkgconfig" "/prefix")
string(REGEX REPLACE "/$" "" veda_prefix_from_pc "${veda_prefix_from_pc}")
configure_file(veda.pc.in veda.pc @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/veda.pc"
  DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# find_package(veda CONFIG)
set(veda_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/veda")
configure_package_config_file(cmake/veda-config.cmake.in veda-config.cmake
  INSTALL_DESTINATION "${veda_cmake_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/veda-config-version.cmake"
  COMPATIBILITY SameMajorVersion)
install(EXPORT veda_targets NAMESPACE veda:: DESTINATION "${veda_cmake_dir}"
  FILE veda-targets.cmake)
install(FILES "${PROJECT_BINARY_DIR}/veda-config.cmake"
  "${PROJECT_BINARY_DIR}/veda-config-version.cmake" DESTINATION "${veda_cmake_dir}")
