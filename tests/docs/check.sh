#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Runs and compiles what a Markdown page shows, as a reader would: against an installed Lode.
#
#   check.sh PAGE REPOSITORY PREFIX SCRATCH CMAKE CXX CXX_FLAGS
#
# Fenced blocks mean:
#
#   ```sh     bash runs it in SCRATCH, with the installed `lode` on PATH and the repository as the folder `lode`; it must
#             end with 0. A ```text block right after it is what it prints on stdout, exactly; a line `...` in it stands
#             for any number of lines.
#   ```cpp    with `int main`: a program, compiled against lode::lode and run; a ```text block after it is its output.
#             Without: the body of a function with `const lode::Dataset& dataset`, `const lode::Network& network` and
#             `const lode::Scenario& scenario` in reach, after `#include <lode/lode.hpp>` and <iostream>; compiled only.
#   other     only shown.
#
# An indented line that begins with `lode` is a command too, unless it holds `[`: it must end with 0 where `my-data`, a
# copy of the built-in data, and `my-shock.json` lie, and what it exports must not be there yet.
#
# A comment on the line before a block changes that:
#
#   <!-- save as: FILE -->     the block is written to SCRATCH/FILE
#   <!-- from: FILE -->        the block stands in this file of the repository, word for word
#   <!-- not run: REASON -->   the block is only shown
set -euo pipefail

