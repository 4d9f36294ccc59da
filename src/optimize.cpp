// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/interior_point.ipp>
#include <lode/impl/kkt_system.ipp>
#include <lode/impl/primal_dual.ipp>
#include <lode/impl/program.ipp>
#include <lode/impl/rays.ipp>
#include <lode/impl/scaled_program.ipp>
#include <lode/impl/symmetric_solver.ipp>
