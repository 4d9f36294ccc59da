// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/impl/disruption.ipp>
#include <lode/impl/draw.ipp>
#include <lode/impl/observations.ipp>
