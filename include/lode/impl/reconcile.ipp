// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <utility>

#include <lode/detail/balance_rows.hpp>
#include <lode/detail/chi_square.hpp>
#include <lode/detail/feasible_intervals.hpp>
#include <lode/detail/least_squares.hpp>
#include <lode/detail/rewrite_network.hpp>
#include <lode/detail/text.hpp>
#include <lode/reconcile.hpp>

namespace lode::inline LODE_ABI {

LODE_INLINE std::string_view to_string(Determination determination) {
  constexpr std::string_view names[] = {"measured", "exact", "solved", "undetermined"};
  return names[static_cast<std::size_t>(determination)];
}

LODE_INLINE std::string_view to_string(Balance balance) {
  constexpr std::string_view names[] = {"input", "output", "feed", "recovery", "demand", "total"};
  return names[static_cast<std::size_t>(balance)];
}

namespace detail {

static_assert(static_cast<int>(BalanceKind::demand) == static_cast<int>(Balance::demand));

/// Sets the least-squares problem up, solves it, and puts the answer into the words of the network.
class Reconciler {
 public:
  Reconciler(const Observations& found, const ReconcileOptions& options)
      : found_(found), network_(found.network), options_(options), columns_(found.network) {
    check_options();
    for (const PublishedTotal& total : found.totals) members_.push_back(members(network_, total));
    rows_ = balance_rows(network_);
    read_figures();
    build_problem();
  }

  [[nodiscard]] Reconciliation run() {
    Reconciliation result;
    result.figures = figures_;
    if (find_exact_above_capacity(result.conflict)) {
      result.status = SolveStatus::infeasible;
      return without_numbers(std::move(result));
    }
    LeastSquaresOptions settings;
    settings.max_iterations = options_.max_iterations;
    // A draw must balance; how near its point is to the nearest one is small beside how far it was moved.
    if (!options_.perturbation.empty()) settings.proven = 1e-3;
    if (options_.progress) {
      settings.go_on = [this](int iteration) {
        return options_.progress("least squares, step " + std::to_string(iteration));
      };
    }
    const LeastSquaresAnswer answer = solve(problem_, settings);
    result.iterations = answer.iterations;
    result.status = status_of(answer.status);
    if (result.status == SolveStatus::infeasible) describe(smallest_conflict(problem_, answer), result.conflict);
    if (result.status != SolveStatus::solved) return without_numbers(std::move(result));
    x_ = answer.x;
    if (!settle_undetermined(answer, result)) {
      result.status = stopped_ ? SolveStatus::interrupted : SolveStatus::not_converged;
      return without_numbers(std::move(result));
    }
    settle_zeros();
    result.chi_square = answer.chi_square;
    if (options_.uncertainties) {
      const Covariance covariance = covariance_at(problem_, x_);
      fill_figures(covariance, result);
      fill_balances(answer, covariance, result);
      result.degrees_of_freedom = covariance.degrees_of_freedom;
      result.probability = chi_square_tail(result.chi_square, result.degrees_of_freedom);
    } else {
      for (std::size_t j = 0; j < figures_.size(); ++j) {
        result.figures[j].value = x_[static_cast<Index>(j)] * tonnes_per_year;
      }
    }
    result.certificate.optimality = answer.optimality;
    if (!write_network(result)) {
      result.status = SolveStatus::not_converged;
      return without_numbers(std::move(result));
    }
    return result;
  }

 private:
  static Reconciliation without_numbers(Reconciliation result) {
    Reconciliation empty;
    empty.status = result.status;
    empty.iterations = result.iterations;
    empty.conflict = std::move(result.conflict);
    return empty;
  }

  static SolveStatus status_of(optimize::Status status) {
    switch (status) {
      case optimize::Status::optimal:
        return SolveStatus::solved;
      case optimize::Status::primal_infeasible:
        return SolveStatus::infeasible;
      case optimize::Status::interrupted:
        return SolveStatus::interrupted;
      default:
        return SolveStatus::not_converged;
    }
  }