page=$1 repository=$2 prefix=$3 scratch=$4 cmake=$5 compiler=$6 flags=$7
name=${page#"$repository"/}
failures=0 checked=0

fail() {
  printf '%s:%s: %s\n' "$name" "$1" "$2" >&2
  failures=$((failures + 1))
}

# Reads the page into one entry a block; `next[i]` is the line on which the block after nothing but blank lines begins.
languages=() notes=() lines=() texts=() next=()
read_blocks() {
  local line number=0 language='' note='' text='' inside=0 start=0 last=-1
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    if ((inside)); then
      if [ "$line" = '```' ]; then
        languages+=("$language") notes+=("$note") lines+=("$start") texts+=("$text") next+=(-1)
        last=$((${#languages[@]} - 1)) inside=0 note=''
      else
        text+=$line$'\n'
      fi
    elif [[ $line == '```'* ]]; then
      language=${line#'```'} inside=1 start=$number text=''
      if ((last >= 0)); then next[last]=$start; fi
    elif [[ $line =~ ^\ {4}lode($|\ ) && $line != *'['* ]]; then
      languages+=(command) notes+=('') lines+=("$number") texts+=("${line#    }"$'\n') next+=(-1)
      note='' last=-1
    elif [[ $line == '<!-- '*' -->' ]]; then
      note=${line#'<!-- '} note=${note%' -->'} last=-1
    elif [ -n "$line" ]; then
      note='' last=-1
    fi
  done <"$page"
  if ((inside)); then fail "$start" 'this block is never closed'; fi
}

# The expected output of block $1 in `expected`, or false.
expected=''
has_output() {
  local after=$(($1 + 1))
  [ "${next[$1]}" -ge 0 ] && [ "${languages[after]}" = text ] || return 1
  expected=${texts[after]}
}

# Compares the file $2 with what the page says about block $1.
compare() {
  local pattern dots=$'\n\\.\\.\\.\n'
  if ! has_output "$1"; then return 0; fi
  # Everything but the stars that stand for lines is escaped.
  pattern=$'\n'$(printf '%s' "$expected" | sed 's/[^A-Za-z0-9 ]/\\&/g')$'\n'
  pattern=${pattern//"$dots"/$'\n*'}
  # shellcheck disable=SC2053 # it is a pattern
  if [[ $'\n'$(cat "$2")$'\n' == $pattern ]]; then return 0; fi
  printf '%s' "$expected" | diff -u --label "$name" --label 'printed now' - "$2" >&2 || true
  fail "${lines[$1]}" 'the output is not what the page shows'
}

is_skipped() { [[ ${notes[$1]} == 'not run: '* ]]; }
is_program() { [[ ${texts[$1]} == *'int main('* ]]; }

# Programs and fragments become a project of their own.
write_sources() {
  local block line program=0 includes='' bodies='' in_body
  mkdir -p "$scratch/.cpp"
  for block in "${!languages[@]}"; do
    if [ "${languages[block]}" != cpp ] || is_skipped "$block"; then continue; fi
    if is_program "$block"; then
      program=$((program + 1))
      { printf '#line %d "%s"\n' $((lines[block] + 1)) "$name"; printf '%s' "${texts[block]}"; } \
        >"$scratch/.cpp/program_${lines[block]}.cpp"
      printf 'add_executable(program_%s program_%s.cpp)\ntarget_link_libraries(program_%s PRIVATE lode::lode)\n' \
        "${lines[block]}" "${lines[block]}" "${lines[block]}"
    else
      in_body=''
      while IFS= read -r line; do
        case $line in
          '#include'*) includes+=$line$'\n' in_body+=$'\n' ;;
          *) in_body+=$line$'\n' ;;
        esac
      done <<<"${texts[block]}"
      bodies+="void fragment_${lines[block]}([[maybe_unused]] const lode::Dataset& dataset, [[maybe_unused]] const "
      bodies+="lode::Network& network, [[maybe_unused]] const lode::Scenario& scenario) {"$'\n'
      bodies+="using namespace lode::literals;"$'\n'
      bodies+="#line $((lines[block] + 1)) \"$name\""$'\n'"$in_body}"$'\n'
    fi
  done >"$scratch/.cpp/targets.cmake"
  if [ -n "$bodies" ]; then
    printf '#include <iostream>\n#include <lode/lode.hpp>\n%s%s' "$includes" "$bodies" >"$scratch/.cpp/fragments.cpp"
    printf 'add_library(fragments OBJECT fragments.cpp)\ntarget_link_libraries(fragments PRIVATE lode::lode)\n' \
      >>"$scratch/.cpp/targets.cmake"
  fi
}

build_sources() {
  [ -s "$scratch/.cpp/targets.cmake" ] || return 0
  printf '%s\n' 'cmake_minimum_required(VERSION 3.25)' 'project(page CXX)' 'find_package(lode REQUIRED)' \
    'include(targets.cmake)' >"$scratch/.cpp/CMakeLists.txt"
  if ! "$cmake" -S "$scratch/.cpp" -B "$scratch/.cpp/build" -G Ninja "-DCMAKE_PREFIX_PATH=$prefix" \
    "-DCMAKE_CXX_COMPILER=$compiler" "-DCMAKE_CXX_FLAGS=$flags" >"$scratch/.cpp/log" 2>&1 ||
    ! "$cmake" --build "$scratch/.cpp/build" >>"$scratch/.cpp/log" 2>&1; then
    cat "$scratch/.cpp/log" >&2
    fail 1 'the C++ of this page does not build'
    return
  fi
}

# The scripts have tests of their own; here `bash examples/run.sh` is what it ends with.
# shellcheck disable=SC2016 # it expands where it runs
prelude='bash() { if [ "$1" = examples/run.sh ]; then shift; lode "$@"; else command bash "$@"; fi; }'

# Runs script $2 in the scratch folder; its output goes to $out. False, with a message at block $1, if it fails.
run_script() {
  if (cd "$scratch" && PATH=$prefix/bin:$PATH command bash -euo pipefail -c "$prelude"$'\n'"$2") \
    >"$out" 2>"$err" </dev/null; then return; fi
  cat "$err" >&2
  fail "${lines[$1]}" 'this command fails'
  return 1
}

# What indented commands expect to find.
# shellcheck disable=SC2016 # it expands where it runs
prepare='rm -rf my-data my-shock.json
lode export --quiet --output my-data
cp my-data/scenarios/china-full-stop.json my-shock.json
sed -i s/china-full-stop/my-shock/ my-shock.json
case $command in *export*) rm -rf my-data ;; esac
'

out=$scratch/.out err=$scratch/.err
run_block() {
  local block=$1 file
  case ${notes[block]} in
    'not run: '*)
      printf '%s:%s: not run (%s)\n' "$name" "${lines[block]}" "${notes[block]#'not run: '}"
      return
      ;;
    'save as: '*)
      file=${notes[block]#'save as: '}
      mkdir -p "$(dirname "$scratch/$file")"
      printf '%s' "${texts[block]}" >"$scratch/$file"
      ;;
    'from: '*)
      file=$repository/${notes[block]#'from: '}
      if [[ $(cat "$file" 2>/dev/null)$'\n' != *"${texts[block]}"* ]]; then
        fail "${lines[block]}" "this block does not stand in ${notes[block]#'from: '}"
      fi
      checked=$((checked + 1))
      return
      ;;
    *) ;;
  esac
  case ${languages[block]} in
    sh)
      checked=$((checked + 1))
      if run_script "$block" "${texts[block]}"; then compare "$block" "$out"; fi
      ;;
    command)
      checked=$((checked + 1))
      run_script "$block" "command='${texts[block]%$'\n'}'"$'\n'"$prepare${texts[block]}" || true
      ;;
    cpp)
      checked=$((checked + 1))
      file=$scratch/.cpp/build/program_${lines[block]}
      if ! is_program "$block" || [ ! -x "$file" ]; then return; fi
      if ! (cd "$scratch" && "$file") >"$out" 2>"$err" </dev/null; then
        cat "$err" >&2
        fail "${lines[block]}" 'this program fails'
      else
        compare "$block" "$out"
      fi
      ;;
    *) ;;
  esac
}

export CMAKE_GENERATOR=Ninja
rm -rf "$scratch"
mkdir -p "$scratch"
ln -s "$repository" "$scratch/lode"
read_blocks
write_sources
build_sources
for block in "${!languages[@]}"; do run_block "$block"; done
printf '%s: %d blocks checked, %d problems\n' "$name" "$checked" "$failures"
[ "$failures" -eq 0 ]
