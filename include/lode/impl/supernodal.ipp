// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/OrderingMethods>

#include <lode/detail/supernodal.hpp>

namespace lode::inline LODE_ABI::optimize::detail {

/// target[places[i], j] -= sum over k of left[i, k] * right[k, j], for a tile of R rows and C columns that stays in
/// registers while k runs. `left` is column-major, `right` row-major.
template <int R, int C>
inline void subtract_tile(const double* left, std::size_t left_stride, const double* right, std::size_t right_stride,
                          int depth, const int* places, double* const* target) {
  double sum[C][R] = {};
  for (int k = 0; k < depth; ++k) {
    for (int j = 0; j < C; ++j) {
      for (int i = 0; i < R; ++i) sum[j][i] += left[i] * right[j];
    }
    left += left_stride;
    right += right_stride;
  }
  for (int j = 0; j < C; ++j) {
    for (int i = 0; i < R; ++i) target[j][places[i]] -= sum[j][i];
  }
}

template <int C>
inline void subtract_columns(const double* left, std::size_t left_stride, int height, const double* right,
                             std::size_t right_stride, int depth, const int* places, double* const* target) {
  constexpr int tile = 4;
  int i = 0;
  for (; i + tile <= height; i += tile) {
    subtract_tile<tile, C>(left + i, left_stride, right, right_stride, depth, places + i, target);
  }
  for (; i < height; ++i) {
    subtract_tile<1, C>(left + i, left_stride, right, right_stride, depth, places + i, target);
  }
}

/// The lower part of target -= left * (D left')[., 0 .. width): rows above the diagonal of a tile get numbers that
/// nobody reads.
inline void subtract_product(const double* left, std::size_t left_stride, int height, const double* right, int width,
                             int depth, const int* places, double* panel, std::size_t panel_stride,
                             const int* columns) {
  const auto right_stride = static_cast<std::size_t>(width);
  for (int j = 0; j < width; j += 4) {
    const int count = std::min(4, width - j);
    double* target[4] = {};
    for (int c = 0; c < count; ++c) target[c] = panel + static_cast<std::size_t>(columns[j + c]) * panel_stride;
    switch (count) {
      case 4:
        subtract_columns<4>(left + j, left_stride, height - j, right + j, right_stride, depth, places + j, target);
        break;
      case 3:
        subtract_columns<3>(left + j, left_stride, height - j, right + j, right_stride, depth, places + j, target);
        break;
      case 2:
        subtract_columns<2>(left + j, left_stride, height - j, right + j, right_stride, depth, places + j, target);
        break;
      default:
        subtract_columns<1>(left + j, left_stride, height - j, right + j, right_stride, depth, places + j, target);
    }
  }
}

LODE_INLINE void SupernodalFactor::analyse(const Eigen::SparseMatrix<double>& lower) {
  eliminate(lower);
  find_rows();
  const auto size = static_cast<std::size_t>(lower.rows());
  pivots_.setZero(lower.rows());
  permuted_.resize(lower.rows());
  local_.assign(size, 0);
  head_.assign(panels_.size(), -1);
  next_.assign(panels_.size(), -1);
  reached_.assign(panels_.size(), 0);
  int tallest = 0;
  std::size_t widest = 0;
  for (const Panel& panel : panels_) {
    tallest = std::max(tallest, panel.height);
    widest = std::max(widest, static_cast<std::size_t>(panel.columns));
  }
  places_.resize(static_cast<std::size_t>(tallest));
  gathered_.resize(tallest);
  scaled_.resize(widest * widest);
  values_.resize(panels_.empty() ? 0
                                 : panels_.back().values + static_cast<std::size_t>(panels_.back().columns) *
                                                               static_cast<std::size_t>(panels_.back().height));
}

LODE_INLINE void SupernodalFactor::eliminate(const Eigen::SparseMatrix<double>& lower) {
  const auto n = static_cast<int>(lower.rows());
  Eigen::PermutationMatrix<Eigen::Dynamic, Eigen::Dynamic, int> found;
  if (n > 0) Eigen::AMDOrdering<int>()(lower.selfadjointView<Eigen::Lower>(), found);
  std::vector<int> order(static_cast<std::size_t>(n));
  for (int k = 0; k < n; ++k) order[static_cast<std::size_t>(k)] = found.size() == 0 ? k : found.indices()[k];

  // The second pass is in postorder, where children stand right before their parents.
  const int* const outer = lower.outerIndexPtr();
  const int* const inner = lower.innerIndexPtr();
  std::vector<int> parent(static_cast<std::size_t>(n)), count(static_cast<std::size_t>(n));
  std::vector<int> position(static_cast<std::size_t>(n));
  std::vector<int> row_start, row_column, row_source;
  const auto at = [](auto& list, auto i) -> auto& {
    return list[static_cast<std::size_t>(i)];
  };
  for (const bool last : {false, true}) {
    for (int k = 0; k < n; ++k) at(position, at(order, k)) = k;
    row_start.assign(static_cast<std::size_t>(n) + 1, 0);
    for (int j = 0; j < n; ++j) {
      for (int k = outer[j]; k < outer[j + 1]; ++k) {
        if (inner[k] >= j) ++at(row_start, std::max(at(position, j), at(position, inner[k])) + 1);
      }
    }
    for (int i = 0; i < n; ++i) at(row_start, i + 1) += at(row_start, i);
    row_column.resize(static_cast<std::size_t>(row_start.back()));
    row_source.resize(row_column.size());
    std::vector<int> fill = row_start;
    for (int j = 0; j < n; ++j) {
      for (int k = outer[j]; k < outer[j + 1]; ++k) {
        if (inner[k] < j) continue;
        const auto [low, high] = std::minmax(at(position, j), at(position, inner[k]));
        at(row_column, at(fill, high)) = low;
        at(row_source, at(fill, high)++) = k;
      }
    }
    // Elimination tree (Liu 1990), with shortcuts to the roots.
    std::vector<int> shortcut(static_cast<std::size_t>(n), -1);
    std::fill(parent.begin(), parent.end(), -1);
    for (int i = 0; i < n; ++i) {
      for (int k = at(row_start, i); k < at(row_start, i + 1); ++k) {
        int j = at(row_column, k);
        while (j != -1 && j < i) {
          const int up = at(shortcut, j);
          at(shortcut, j) = i;
          if (up == -1) at(parent, j) = i;
          j = up;
        }
      }
    }
    if (last) break;
    std::vector<int> first_child(static_cast<std::size_t>(n), -1), sibling(static_cast<std::size_t>(n), -1);
    std::vector<int> stack, post;
    for (int j = n; j-- > 0;) {
      if (at(parent, j) == -1) continue;
      at(sibling, j) = at(first_child, at(parent, j));
      at(first_child, at(parent, j)) = j;
    }
    for (int root = 0; root < n; ++root) {
      if (at(parent, root) != -1) continue;
      stack.push_back(root);
      while (!stack.empty()) {
        const int j = stack.back();
        const int child = at(first_child, j);
        if (child == -1) {
          post.push_back(at(order, j));
          stack.pop_back();
        } else {
          at(first_child, j) = at(sibling, child);
          stack.push_back(child);
        }
      }
    }
    order = std::move(post);
  }
  order_ = Eigen::Map<const Eigen::VectorXi>(order.data(), n);

  // How many entries a column of L has: walk up from every entry of a row to what the row has reached already.
  std::vector<int> mark(static_cast<std::size_t>(n), -1);
  for (int i = 0; i < n; ++i) {
    at(count, i) = 1;
    at(mark, i) = i;
    for (int k = at(row_start, i); k < at(row_start, i + 1); ++k) {
      for (int j = at(row_column, k); at(mark, j) != i; j = at(parent, j)) {
        at(mark, j) = i;
        ++at(count, j);
      }
    }
  }
  // From rows to columns.
  entry_start_.assign(static_cast<std::size_t>(n) + 1, 0);
  for (const int column : row_column) ++at(entry_start_, column + 1);
  for (int j = 0; j < n; ++j) at(entry_start_, j + 1) += at(entry_start_, j);
  entry_row_.resize(row_column.size());
  entry_source_.resize(row_column.size());
  std::vector<int> fill = entry_start_;
  for (int i = 0; i < n; ++i) {
    for (int k = at(row_start, i); k < at(row_start, i + 1); ++k) {
      const int to = at(fill, at(row_column, k))++;
      at(entry_row_, to) = i;
      at(entry_source_, to) = at(row_source, k);
    }
  }
  amalgamate(parent, count);
}

LODE_INLINE void SupernodalFactor::amalgamate(const std::vector<int>& parent, const std::vector<int>& count) {
  const auto n = static_cast<int>(parent.size());
  // Columns with one pattern: each but the last has the next as its parent and one entry more.
  panels_.clear();
  for (int j = 0; j < n; ++j) {
    const auto u = static_cast<std::size_t>(j);
    if (j > 0 && parent[u - 1] == j && count[u - 1] == count[u] + 1) {
      ++panels_.back().columns;
    } else {
      panels_.push_back({j, 1, count[u], 0, 0});
    }
  }
  // A panel joins the one after it if that is above it in the tree and the zeros that this stores are few, by the rules
  // of CHOLMOD (Chen, Davis, Hager and Rajamanickam 2008).
  std::vector<Panel> merged;
  std::vector<double> zeros;
  for (std::size_t p = panels_.size(); p-- > 0;) {
    const Panel own = panels_[p];
    merged.push_back(own);
    zeros.push_back(0.0);
    if (merged.size() < 2) continue;
    const Panel& above = merged[merged.size() - 2];
    const int up = parent[static_cast<std::size_t>(own.first + own.columns - 1)];
    if (up < above.first || up >= above.first + above.columns) continue;
    const int columns = own.columns + above.columns;
    const int height = own.columns + above.height;
    const double added = zeros[zeros.size() - 2] + static_cast<double>(own.columns) * (height - own.height);
    const double entries = static_cast<double>(columns) * (height - 0.5 * (columns - 1));
    const double share = added / entries;
    if (columns > 4 && !(columns <= 16 && share < 0.8) && !(columns <= 48 && share < 0.1) && share >= 0.05) continue;
    merged.pop_back();
    zeros.pop_back();
    merged.back() = {own.first, columns, height, 0, 0};
    zeros.back() = added;
  }
  panels_.assign(merged.rbegin(), merged.rend());
  panel_of_.resize(static_cast<std::size_t>(n));
  for (std::size_t p = 0; p < panels_.size(); ++p) {
    for (int j = 0; j < panels_[p].columns; ++j) {
      panel_of_[static_cast<std::size_t>(panels_[p].first + j)] = static_cast<int>(p);
    }
  }
}

LODE_INLINE void SupernodalFactor::find_rows() {
  const std::size_t count = panels_.size();
  std::vector<int> child(count, -1), sibling(count, -1), mark(panel_of_.size(), -1);
  rows_.clear();
  std::size_t values = 0;
  for (std::size_t p = 0; p < count; ++p) {
    Panel& panel = panels_[p];
    const int end = panel.first + panel.columns;
    panel.rows = rows_.size();
    for (int j = panel.first; j < end; ++j) rows_.push_back(j);
    const auto add = [&](int row) {
      if (row < end || mark[static_cast<std::size_t>(row)] == static_cast<int>(p)) return;
      mark[static_cast<std::size_t>(row)] = static_cast<int>(p);
      rows_.push_back(row);
    };
    for (int k = entry_start_[static_cast<std::size_t>(panel.first)]; k < entry_start_[static_cast<std::size_t>(end)];
         ++k) {
      add(entry_row_[static_cast<std::size_t>(k)]);
    }
    for (int c = child[p]; c != -1; c = sibling[static_cast<std::size_t>(c)]) {
      const Panel& below = panels_[static_cast<std::size_t>(c)];
      for (int i = below.columns; i < below.height; ++i) add(rows_[below.rows + static_cast<std::size_t>(i)]);
    }
    std::sort(rows_.begin() + static_cast<std::ptrdiff_t>(panel.rows) + panel.columns, rows_.end());
    panel.height = static_cast<int>(rows_.size() - panel.rows);
    panel.values = values;
    values += static_cast<std::size_t>(panel.columns) * static_cast<std::size_t>(panel.height);
    if (panel.height == panel.columns) continue;
    const auto up = static_cast<std::size_t>(
        panel_of_[static_cast<std::size_t>(rows_[panel.rows + static_cast<std::size_t>(panel.columns)])]);
    sibling[p] = child[up];
    child[up] = static_cast<int>(p);
  }
}

LODE_INLINE bool SupernodalFactor::factorise(const double* values) {
  std::fill(head_.begin(), head_.end(), -1);
  std::fill(values_.begin(), values_.end(), 0.0);
  for (std::size_t p = 0; p < panels_.size(); ++p) {
    const Panel& panel = panels_[p];
    const auto height = static_cast<std::size_t>(panel.height);
    double* const own = values_.data() + panel.values;
    const int* const rows = rows_.data() + panel.rows;
    for (int i = 0; i < panel.height; ++i) local_[static_cast<std::size_t>(rows[i])] = i;
    for (int j = 0; j < panel.columns; ++j) {
      const auto column = static_cast<std::size_t>(panel.first + j);
      for (int k = entry_start_[column]; k < entry_start_[column + 1]; ++k) {
        const auto entry = static_cast<std::size_t>(k);
        own[static_cast<std::size_t>(j) * height +
            static_cast<std::size_t>(local_[static_cast<std::size_t>(entry_row_[entry])])] =
            values[entry_source_[entry]];
      }
    }
    // What the panels below have for this one.
    const int end = panel.first + panel.columns;
    for (int d = head_[p], after = -1; d != -1; d = after) {
      const auto below_index = static_cast<std::size_t>(d);
      after = next_[below_index];
      const Panel& below = panels_[below_index];
      const int* const below_rows = rows_.data() + below.rows;
      const auto stride = static_cast<std::size_t>(below.height);
      const int from = reached_[below_index];
      int to = from;
      while (to < below.height && below_rows[to] < end) ++to;
      const int width = to - from;
      const int tall = below.height - from;
      for (int i = 0; i < tall; ++i) {
        places_[static_cast<std::size_t>(i)] = local_[static_cast<std::size_t>(below_rows[from + i])];
      }
      const double* const left = values_.data() + below.values + from;
      const std::size_t need = static_cast<std::size_t>(width) * static_cast<std::size_t>(below.columns);
      if (scaled_.size() < need) scaled_.resize(need);
      for (int k = 0; k < below.columns; ++k) {
        const double pivot = pivots_[below.first + k];
        for (int j = 0; j < width; ++j) {
          scaled_[static_cast<std::size_t>(k * width + j)] =
              pivot * left[static_cast<std::size_t>(k) * stride + static_cast<std::size_t>(j)];
        }
      }
      subtract_product(left, stride, tall, scaled_.data(), width, below.columns, places_.data(), own, height,
                       places_.data());
      reached_[below_index] = to;
      if (to < below.height) {
        const auto up = static_cast<std::size_t>(panel_of_[static_cast<std::size_t>(below_rows[to])]);
        next_[below_index] = head_[up];
        head_[up] = d;
      }
    }
    if (!factorise_panel(panel)) return false;
    if (panel.height > panel.columns) {
      reached_[p] = panel.columns;
      const auto up = static_cast<std::size_t>(panel_of_[static_cast<std::size_t>(rows[panel.columns])]);
      next_[p] = head_[up];
      head_[up] = static_cast<int>(p);
    }
  }
  return true;
}

LODE_INLINE bool SupernodalFactor::factorise_panel(const Panel& panel) {
  constexpr int block = 16;
  const auto height = static_cast<std::size_t>(panel.height);
  double* const own = values_.data() + panel.values;
  for (int begin = 0; begin < panel.columns; begin += block) {
    const int width = std::min(block, panel.columns - begin);
    if (begin > 0) {
      // All earlier columns of the panel at once.
      const int tall = panel.height - begin;
      for (int i = 0; i < tall; ++i) places_[static_cast<std::size_t>(i)] = begin + i;
      for (int k = 0; k < begin; ++k) {
        const double pivot = pivots_[panel.first + k];
        const double* const column = own + static_cast<std::size_t>(k) * height + begin;
        for (int j = 0; j < width; ++j) scaled_[static_cast<std::size_t>(k * width + j)] = pivot * column[j];
      }
      subtract_product(own + begin, height, tall, scaled_.data(), width, begin, places_.data(), own, height,
                       places_.data());
    }
    for (int j = begin; j < begin + width; ++j) {
      double* const column = own + static_cast<std::size_t>(j) * height;
      const double pivot = column[j];
      if (pivot == 0.0 || !std::isfinite(pivot)) return false;
      pivots_[panel.first + j] = pivot;
      const double inverse = 1.0 / pivot;
      for (int i = j + 1; i < panel.height; ++i) column[i] *= inverse;
      for (int next = j + 1; next < begin + width; ++next) {
        double* const other = own + static_cast<std::size_t>(next) * height;
        const double factor = column[next] * pivot;
        if (factor == 0.0) continue;
        for (int i = next; i < panel.height; ++i) other[i] -= factor * column[i];
      }
    }
  }
  return true;
}

LODE_INLINE void SupernodalFactor::solve(Eigen::VectorXd& b) const {
  const Eigen::Index n = order_.size();
  double* const x = permuted_.data();
  double* const below = gathered_.data();
  for (Eigen::Index k = 0; k < n; ++k) x[k] = b[order_[k]];
  for (const Panel& panel : panels_) {
    const double* const own = values_.data() + panel.values;
    const auto height = static_cast<std::size_t>(panel.height);
    double* const top = x + panel.first;
    for (int j = 0; j < panel.columns; ++j) {
      const double* const column = own + static_cast<std::size_t>(j) * height;
      for (int i = j + 1; i < panel.columns; ++i) top[i] -= column[i] * top[j];
    }
    const int tall = panel.height - panel.columns;
    if (tall == 0) continue;
    std::fill(below, below + tall, 0.0);
    int j = 0;
    for (; j + 4 <= panel.columns; j += 4) {
      const double* const c0 = own + static_cast<std::size_t>(j) * height + panel.columns;
      const double* const c1 = c0 + height;
      const double* const c2 = c1 + height;
      const double* const c3 = c2 + height;
      for (int i = 0; i < tall; ++i) {
        below[i] += (c0[i] * top[j] + c1[i] * top[j + 1]) + (c2[i] * top[j + 2] + c3[i] * top[j + 3]);
      }
    }
    for (; j < panel.columns; ++j) {
      const double* const column = own + static_cast<std::size_t>(j) * height + panel.columns;
      for (int i = 0; i < tall; ++i) below[i] += column[i] * top[j];
    }
    const int* const rows = rows_.data() + panel.rows + panel.columns;
    for (int i = 0; i < tall; ++i) x[rows[i]] -= below[i];
  }
  for (Eigen::Index k = 0; k < n; ++k) x[k] /= pivots_[k];
  for (std::size_t p = panels_.size(); p-- > 0;) {
    const Panel& panel = panels_[p];
    const double* const own = values_.data() + panel.values;
    const auto height = static_cast<std::size_t>(panel.height);
    const int* const rows = rows_.data() + panel.rows + panel.columns;
    double* const top = x + panel.first;
    const int tall = panel.height - panel.columns;
    for (int i = 0; i < tall; ++i) below[i] = x[rows[i]];
    // Four sums side by side: one alone waits for its additions.
    int j = 0;
    for (; j + 4 <= panel.columns; j += 4) {
      const double* const c0 = own + static_cast<std::size_t>(j) * height + panel.columns;
      const double* const c1 = c0 + height;
      const double* const c2 = c1 + height;
      const double* const c3 = c2 + height;
      double sums[4] = {};
      for (int i = 0; i < tall; ++i) {
        sums[0] += c0[i] * below[i];
        sums[1] += c1[i] * below[i];
        sums[2] += c2[i] * below[i];
        sums[3] += c3[i] * below[i];
      }
      for (int c = 0; c < 4; ++c) top[j + c] -= sums[c];
    }
    for (; j < panel.columns; ++j) {
      const double* const column = own + static_cast<std::size_t>(j) * height + panel.columns;
      double sum = 0.0;
      for (int i = 0; i < tall; ++i) sum += column[i] * below[i];
      top[j] -= sum;
    }
    for (j = panel.columns; j-- > 0;) {
      const double* const column = own + static_cast<std::size_t>(j) * height;
      double sum = 0.0;
      for (int i = j + 1; i < panel.columns; ++i) sum += column[i] * top[i];
      top[j] -= sum;
    }
  }
  for (Eigen::Index k = 0; k < n; ++k) b[order_[k]] = x[k];
}

LODE_INLINE Eigen::SparseMatrix<double> SupernodalFactor::lower_factor() const {
  const Eigen::Index n = order_.size();
  Eigen::SparseMatrix<double> out(n, n);
  if (n == 0) return out;
  Eigen::VectorXi sizes(n);
  for (const Panel& panel : panels_) {
    for (int j = 0; j < panel.columns; ++j) sizes[panel.first + j] = panel.height - j - 1;
  }
  out.reserve(sizes);
  for (const Panel& panel : panels_) {
    for (int j = 0; j < panel.columns; ++j) {
      const double* const column =
          values_.data() + panel.values + static_cast<std::size_t>(j) * static_cast<std::size_t>(panel.height);
      for (int i = j + 1; i < panel.height; ++i) {
        out.insert(rows_[panel.rows + static_cast<std::size_t>(i)], panel.first + j) = column[i];
      }
    }
  }
  out.makeCompressed();
  return out;
}

}  // namespace lode::inline LODE_ABI::optimize::detail
