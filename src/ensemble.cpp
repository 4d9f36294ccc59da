// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/alike_end_uses.ipp>
#include <lode/impl/copula.ipp>
#include <lode/impl/ensemble.ipp>
#include <lode/impl/ensemble_checkpoint.ipp>
#include <lode/impl/ensemble_result.ipp>
#include <lode/impl/log_histogram.ipp>
#include <lode/impl/sample_model.ipp>
#include <lode/impl/sample_quantities.ipp>
#include <lode/impl/sampling.ipp>
#include <lode/impl/scenario_family.ipp>
#include <lode/impl/sobol_indices.ipp>
