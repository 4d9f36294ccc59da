// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <lode/config.hpp>

/// Independent pieces of work over threads. Private.
namespace lode::inline LODE_ABI::detail {

/// Threads for `tasks` pieces of work: `wanted`, or one for each processor if that is 0; never more than there are
/// tasks.
[[nodiscard]] inline std::size_t thread_count(unsigned wanted, std::size_t tasks) {
  const std::size_t available = wanted != 0 ? wanted : std::max(1U, std::thread::hardware_concurrency());
  return std::clamp<std::size_t>(tasks, 1, available);
}

/// Calls `work(thread, task)` once for every task in [0, tasks), on `threads` threads of which the caller is number 0.
/// Which thread takes which task is open, so a task writes where no other does; then the result has the same bits for
/// any number of threads. `work` returns false to stop: tasks begun are finished, others are never begun. What a task
/// throws stops the others and is thrown here. Returns false if it was stopped.
template <class Work>
bool run_tasks(std::size_t threads, std::size_t tasks, Work&& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  std::exception_ptr failure;
  std::mutex failure_lock;
  const auto take_tasks = [&](std::size_t thread) {
    try {
      while (!stopped.load(std::memory_order_relaxed)) {
        const std::size_t task = next.fetch_add(1, std::memory_order_relaxed);
        if (task >= tasks) return;
        if (!work(thread, task)) stopped = true;
      }
    } catch (...) {
      const std::lock_guard guard(failure_lock);
      if (!failure) failure = std::current_exception();
      stopped = true;
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t thread = 1; thread < threads; ++thread) others.emplace_back(take_tasks, thread);
    take_tasks(0);
  }
  if (failure) std::rethrow_exception(failure);
  return !stopped;
}

}  // namespace lode::inline LODE_ABI::detail
