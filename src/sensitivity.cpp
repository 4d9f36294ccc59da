// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/flow_tangent.ipp>
#include <lode/impl/sensitivity.ipp>
