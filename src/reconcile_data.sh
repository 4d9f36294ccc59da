#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes every reconciled data set anew from its published figures; a test checks that this changes no bit:
#
#   bash src/reconcile_data.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/data"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for published in *-published; do
  name=${published%-published}
  bash ../../examples/run.sh reconcile --data "$PWD/$published" --output "$scratch/$name"
  rm -rf "$name"
  cp -r "$scratch/$name" "$name"
done
