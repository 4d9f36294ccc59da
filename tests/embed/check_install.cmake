# SPDX-License-Identifier: Apache-2.0
# Installs a build into an empty prefix and checks that what belongs there is there.
#
#   cmake -DBUILD=... -DSOURCE=... -DPREFIX=... [-DCONFIGURE=OPTION;...] -P check_install.cmake
#
# With CONFIGURE the build folder is configured first, with these options, and only headers are expected.
cmake_minimum_required(VERSION 3.25)

if(DEFINED CONFIGURE)
  file(REMOVE_RECURSE ${BUILD})
  execute_process(COMMAND ${CMAKE_COMMAND} -S ${SOURCE} -B ${BUILD} -G Ninja ${CONFIGURE} COMMAND_ERROR_IS_FATAL ANY)
endif()
file(REMOVE_RECURSE ${PREFIX})
execute_process(COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${PREFIX} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)

function(require_file path)
  if(NOT EXISTS ${path})
    message(SEND_ERROR "not installed: ${path}")
  endif()
endfunction()

# Every file below `from` that matches stands below `to`, word for word.
function(require_tree from to)
  file(GLOB_RECURSE files RELATIVE ${from} ${from}/*)
  foreach(name IN LISTS files)
    if(DEFINED CONFIGURE AND name MATCHES "^(io/|report/|datasets\\.hpp|log\\.hpp|mpi\\.hpp)")
      continue()
    endif()
    require_file(${to}/${name})
    file(SHA256 ${from}/${name} original)
    file(SHA256 ${to}/${name} copy)
    if(NOT original STREQUAL copy)
      message(SEND_ERROR "differs from its original: ${to}/${name}")
    endif()
  endforeach()
endfunction()

require_tree(${SOURCE}/include/lode ${PREFIX}/include/lode)
file(GLOB_RECURSE config ${PREFIX}/lodeConfig.cmake)
if(NOT config)
  message(SEND_ERROR "not installed: lodeConfig.cmake")
endif()
if(DEFINED CONFIGURE)
  return()
endif()

require_tree(${SOURCE}/src/data ${PREFIX}/share/lode)
require_file(${PREFIX}/bin/lode)
foreach(set rare-earth-magnets-2024 gallium-germanium-2022)
  execute_process(COMMAND ${PREFIX}/bin/lode validate --data ${PREFIX}/share/lode/${set}
                  OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
