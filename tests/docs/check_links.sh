#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Every relative link of README.md, CONTRIBUTING.md and docs/*.md leads to a file that exists, and every #anchor to a
# heading of it.
#
#   check_links.sh REPOSITORY
set -euo pipefail
export LC_ALL=C.UTF-8
cd "$1"
failures=0 links=0

fail() {
  printf '%s\n' "$1" >&2
  failures=$((failures + 1))
}

# Anchors of a page, one a line: lower case, punctuation dropped, blanks as hyphens.
anchors() { sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g'; }

for page in README.md CONTRIBUTING.md CHANGELOG.md docs/*.md; do
  [ -f "$page" ] || continue
  while IFS= read -r target; do
    case $target in
      http://* | https://* | mailto:*) continue ;;
      *) ;;
    esac
    links=$((links + 1))
    file=${target%%#*}
    path=$page
    if [ -n "$file" ]; then path=$(dirname "$page")/$file; fi
    if [ ! -e "$path" ]; then
      fail "$page: there is no $target"
    elif [[ $target == *'#'* ]] && ! anchors "$path" | grep -qxF -- "${target#*#}"; then
      fail "$page: $target is no heading"
    fi
  done < <(awk '/^```/ { code = !code } !code && !/^    /' "$page" | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//')
done
printf '%d links, %d problems\n' "$links" "$failures"
[ "$failures" -eq 0 ]