  void check_options() const {
    std::vector<Issue> problems;
    const auto require = [&](bool is_legal, const char* name, double value, const char* mend) {
      if (!is_legal) {
        problems.push_back({{std::string("ReconcileOptions::") + name, 0, 0},
                            std::string(name) + ' ' + number_text(value) + " is out of range",
                            mend});
      }
    };
    const double sd = options_.default_relative_sd;
    require(sd > 0.0 && std::isfinite(sd), "default_relative_sd", sd, "give a share above 0, such as 0.1");
    require(options_.gross_error > 0.0, "gross_error", options_.gross_error, "give a number above 0, such as 3");
    require(options_.significant_digits >= 9 && options_.significant_digits <= 17, "significant_digits",
            options_.significant_digits, "give a number from 9 to 17: balances hold to 1e-6");
    require(options_.max_iterations > 0, "max_iterations", options_.max_iterations, "give a number above 0");
    if (!options_.perturbation.empty()) {
      const std::size_t all = columns_.size() + found_.totals.size();
      require(options_.perturbation.size() == all, "perturbation.size()",
              static_cast<double>(options_.perturbation.size()), "give a number for each figure and total");
      for (const double shift : options_.perturbation) {
        if (std::isfinite(shift)) continue;
        require(false, "perturbation", shift, "give finite numbers");
        break;
      }
    }
    if (!problems.empty()) throw InvalidArgument(std::move(problems));
  }

  [[nodiscard]] std::size_t column_of(TotalId id) const { return columns_.size() + id.index; }

  void read_figures() {
    figures_.resize(columns_.size() + found_.totals.size());
    lower_.assign(figures_.size(), 0.0);
    upper_.assign(figures_.size(), optimize::infinity);
    const auto read = [this](std::size_t column, FigureId id, TonnesPerYear value, std::optional<TonnesPerYear> sd,
                             std::optional<TonnesPerYear> capacity) {
      ReconciledFigure& figure = figures_[column];
      figure.id = id;
      figure.found = value;
      figure.found_sd = sd.value_or(options_.default_relative_sd * value);
      const bool is_exact = figure.found_sd->in(tonnes_per_year) <= 0.0;
      figure.determination = is_exact ? Determination::exact : Determination::measured;
      figure.value = value;
      if (capacity) upper_[column] = capacity->in(tonnes_per_year);
    };
    for (std::size_t f = 0; f < columns_.facilities; ++f) {
      const Facility& row = network_.facilities()[f];
      read(f, FacilityId{f}, row.baseline, row.baseline_sd, row.capacity);
    }
    for (std::size_t e = 0; e < columns_.end_uses; ++e) {
      const EndUse& row = network_.end_uses()[e];
      read(columns_.of(EndUseId{e}), EndUseId{e}, row.demand, row.demand_sd, std::nullopt);
    }
    for (std::size_t r = 0; r < columns_.routes; ++r) {
      const Route& row = network_.routes()[r];
      read(columns_.of(RouteId{r}), RouteId{r}, row.flow, row.flow_sd, row.capacity);
    }
    for (std::size_t t = 0; t < found_.totals.size(); ++t) {
      read(column_of(TotalId{t}), TotalId{t}, found_.totals[t].value, found_.totals[t].sd, std::nullopt);
    }
    const auto forget = [this](std::size_t column) {
      figures_[column].found.reset();
      figures_[column].found_sd.reset();
      figures_[column].determination = Determination::solved;
    };
    for (const FacilityId id : found_.unmeasured.baselines) forget(columns_.of(id));
    for (const EndUseId id : found_.unmeasured.demands) forget(columns_.of(id));
    for (const RouteId id : found_.unmeasured.flows) forget(columns_.of(id));
  }

  /// Feeds add up to the baseline. A use that nobody measured is what arrives: nothing says that more was wanted.
  [[nodiscard]] bool may_be_slack(const BalanceRow& row) const {
    if (row.kind == BalanceKind::feed) return false;
    return row.kind != BalanceKind::demand ||
           figures_[columns_.of(row.place.end_use())].determination != Determination::solved;
  }

