#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What does including Lode cost a compilation? User seconds, best of five, beside including Eigen/SparseCore alone.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cat >"$scratch/eigen.cpp" <<'CPP'
#include <Eigen/SparseCore>
int main() {}
CPP
cat >"$scratch/lode.cpp" <<'CPP'
#include <lode/lode.hpp>
int main() {
  const lode::Dataset& data = lode::datasets::rare_earth_magnets_2024();
  return lode::propagate(data.network, data.scenarios.front()).materials.empty() ? 1 : 0;
}
CPP
flags=(-std=c++20 -O2 -c -Iinclude -isystem /usr/include/eigen3 -DSPDLOG_SHARED_LIB -DSPDLOG_COMPILED_LIB -DSPDLOG_FMT_EXTERNAL)
measure() {
  local best=""
  for _ in 1 2 3 4 5; do
    local t
    t=$( { TIMEFORMAT=%U; time "${CXX:-c++}" "${flags[@]}" "$@" -o "$scratch/out.o" >/dev/null; } 2>&1 )
    if [ -z "$best" ] || awk "BEGIN{exit !($t < $best)}"; then best=$t; fi
  done
  printf '%s' "$best"
}
eigen=$(measure "$scratch/eigen.cpp")
compiled=$(measure -DLODE_COMPILED "$scratch/lode.cpp")
printf 'Eigen/SparseCore included: %s s; lode/lode.hpp with lode::lode, calling propagate: %s s\n' "$eigen" "$compiled"
awk "BEGIN{r=$compiled/$eigen; printf \"%-72s %8.2f   goal <= 2      %s\n\", \"compile time: lode::lode / Eigen SparseCore\", r, r<=2?\"met\":\"MISSED\"}"
