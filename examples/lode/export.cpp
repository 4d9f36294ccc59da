// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/data_package.hpp>

#include "commands.hpp"
#include "exit_code.hpp"

namespace program {

void export_data(const Inputs& inputs, const std::string& folder, const Remarks& remarks) {
  try {
    if (inputs.published != nullptr) {
      lode::write_observations(*inputs.published, folder);
    } else {
      lode::write_dataset(*inputs.dataset, folder);
    }
  } catch (const lode::IoError& error) {
    throw Failure(ExitCode::failed, error.what());
  }
  const std::string next = inputs.published != nullptr ? "balance them with lode reconcile --data "
                                                       : "check changes with lode validate --data ";
  remarks.note("wrote " + inputs.dataset->about.name + " to " + folder + "; " + next + folder);
}

}  // namespace program
