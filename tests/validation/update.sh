#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Runs the backtests and writes what they give into docs/: the tables of validation.md and its pictures. The
# tests compare both with the program, so this is due again whenever results change.
#
#   bash tests/validation/update.sh [PROGRAM]        PROGRAM: the program lode, build/release/examples/lode by default
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$(realpath "${1:-$root/build/release/examples/lode}")
page=$root/docs/validation.md
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin"
ln -s "$program" "$scratch/bin/lode"
ln -s "$root" "$scratch/lode"

for folder in "$root"/tests/validation/*/; do
  name=$(basename "$folder")
  if grep -qF "(pictures/validation-$name.svg)" "$page"; then
    "$program" backtest --quiet "$folder" --format svg --output "$root/docs/pictures/validation-$name.svg"
  fi
done

# The text block after a block of commands is what they print.
block='' command='' last=''
while IFS= read -r line; do
  if [ "$line" = '```' ]; then
    if [ "$block" = sh ]; then last=$command; fi
    block=''
  elif [[ $line == '```'* ]]; then
    block=${line#'```'} command=''
    if [ "$block" = text ] && [ -n "$last" ]; then
      printf '%s\n' "$line"
      (cd "$scratch" && PATH=$scratch/bin:$PATH bash -euo pipefail -c "$last")
      block=replaced last=''
      continue
    fi
    last=''
  elif [ "$block" = replaced ]; then
    continue
  else
    command+=$line$'\n'
  fi
  printf '%s\n' "$line"
done <"$page" >"$scratch/page"
cat "$scratch/page" >"$page"
