// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <vector>

#include <coin/ClpSimplex.hpp>

#include <lode/optimize/interior_point.hpp>

/// CLP's simplex method as an independent opinion on linear programs.
namespace lode_test {

enum class ClpStatus { optimal = 0, primal_infeasible = 1, dual_infeasible = 2, other };

struct ClpAnswer {
  ClpStatus status = ClpStatus::other;
  double objective = 0.0;
  Eigen::VectorXd x, row_dual, bound_dual;  ///< where it is optimal; signs as in `optimize::Solution`
  lode::optimize::Certificate certificate;
};

inline ClpAnswer solve_with_clp(const lode::optimize::Program& program) {
  using Eigen::VectorXd;
  const auto n = static_cast<int>(program.gradient.size());
  const auto m = static_cast<int>(program.row_lower.size());
  Eigen::SparseMatrix<double> rows = program.rows;
  if (rows.rows() == 0) rows.resize(m, n);
  rows.makeCompressed();
  const std::vector<CoinBigIndex> starts(rows.outerIndexPtr(), rows.outerIndexPtr() + n + 1);
  VectorXd bounds[] = {program.lower, program.upper, program.row_lower, program.row_upper};
  for (VectorXd& side : bounds) {
    for (double& value : side) value = std::clamp(value, -COIN_DBL_MAX, COIN_DBL_MAX);
  }
  ClpSimplex clp;
  clp.setLogLevel(0);
  clp.loadProblem(n, m, starts.data(), rows.innerIndexPtr(), rows.valuePtr(), bounds[0].data(), bounds[1].data(),
                  program.gradient.data(), bounds[2].data(), bounds[3].data());
  clp.setPrimalTolerance(1e-9);
  clp.setDualTolerance(1e-9);
  // Perturbation may leave multipliers of the wrong sign that the tolerances let pass.
  clp.setPerturbation(100);
  clp.dual();
  clp.primal(1);
  ClpAnswer out;
  if (clp.status() >= 0 && clp.status() <= 2) out.status = static_cast<ClpStatus>(clp.status());
  if (out.status != ClpStatus::optimal) return out;
  out.objective = clp.objectiveValue();
  out.x = Eigen::Map<const VectorXd>(clp.primalColumnSolution(), n);
  out.row_dual = Eigen::Map<const VectorXd>(clp.dualRowSolution(), m);
  out.bound_dual = Eigen::Map<const VectorXd>(clp.dualColumnSolution(), n);
  out.certificate = certify(program, out.x, out.row_dual, out.bound_dual);
  return out;
}

}  // namespace lode_test
