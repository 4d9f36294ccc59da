# SPDX-License-Identifier: Apache-2.0
# Target lode_clp: COIN-OR's linear programming solver (Debian: coinor-libclp-dev), a second opinion for tests and
# benchmarks. Not there if CLP is not.
find_path(LODE_CLP_INCLUDE_DIR coin/ClpSimplex.hpp)
find_library(LODE_CLP_LIBRARY Clp)
find_library(LODE_COINUTILS_LIBRARY CoinUtils)
if(LODE_CLP_INCLUDE_DIR AND LODE_CLP_LIBRARY AND LODE_COINUTILS_LIBRARY AND NOT TARGET lode_clp)
  add_library(lode_clp INTERFACE)
  target_include_directories(lode_clp SYSTEM INTERFACE ${LODE_CLP_INCLUDE_DIR})
  target_link_libraries(lode_clp INTERFACE ${LODE_CLP_LIBRARY} ${LODE_COINUTILS_LIBRARY})
endif()
