# SPDX-License-Identifier: Apache-2.0
# Runs a program and compares what it prints, exactly, with the head comment of its source: the lines after "// Output:",
# without the leading "//   ".
#
#   cmake -DPROGRAM=... -DSOURCE=... [-DARGUMENTS=...] -P check_output.cmake
cmake_minimum_required(VERSION 3.25)

execute_process(COMMAND ${PROGRAM} ${ARGUMENTS} RESULT_VARIABLE code OUTPUT_VARIABLE printed ERROR_VARIABLE errors)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}:\n${errors}")
endif()

file(READ ${SOURCE} text)
if(NOT text MATCHES "\n// Output:((\n//[^\n]*)+)\n")
  message(FATAL_ERROR "${SOURCE} has no line \"// Output:\" with the output below it")
endif()
string(REPLACE "\n//   " "\n" expected "${CMAKE_MATCH_1}\n")
string(REPLACE "\n//" "\n" expected "${expected}")
string(SUBSTRING "${expected}" 1 -1 expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "${SOURCE} says\n${expected}\nbut the program prints\n${printed}")
endif()
