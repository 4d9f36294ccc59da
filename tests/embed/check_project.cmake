# SPDX-License-Identifier: Apache-2.0
# Configures, builds and runs one of the projects of examples/embed; its output is that in the head of its main.cpp.
#
#   cmake -DPROJECT=... -DBUILD=... -DCONFIGURE=OPTION;... -DCHECK=check_output.cmake -P check_project.cmake
cmake_minimum_required(VERSION 3.25)

file(REMOVE_RECURSE ${BUILD})
# Without optimisation: this is about finding, compiling and linking.
execute_process(COMMAND ${CMAKE_COMMAND} -S ${PROJECT} -B ${BUILD} -G Ninja ${CONFIGURE}
                COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${BUILD} COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -DPROGRAM=${BUILD}/my_model -DSOURCE=${PROJECT}/main.cpp -P ${CHECK}
                COMMAND_ERROR_IS_FATAL ANY)
