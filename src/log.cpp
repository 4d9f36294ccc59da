// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <mutex>
#include <utility>

#include <spdlog/logger.h>

#include "log_access.hpp"

namespace lode::inline LODE_ABI {
namespace {

struct Holder {
  std::mutex mutex;
  std::shared_ptr<spdlog::logger> logger;
};

/// Never destroyed: objects that log from their destructors may outlive everything static here.
Holder& holder() {
  static Holder& only = *new Holder;
  return only;
}

}  // namespace

void set_logger(std::shared_ptr<spdlog::logger> logger) {
  {
    const std::lock_guard lock(holder().mutex);
    std::swap(holder().logger, logger);
  }
  // The old logger, if this was its last owner, flushes its sinks here: outside the lock.
}

std::shared_ptr<spdlog::logger> detail::logger() {
  const std::lock_guard lock(holder().mutex);
  return holder().logger;
}

}  // namespace lode::inline LODE_ABI
