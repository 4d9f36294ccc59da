#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Installs what is missing, builds everything and runs all tests. Arguments go to CTest:
#
#   bash tests/run.sh
#   bash tests/run.sh -R docs
#
# The last line is the count, "N passed, N failed"; the exit code is 0 only if tests ran and none failed.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../examples/setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/../examples/setup.sh"
lode_libraries+=(coinor-libclp-dev libopenmpi-dev openmpi-bin)
lode_install
lode_configure
# A build folder that was configured for the examples alone looks for CLP and MPI again.
if grep -Eq '(LODE_CLP_LIBRARY|MPI_CXX_COMPILER).*NOTFOUND' "$lode_build_dir/CMakeCache.txt"; then
  (cd "$lode_root" && cmake --preset release) >&2 </dev/null || lode_stop "CMake could not configure; see above"
fi
lode_build

log=$(mktemp)
trap 'rm -f "$log"' EXIT
cd "$lode_root"
status=0
ctest --preset release -j "$lode_jobs" "$@" </dev/null 2>&1 | tee "$log" || status=$?

# CTest's summary: "98% tests passed, 1 tests failed out of 50", or "No tests were found!!!".
summary=$(grep -E '^[0-9]+% tests passed, [0-9]+ tests? failed out of [0-9]+' "$log" | tail -n 1 || true)
if [ -z "$summary" ]; then
  lode_say "no test ran"
  printf '0 passed, 0 failed\n'
  exit 1
fi
failed=$(sed -E 's/.*passed, ([0-9]+) tests? failed.*/\1/' <<<"$summary")
total=$(sed -E 's/.*out of ([0-9]+).*/\1/' <<<"$summary")
# CTest counts a test that skipped itself as passed; here it is neither.
skipped=$(grep -cF '***Skipped' "$log" || true)
printf '%d passed, %d failed' $((total - failed - skipped)) "$failed"
if [ "$skipped" -gt 0 ]; then printf ', %d skipped' "$skipped"; fi
printf '\n'
[ "$status" -eq 0 ] && [ "$failed" -eq 0 ] && [ $((total - skipped)) -gt 0 ]