  void build_problem() {
    const auto n = static_cast<Index>(figures_.size());
    const auto m = static_cast<Index>(rows_.size() + members_.size());
    problem_.centre.setZero(n);
    problem_.scale.setOnes(n);
    problem_.state.assign(figures_.size(), FigureState::measured);
    problem_.lower = Eigen::Map<const Eigen::VectorXd>(lower_.data(), n);
    problem_.upper = Eigen::Map<const Eigen::VectorXd>(upper_.data(), n);
    std::vector<Eigen::Triplet<double>> entries;
    problem_.row_lower.setZero(m);
    problem_.row_upper.setZero(m);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (const BalanceEntry& entry : rows_[i].entries) {
        entries.emplace_back(static_cast<Index>(i), static_cast<Index>(entry.column), entry.coefficient);
      }
      if (may_be_slack(rows_[i])) problem_.row_upper[static_cast<Index>(i)] = optimize::infinity;
    }
    for (std::size_t t = 0; t < members_.size(); ++t) {
      const auto row = static_cast<Index>(rows_.size() + t);
      entries.emplace_back(row, static_cast<Index>(column_of(TotalId{t})), 1.0);
      const auto subtract = [&](const auto& ids) {
        for (const auto id : ids) entries.emplace_back(row, static_cast<Index>(columns_.of(id)), -1.0);
      };
      subtract(members_[t].facilities);
      subtract(members_[t].end_uses);
      subtract(members_[t].routes);
    }
    problem_.rows.resize(m, n);
    problem_.rows.setFromTriplets(entries.begin(), entries.end());

    std::vector<double> sizes;
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      const auto column = static_cast<Index>(j);
      const ReconciledFigure& figure = figures_[j];
      if (figure.determination == Determination::solved) continue;
      problem_.centre[column] = figure.found->in(tonnes_per_year);
      if (figure.determination == Determination::exact) {
        problem_.state[j] = FigureState::fixed;
        problem_.lower[column] = problem_.upper[column] = problem_.centre[column];
      } else {
        problem_.scale[column] = figure.found_sd->in(tonnes_per_year);
        if (!options_.perturbation.empty()) problem_.centre[column] += options_.perturbation[j] * problem_.scale[column];
      }
      if (problem_.centre[column] > 0.0) sizes.push_back(problem_.centre[column]);
    }
    scale_unknowns(sizes);
  }

