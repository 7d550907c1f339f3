# One CMake library per module. A module is a folder: its sources are the .cpp files in it, and nothing else.

add_library(kraken_warnings INTERFACE)
target_compile_options(kraken_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wold-style-cast -Wsuggest-override -Wnon-virtual-dtor
  $<$<BOOL:${KRAKEN_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID MATCHES Clang)
  # clang 14 knows the override warning by another name.
  target_compile_options(kraken_warnings INTERFACE -Wno-unknown-warning-option)
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
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE "${root}")
    target_link_libraries(${target} INTERFACE ${ARG_DEPS})
  endif()
endfunction()
