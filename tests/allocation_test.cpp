// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <vector>

#include <lode/propagate.hpp>

#include "support/random_network.hpp"
#include "support/random_scenario.hpp"

namespace {
std::atomic<long> allocations{0};

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size > 0 ? size : 1)) return memory;
  throw std::bad_alloc();
}
void* counted_aligned(std::size_t size, std::size_t alignment) {
  ++allocations;
  if (void* memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment)) return memory;
  throw std::bad_alloc();
}
}  // namespace

// This program counts what it allocates; that is why it is a program of its own.
void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted_aligned(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted_aligned(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

namespace {

using namespace lode_test;

constexpr std::size_t batch_sizes[] = {1, 8, 64, 100};

/// Allocations of the second of two equal runs.
long second_run(const lode::Network& network, std::size_t scenarios, const lode::PropagateOptions& options = {}) {
  std::vector<lode::Disruption> shocks;
  for (std::size_t i = 0; i < scenarios; ++i) shocks.push_back(random_disruption(network, i));
  lode::Propagator propagator(network, options);
  lode::Outcomes outcomes;
  propagator.run(shocks, outcomes);
  const long before = allocations;
  propagator.run(shocks, outcomes);
  return allocations - before;
}

TEST(Allocation, TheCounterCounts) {
  const long before = allocations;
  const auto number = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, *number);
}

TEST(Allocation, ASecondBatchOnAChainAllocatesNothing) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const lode::Network network = build(random_world(seed, {.loops = 0.0}));
    for (const std::size_t scenarios : batch_sizes) EXPECT_EQ(second_run(network, scenarios), 0) << "seed " << seed;
  }
}

TEST(Allocation, ASecondBatchOnLoopsThatSweepsSettleAllocatesNothing) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const lode::Network network = build(random_world(seed, {.separators = 5, .plants = 14, .loops = 0.8}));
    for (const std::size_t scenarios : batch_sizes) {
      EXPECT_EQ(second_run(network, scenarios, {.max_sweeps = 100000}), 0) << "seed " << seed;
    }
  }
}

}  // namespace
