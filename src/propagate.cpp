// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/accounting.ipp>
#include <lode/impl/flow_system.ipp>
#include <lode/impl/lane_data.ipp>
#include <lode/impl/loop_solver.ipp>
#include <lode/impl/outages.ipp>
#include <lode/impl/propagate.ipp>
#include <lode/impl/propagate_samples.ipp>
#include <lode/impl/strong_components.ipp>