  /// A typical size for what nobody measured: that of the measured figures in its balances, in its own tonnes.
  void scale_unknowns(std::vector<double>& sizes) {
    double middle = 1.0;
    if (!sizes.empty()) {
      const auto half = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / 2);
      std::nth_element(sizes.begin(), half, sizes.end());
      middle = *half;
    }
    Eigen::VectorXd largest = Eigen::VectorXd::Zero(problem_.rows.rows());
    for (Index j = 0; j < problem_.rows.cols(); ++j) {
      for (Entries it(problem_.rows, j); it; ++it) {
        largest[it.row()] = std::max(largest[it.row()], std::abs(it.value() * problem_.centre[j]));
      }
    }
    for (Index j = 0; j < problem_.rows.cols(); ++j) {
      if (figures_[static_cast<std::size_t>(j)].determination != Determination::solved) continue;
      problem_.state[static_cast<std::size_t>(j)] = FigureState::unknown;
      double size = 0.0;
      for (Entries it(problem_.rows, j); it; ++it) {
        if (it.value() != 0.0) size = std::max(size, largest[it.row()] / std::abs(it.value()));
      }
      problem_.scale[j] = size > 0.0 ? size : middle;
    }
  }

  /// A figure that is exact and above its own capacity contradicts itself.
  bool find_exact_above_capacity(std::vector<Issue>& conflict) const {
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      if (figures_[j].determination != Determination::exact) continue;
      const double value = figures_[j].found->in(tonnes_per_year);
      if (value <= upper_[j]) continue;
      conflict.push_back({place_of(figures_[j].id),
                          noun_of(figures_[j].id) + ' ' + number_text(value) + " is exact but its capacity is " +
                              number_text(upper_[j]),
                          "give it a standard uncertainty above 0, or correct one of the two"});
    }
    return !conflict.empty();
  }

  [[nodiscard]] static std::string noun_of(const FigureId& id) {
    constexpr const char* nouns[] = {"baseline", "demand", "flow", "value"};
    return nouns[id.index()];
  }

  [[nodiscard]] std::string name_of(const FigureId& id) const {
    if (const auto* facility = std::get_if<FacilityId>(&id))
      return "facility " + detail::quoted(network_[*facility].id);
    if (const auto* use = std::get_if<EndUseId>(&id)) return "end use " + detail::quoted(network_[*use].id);
    if (const auto* total = std::get_if<TotalId>(&id)) return "total " + detail::quoted(found_.totals[total->index].id);
    const Route& route = network_[std::get<RouteId>(id)];
    return "route " + detail::quoted(network_.id(route.from)) + " -> " + detail::quoted(network_.id(route.to)) +
           " of " + detail::quoted(network_[route.commodity].id);
  }
  [[nodiscard]] Place place_of(const FigureId& id) const {
    return options_.locator ? options_.locator(id) : Place{name_of(id), 0, 0};
  }

  [[nodiscard]] std::string words_of(std::size_t row) const {
    if (row >= rows_.size()) return "the sum of total " + detail::quoted(found_.totals[row - rows_.size()].id);
    const BalanceRow& balance = rows_[row];
    const std::string place = detail::quoted(network_.id(balance.place));
    switch (balance.kind) {
      case BalanceKind::input:
        return place + " receives what it needs of " + detail::quoted(network_[balance.commodity].id);
      case BalanceKind::output:
        return place + " sends at most what it makes of " + detail::quoted(network_[balance.commodity].id);
      case BalanceKind::feed:
        return place + " takes all the feed that arrives";
      case BalanceKind::recovery:
        return place + " sends at most what it wins of " + detail::quoted(network_[balance.commodity].id);
      case BalanceKind::demand:
        break;
    }
    return place + " receives at most its demand";
  }
  [[nodiscard]] FigureId figure_at(std::size_t row) const {
    if (row >= rows_.size()) return TotalId{row - rows_.size()};
    const PlaceId place = rows_[row].place;
    if (place.is_facility()) return place.facility();
    return place.end_use();
  }

  void describe(const Conflict& conflict, std::vector<Issue>& issues) const {
    for (const std::size_t j : conflict.columns) {
      const ReconciledFigure& figure = figures_[j];
      const bool is_exact = figure.determination == Determination::exact;
      // A place in a file does not say the name; a place in code is the name.
      std::string what = options_.locator ? name_of(figure.id) + ": " : std::string{};
      std::string mend = "give it a standard uncertainty above 0, or correct it";
      if (is_exact) {
        what += noun_of(figure.id) + ' ' + number_text(figure.found->in(tonnes_per_year)) + " is exact";
      } else {
        what += noun_of(figure.id) + " is at least 0";
        if (std::isfinite(upper_[j])) what += " and at most its capacity " + number_text(upper_[j]);
        mend = std::isfinite(upper_[j]) ? "raise the capacity" : "it has to give way elsewhere";
      }
      issues.push_back({place_of(figure.id), what + ", which contradicts the others listed here", std::move(mend)});
    }
    for (const std::size_t row : conflict.rows) {
      issues.push_back({place_of(figure_at(row)), "the balance: " + words_of(row) + ", takes part in the contradiction",
                        "change a figure or a recipe in it"});
    }
  }

  void fill_figures(const Covariance& covariance, Reconciliation& result) const {
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      const auto column = static_cast<Index>(j);
      ReconciledFigure& figure = result.figures[j];
      figure.value = x_[column] * tonnes_per_year;
      if (figure.determination == Determination::undetermined) continue;
      if (figure.determination == Determination::exact) {
        figure.sd = TonnesPerYear{};
        continue;
      }
      const double variance = covariance.variance[column];
      if (std::isfinite(variance)) figure.sd = std::sqrt(variance) * tonnes_per_year;
      const double size = std::max(std::abs(x_[column]), problem_.scale[column]);
      figure.at_bound = x_[column] - lower_[j] <= 1e-12 * size || upper_[j] - x_[column] <= 1e-12 * size;
      if (figure.determination != Determination::measured) continue;
      const double prior = problem_.scale[column] * problem_.scale[column];
      const double checked = covariance.checked[column];
      // A figure that nothing checks has no residual worth the name: both are rounding.
      if (checked > covariance.least_checked * prior) {
        figure.z = (x_[column] - problem_.centre[column]) / std::sqrt(checked);
        figure.gross_error = std::abs(*figure.z) > options_.gross_error;
      }
    }
  }

  /// The interval of every figure that the equations leave open, and a choice of values. False if it did not work out.
  bool settle_undetermined(const LeastSquaresAnswer& answer, Reconciliation& result) {
    std::vector<std::size_t> open;
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      if (!answer.determined[j]) open.push_back(j);
    }
    if (open.empty()) return true;
    const auto go_on = [this](std::size_t done, std::size_t all) {
      if (!options_.progress) return true;
      stopped_ = !options_.progress("interval " + std::to_string(done + 1) + " of " + std::to_string(all));
      return !stopped_;
    };
    const std::optional<std::vector<FeasibleInterval>> intervals = feasible_intervals(problem_, x_, open, go_on);
    if (!intervals) return false;
    for (std::size_t k = 0; k < open.size(); ++k) {
      const auto column = static_cast<Index>(open[k]);
      const FeasibleInterval& interval = (*intervals)[k];
      ReconciledFigure& figure = result.figures[open[k]];
      x_[column] = interval.choice;
      const double width = interval.high - interval.low;
      if (width <= std::max(1e-6 * interval.high, 1e-8 * problem_.scale[column]) && std::isfinite(width)) {
        // Inequalities from both sides leave one value.
        continue;
      }
      figure.determination = Determination::undetermined;
      figure.low = interval.low * tonnes_per_year;
      if (std::isfinite(interval.high)) figure.high = interval.high * tonnes_per_year;
    }
    return true;
  }

  /// Balances hold to a relative tolerance, so a figure that has to be 0 must be 0 and not 1e-13: what rounding left of
  /// nothing, and what a balance leaves nothing for.
  void settle_zeros() {
    constexpr double rounding = 1e-12, least = 1e-7;  // of the figure's size
    const auto nothing = [this](Index j, double tolerance) {
      if (x_[j] == 0.0 || problem_.state[static_cast<std::size_t>(j)] == FigureState::fixed) return false;
      if (std::abs(x_[j]) > tolerance * (problem_.scale[j] + std::abs(problem_.centre[j]))) return false;
      x_[j] = 0.0;
      return true;
    };
    for (Index j = 0; j < x_.size(); ++j) nothing(j, rounding);
    const Eigen::SparseMatrix<double, Eigen::RowMajor> rows = problem_.rows;
    using Terms = Eigen::SparseMatrix<double, Eigen::RowMajor>::InnerIterator;
    for (bool changed = true; changed;) {
      changed = false;
      for (Index i = 0; i < rows.rows(); ++i) {
        double in = 0.0, out = 0.0;
        for (Terms it(rows, i); it; ++it) (it.value() > 0.0 ? in : out) += std::abs(it.value() * x_[it.col()]);
        const bool is_equation = problem_.row_lower[i] == problem_.row_upper[i];
        if (in == out || (in > 0.0 && !(is_equation && out == 0.0))) continue;
        for (Terms it(rows, i); it; ++it) changed = nothing(it.col(), least) || changed;
      }
    }
  }

  void fill_balances(const LeastSquaresAnswer& answer, const Covariance& covariance, Reconciliation& result) const {
    Eigen::VectorXd before = x_;
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      if (figures_[j].found) before[static_cast<Index>(j)] = figures_[j].found->in(tonnes_per_year);
    }
    const Eigen::VectorXd found = problem_.rows * before;
    const Eigen::VectorXd left = problem_.rows * x_;
    for (std::size_t i = 0; i < rows_.size() + members_.size(); ++i) {
      const auto row = static_cast<Index>(i);
      ReconciledBalance balance;
      if (i < rows_.size()) {
        balance.balance = static_cast<Balance>(rows_[i].kind);
        balance.place = rows_[i].place;
        balance.commodity = rows_[i].commodity;
      } else {
        balance.balance = Balance::total;
        balance.total = i - rows_.size();
      }
      balance.found = found[row] * tonnes_per_year;
      balance.left = left[row] * tonnes_per_year;
      balance.binds = covariance.row_is_tight[i];
      balance.pull = 2.0 * std::abs(answer.row_dual[row]);
      result.balances.push_back(balance);
    }
  }

  /// To `significant_digits`, but never past a bound.
  [[nodiscard]] double rounded(double value, std::size_t column) const {
    if (value == 0.0) return 0.0;
    const double text = rounded_to(value, options_.significant_digits);
    return std::min(std::max(text, lower_[column]), upper_[column]);
  }

  /// False if the figures, rounded, break a balance by more than a base year may.
  [[nodiscard]] bool write_network(Reconciliation& result) const {
    constexpr double most = 9e-7;
    std::vector<NewFigure> figures(columns_.size());
    Eigen::VectorXd x = x_;
    for (std::size_t j = 0; j < figures_.size(); ++j) {
      const auto column = static_cast<Index>(j);
      const ReconciledFigure& figure = result.figures[j];
      if (figure.determination != Determination::exact) x[column] = rounded(x_[column], j);
      if (j >= columns_.size()) continue;
      NewFigure& next = figures[j];
      next.value = x[column] * tonnes_per_year;
      next.note = note_of(figure, x[column]);
      const bool has_moved = !figure.found || next.value != *figure.found;
      if (figure.determination == Determination::exact || (!has_moved && !stated_sd(figure.id))) {
        next.sd = stated_sd(figure.id);  // the default must not look as if somebody had stated it
      } else if (figure.sd) {
        next.sd = rounded_to(figure.sd->in(tonnes_per_year), options_.significant_digits) * tonnes_per_year;
      } else if (figure.low && figure.high) {
        next.sd = rounded_to((figure.high->in(tonnes_per_year)-figure.low->in(tonnes_per_year)) / std::sqrt(12.0),
                             options_.significant_digits) *
                  tonnes_per_year;
      }
    }
    result.certificate.mass_balance = worst_imbalance(x);
    if (!(result.certificate.mass_balance <= most)) return false;
    result.network = rewrite_network(network_, figures);
    return true;
  }

  /// An exact figure keeps the uncertainty as stated, absent or 0.
  [[nodiscard]] std::optional<TonnesPerYear> stated_sd(const FigureId& id) const {
    if (const auto* facility = std::get_if<FacilityId>(&id)) return network_[*facility].baseline_sd;
    if (const auto* use = std::get_if<EndUseId>(&id)) return network_[*use].demand_sd;
    return network_[std::get<RouteId>(id)].flow_sd;
  }

  [[nodiscard]] std::string note_of(const ReconciledFigure& figure, double value) const {
    if (figure.determination == Determination::exact) return {};
    if (figure.determination == Determination::solved) return "solved from the balances";
    if (figure.determination == Determination::undetermined) {
      return "not determinable: anything from " + number_text(rounded_to(figure.low->in(tonnes_per_year), 6)) +
             (figure.high ? " to " + number_text(rounded_to(figure.high->in(tonnes_per_year), 6)) : " upwards");
    }
    if (figure.found->in(tonnes_per_year) == value) return {};
    return "found " + number_text(figure.found->in(tonnes_per_year)) + " +- " +
           number_text(rounded_to(figure.found_sd->in(tonnes_per_year), 6)) +
           (stated_sd(figure.id) ? "" : " (by default)");
  }

  [[nodiscard]] double worst_imbalance(const Eigen::VectorXd& x) const {
    const Index m = static_cast<Index>(rows_.size());
    Eigen::VectorXd sum = Eigen::VectorXd::Zero(problem_.rows.rows());
    Eigen::VectorXd size = sum;
    for (Index j = 0; j < x.size(); ++j) {
      for (Entries it(problem_.rows, j); it; ++it) {
        sum[it.row()] += it.value() * x[j];
        size[it.row()] += 0.5 * std::abs(it.value() * x[j]);
      }
    }
    double worst = 0.0;
    for (Index i = 0; i < m; ++i) {
      const double violation = std::max({0.0, problem_.row_lower[i] - sum[i], sum[i] - problem_.row_upper[i]});
      if (violation > 0.0) worst = std::max(worst, violation / size[i]);
    }
    return worst;
  }

  using Entries = Eigen::SparseMatrix<double>::InnerIterator;

  const Observations& found_;
  const Network& network_;
  const ReconcileOptions& options_;
  const FigureColumns columns_;
  std::vector<TotalMembers> members_;
  std::vector<BalanceRow> rows_;
  std::vector<ReconciledFigure> figures_;  ///< as found
  std::vector<double> lower_, upper_;
  LeastSquares problem_;
  Eigen::VectorXd x_;
  bool stopped_ = false;
};

}  // namespace detail

LODE_INLINE Reconciliation reconcile(const Observations& found, const ReconcileOptions& options) {
  return detail::Reconciler(found, options).run();
}

}  // namespace lode::inline LODE_ABI
