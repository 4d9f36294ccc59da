// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include <lode/config.hpp>

/// Numbers whose packs of eight never straddle two cache lines. Private.
namespace lode::inline LODE_ABI::detail {

template <class T>
struct AlignedAllocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};
  AlignedAllocator() = default;
  template <class Other>
  AlignedAllocator(const AlignedAllocator<Other>&) noexcept {}
  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), line)); }
  void deallocate(T* pointer, std::size_t) noexcept { ::operator delete(pointer, line); }
  friend bool operator==(AlignedAllocator, AlignedAllocator) { return true; }
};

using AlignedVector = std::vector<double, AlignedAllocator<double>>;

}  // namespace lode::inline LODE_ABI::detail
