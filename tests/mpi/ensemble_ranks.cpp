// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// An ensemble over MPI ranks, for run.cmake: writes its checkpoint to a file.
///
///     ensemble_ranks FILE SAMPLES SAMPLING UNTIL [die-after SAMPLES]
///
/// Goes on from FILE if it is there. With die-after the last rank kills itself once so many samples are done.
#include <lode/mpi.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include <lode/datasets.hpp>
#include <lode/io/checkpoint.hpp>

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  const std::string file = argv[1];
  lode::EnsembleOptions options;
  options.sampling.samples = std::strtoull(argv[2], nullptr, 10);
  options.sampling.sampling = std::strcmp(argv[3], "sobol") == 0 ? lode::Sampling::sobol : lode::Sampling::monte_carlo;
  options.until = std::strtod(argv[4], nullptr);
  options.threads = 1;
  const std::uint64_t die_after = argc > 6 ? std::strtoull(argv[6], nullptr, 10) : ~std::uint64_t{0};

  const lode::Dataset magnets = lode::datasets::rare_earth_magnets_2024();
  lode::Scenario scenario{"uncertain"};
  scenario.restrict_exports({.country = "CHN", .commodity = "dy_oxide", .factor = lode::Uniform{0.1, 0.9}})
      .limit_capacity({.country = "MMR", .factor = lode::Triangular{0.2, 0.5, 1.0}});
  int status = EXIT_SUCCESS;
  {
    lode::EnsembleRun run(magnets.network, scenario, options);
    lode::MpiTeam team(MPI_COMM_WORLD);
    team.share(run);
    std::uint64_t resumed = 0;
    if (const auto bytes = lode::read_checkpoint(file)) {
      run.resume(*bytes);
      resumed = run.done();
    }
    const auto save = [&] {
      const std::string bytes = run.checkpoint();
      if (team.rank() == 0) lode::write_checkpoint(file, bytes);
      MPI_Barrier(MPI_COMM_WORLD);
    };
    while (run.advance()) {
      save();
      if (run.done() >= die_after && team.rank() + 1 == team.size()) std::raise(SIGKILL);
    }
    save();
    const lode::Ensemble result = run.result();
    if (result.status != lode::SolveStatus::solved) status = EXIT_FAILURE;
    // The call with a communicator does the same in one go.
    if (die_after == ~std::uint64_t{0} && resumed == 0) {
      const lode::Ensemble again = lode::ensemble(magnets.network, scenario, options, MPI_COMM_WORLD);
      if (again.materials[1].shortfall.mean != result.materials[1].shortfall.mean) status = EXIT_FAILURE;
    }
    if (team.rank() == 0) {
      std::cout << "resumed " << resumed << ", done " << result.samples << ", ranks " << team.size() << '\n';
    }
  }
  MPI_Finalize();
  return status;
}
