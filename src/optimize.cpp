// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/basis_factor.ipp>
#include <lode/impl/dual_simplex.ipp>
#include <lode/impl/interior_point.ipp>
#include <lode/impl/kkt_system.ipp>
#include <lode/impl/markowitz.ipp>
#include <lode/impl/primal_dual.ipp>
#include <lode/impl/primal_simplex.ipp>
#include <lode/impl/program.ipp>
#include <lode/impl/rays.ipp>
#include <lode/impl/scaled_program.ipp>
#include <lode/impl/simplex.ipp>
#include <lode/impl/simplex_core.ipp>
#include <lode/impl/simplex_program.ipp>
#include <lode/impl/supernodal.ipp>
#include <lode/impl/symmetric_solver.ipp>
