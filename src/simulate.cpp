// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/simulate.ipp>
#include <lode/impl/simulation_balance.ipp>
#include <lode/impl/simulation_block.ipp>
#include <lode/impl/simulation_effects.ipp>
#include <lode/impl/simulation_plan.ipp>
#include <lode/impl/simulation_rationing.ipp>
#include <lode/impl/simulation_record.ipp>
#include <lode/impl/simulation_series.ipp>
#include <lode/impl/simulation_spare.ipp>
#include <lode/impl/simulation_start.ipp>
#include <lode/impl/time_to_survive.ipp>
#include <lode/impl/timeline.ipp>
