// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <lode/network.hpp>

/// t/yr that are missing while exports of AAA are halved.
double shortfall_at_half(const lode::Network& network);
