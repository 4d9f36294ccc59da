#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Runs the backtests and writes what they give into docs/: the tables of validation.md and the pictures beside it. The
# tests compare both with the program, so they are due again whenever results change.
#
#   bash tests/validation/update.sh [PROGRAM]        PROGRAM: the program lode, build/release/examples/lode by default
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$(realpath "${1:-$root/build/release/examples/lode}")
page=$root/docs/validation.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

for folder in "$root"/tests/validation/*/; do
  name=$(basename "$folder")
  if [ ! -e "$folder/case.json" ]; then continue; fi
  "$program" backtest --quiet "$folder" >"$scratch/$name"
  if grep -qF "(validation-$name.svg)" "$page"; then
    "$program" backtest --quiet "$folder" --format svg --output "$root/docs/validation-$name.svg"
  fi
done

# The text block after `lode backtest .../NAME` is what it prints.
awk -v scratch="$scratch" '
  function copy(name, line) { while ((getline line < (scratch "/" name)) > 0) print line; close(scratch "/" name) }
  /^lode backtest [^ ]*tests\/validation\/[^ ]+$/ { name = $0; sub(/.*\//, "", name) }
  inside && $0 == "```" { inside = 0 }
  !inside { print }
  $0 == "```text" && name != "" { copy(name); name = ""; inside = 1 }
' "$page" >"$scratch/.page"
cat "$scratch/.page" >"$page"
