# One CMake library per module. A module is a folder: its sources are the .cpp files in it, and nothing else.

add_library(kraken_warnings INTERFACE)
target_compile_options(kraken_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wsuggest-override -Wnon-virtual-dtor
  $<$<BOOL:${KRAKEN_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # False alarms of GCC 12 in its own std::string and std::map at -O2 and -O3 (gcc.gnu.org bug 105651).
  target_compile_options(kraken_warnings INTERFACE $<$<NOT:$<CONFIG:Debug>>:-Wno-restrict;-Wno-maybe-uninitialized>)
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # clang 14 knows the override warning by another name.
  target_compile_options(kraken_warnings INTERFACE -Wno-unknown-warning-option)
endif()

# Parsing these takes more than half of the time that a module's file takes. Without them, as in the presets for work and
# for tests, the compiler sees whether every file includes what it uses.
if(KRAKEN_PCH)
  file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/kraken_pch.cpp" CONTENT "")
  add_library(kraken_pch STATIC "${CMAKE_BINARY_DIR}/kraken_pch.cpp")
  target_link_libraries(kraken_pch PRIVATE kraken_warnings)
  target_precompile_headers(kraken_pch PRIVATE
    <algorithm> <array> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <string_view>
    <thread> <vector>)
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)  # for ccache
endif()

# kraken_module(NAME ROOT [DEPS target...] [PRIVATE target...])
#   NAME     target kraken_<NAME with / as _>, built from <current folder>'s .cpp files
#   ROOT     the folder that #include paths start at
#   DEPS     modules and libraries whose headers this module's headers use
#   PRIVATE  libraries that only this module's .cpp files use
function(kraken_module name root)
  cmake_parse_arguments(ARG "" "" "DEPS;PRIVATE" ${ARGN})
  string(REPLACE "/" "_" target "kraken_${name}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC "${root}")
    target_link_libraries(${target} PUBLIC ${ARG_DEPS} PRIVATE kraken_warnings ${ARG_PRIVATE})
    if(KRAKEN_PCH)
      target_precompile_headers(${target} REUSE_FROM kraken_pch)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${root}")
    target_link_libraries(${target} INTERFACE ${ARG_DEPS})
  endif()
endfunction()
