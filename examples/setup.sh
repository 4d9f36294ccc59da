#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The Lode authors
#
# Shared by examples/run.sh and tests/run.sh, which source it: what has to be installed, and how the release preset is
# configured and built. Nothing here writes to stdout.
#
#   lode_install     installs what is missing (Debian and its relatives), or says what to install
#   lode_configure   configures build/release, if that was not done yet
#   lode_build [TARGET...]
#
# Environment: CXX (the compiler), LODE_JOBS (parallel jobs, default: the number of processors).

lode_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
lode_build_dir=$lode_root/build/release
lode_jobs=${LODE_JOBS:-$(nproc 2>/dev/null || echo 2)}
lode_compiler=${CXX:-c++}
set -o pipefail

lode_libraries=(libeigen3-dev libspdlog-dev nlohmann-json3-dev libcli11-dev libgtest-dev)

lode_say() { printf 'lode: %s\n' "$*" >&2; }

lode_stop() {
  printf 'lode: %s\n' "$@" >&2
  exit 1
}

# True if version $1 is at least version $2.
lode_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

lode_has() { command -v "$1" >/dev/null 2>&1; }

lode_is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

lode_install() {
  local packages=() package root=()
  if lode_has apt-get && lode_has dpkg-query; then
    lode_has "${lode_compiler%% *}" || packages+=(g++)
    lode_has cmake || packages+=(cmake)
    lode_has ninja || packages+=(ninja-build)
    for package in "${lode_libraries[@]}"; do
      lode_is_installed "$package" || packages+=("$package")
    done
    if [ ${#packages[@]} -gt 0 ]; then
      if [ -n "${CXX:-}" ] && [ "${packages[0]}" = g++ ]; then
        lode_stop "the compiler named by CXX, $CXX, is not there" "correct CXX, or unset it to use g++"
      fi
      if [ "$(id -u)" -ne 0 ]; then
        lode_has sudo || lode_stop "these packages are missing: ${packages[*]}" \
          "run this script as root, install sudo, or have them installed with apt-get install"
        root=(sudo)
        [ -t 0 ] || root=(sudo -n)
      fi
      lode_say "installing with apt-get: ${packages[*]}"
      lode_apt "${root[@]}" apt-get update || lode_stop "apt-get update failed; see above"
      lode_apt "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${packages[@]}" || lode_stop "apt-get could not install: ${packages[*]}; see above"
    fi
  else
    for package in "${lode_compiler%% *}" cmake ninja; do
      lode_has "$package" || packages+=("$package")
    done
    if [ ${#packages[@]} -gt 0 ]; then
      lode_stop "not found: ${packages[*]}; and there is no apt-get to install them with" \
        "install a C++20 compiler, CMake 3.25, Ninja, Eigen 3.4, spdlog 1.10, nlohmann-json 3.11, CLI11 2.1 and" \
        "GoogleTest 1.12 (and CLP 1.17, for the tests) by other means, and run this script again"
    fi
  fi
  lode_check_versions
}

# Runs apt-get quietly; shows what it said if it fails.
lode_apt() {
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    cat "$log" >&2
    rm -f "$log"
    return 1
  fi
}

lode_check_versions() {
  local version least name=g++
  version=$(cmake --version | sed -n '1s/.* //p')
  lode_at_least "$version" 3.25 ||
    lode_stop "CMake $version is too old: Lode needs 3.25 or newer" "Debian 12 has 3.25; install a newer CMake"
  # shellcheck disable=SC2086 # CXX may hold options.
  version=$($lode_compiler -dumpfullversion -dumpversion 2>/dev/null) ||
    lode_stop "$lode_compiler does not answer -dumpversion" "set CXX to g++ 12 or newer, or clang++ 14 or newer"
  least=12
  # shellcheck disable=SC2086
  if $lode_compiler --version 2>/dev/null | grep -qi clang; then
    name=clang++
    least=14
  fi
  lode_at_least "$version" $least || lode_stop "$name $version is too old: Lode needs $least or newer (C++20)" \
    "Debian 12 has g++ 12; set CXX to a newer compiler"
  lode_compiler_version="$name $version"
}

lode_configure() {
  local cache=$lode_build_dir/CMakeCache.txt options=()
  if [ -f "$lode_build_dir/build.ninja" ] && grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$lode_root" "$cache" 2>/dev/null
  then
    return
  fi
  # A build folder that came with a copied tree points elsewhere; a failed first attempt may hold wrong answers.
  [ -f "$cache" ] && options+=(--fresh)
  lode_has ccache && options+=(-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
  # Warnings stop the build only with the compiler that the project is tested with.
  case $lode_compiler_version in
    "g++ 12."*) ;;
    *) options+=(-DLODE_WERROR=OFF) ;;
  esac
  lode_say "configuring build/release with $lode_compiler_version"
  (cd "$lode_root" && cmake --preset release "${options[@]}") >&2 </dev/null ||
    lode_stop "CMake could not configure; see above"
}

lode_build() {
  local target options=()
  for target in "$@"; do options+=(--target "$target"); done
  [ -e "$lode_build_dir/examples/lode" ] ||
    lode_say "building with $lode_jobs parallel jobs; the first time takes a few minutes"
  # Where there is nothing to do there is nothing to say.
  cmake --build "$lode_build_dir" -j "$lode_jobs" "${options[@]}" 2>&1 </dev/null |
    sed -u -e '/Re-checking globbed directories/d' -e '/^ninja: no work to do/d' >&2 ||
    lode_stop "the build failed; see above"
}
