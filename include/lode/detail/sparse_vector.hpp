// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <lode/config.hpp>

/// Private. Arrays and vectors of the simplex method, whose indices are `int` throughout.
namespace lode::inline LODE_ABI::optimize::detail {

/// A std::vector indexed by signed numbers.
template <class T>
class Array : public std::vector<T> {
 public:
  using std::vector<T>::vector;
  T& operator[](std::ptrdiff_t i) { return this->data()[i]; }
  const T& operator[](std::ptrdiff_t i) const { return this->data()[i]; }
  [[nodiscard]] int length() const { return static_cast<int>(this->size()); }
  void refill(int size, const T& value) { this->assign(static_cast<std::size_t>(size), value); }
  void lengthen(int size, const T& value) { this->resize(static_cast<std::size_t>(size), value); }
};

/// A vector of which the places that are not zero are listed: work on it costs what is there, not its length.
///
/// A listed place never holds an exact zero while it is worked on: what cancels becomes `trace`, which no product can
/// raise to anything that counts. `value[i] == 0` thus means "not listed".
struct SparseVector {
  static constexpr double trace = 1e-50;
  static constexpr double rounding = 1e-14;  ///< what is smaller after a subtraction is nothing

  Array<double> value;
  Array<int> index;
  int count = 0;

  void resize(int size) {
    value.refill(size, 0.0);
    index.refill(size + 1, 0);  // one more, so that a list may be written without looking at its end
    count = 0;
  }
  void clear() {
    if (count * 4 > value.length()) {
      std::fill(value.begin(), value.end(), 0.0);
    } else {
      for (int k = 0; k < count; ++k) value[index[k]] = 0.0;
    }
    count = 0;
  }
  void set(int i, double number) {
    if (value[i] == 0.0) index[count++] = i;
    value[i] = number;
  }
  void subtract(int i, double number) {
    const double before = value[i];
    if (before == 0.0) index[count++] = i;
    const double after = before - number;
    value[i] = std::abs(after) < rounding ? trace : after;
  }
  /// Takes what is rounding out of the list.
  void prune() {
    int kept = 0;
    for (int k = 0; k < count; ++k) {
      const int i = index[k];
      if (std::abs(value[i]) < rounding) {
        value[i] = 0.0;
      } else {
        index[kept++] = i;
      }
    }
    count = kept;
  }
  /// Lists anew after work that did not keep the list, in ascending order.
  void list() {
    // Without jumps: which places hold something can not be guessed.
    const int size = value.length();
    int found = 0;
    for (int i = 0; i < size; ++i) {
      const bool kept = std::abs(value[i]) >= rounding;
      value[i] = kept ? value[i] : 0.0;
      index[found] = i;
      found += kept ? 1 : 0;
    }
    count = found;
  }
  [[nodiscard]] double squared() const {
    double sum = 0.0;
    for (int k = 0; k < count; ++k) sum += value[index[k]] * value[index[k]];
    return sum;
  }
};

}  // namespace lode::inline LODE_ABI::optimize::detail
