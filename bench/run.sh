#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the benchmarks (preset "bench") and runs them; prints the machine first and the ratios last.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. examples/setup.sh
lode_libraries+=(libbenchmark-dev coinor-libclp-dev libsuitesparse-dev)
lode_install
cmake --preset bench >&2
cmake --build --preset bench -j"$(nproc)" >&2
grep -m1 'model name' /proc/cpuinfo
"${CXX:-c++}" --version | head -n 1
build/bench/bench/propagate_bench "$@"
build/bench/bench/simulate_bench
build/bench/bench/ensemble_bench
build/bench/bench/rank_bench
build/bench/bench/sensitivity_bench
build/bench/bench/exposure_bench
build/bench/bench/load_bench
build/bench/bench/reconcile_bench
build/bench/bench/optimize_bench
build/bench/bench/reallocate_bench
build/bench/bench/factor_bench
bash bench/compile_time.sh
