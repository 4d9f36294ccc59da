#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Installs what is missing, builds the program `lode` and runs it on the built-in data. Arguments go to `lode`:
#
#   bash examples/run.sh
#   bash examples/run.sh propagate --scenario china-full-stop
#
# stdout carries only what `lode` prints; everything else goes to stderr.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=setup.sh
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
lode_install
lode_configure
lode_build lode_program
exec "$lode_build_dir/examples/lode" "$@"
