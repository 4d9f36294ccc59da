// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "inputs.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <lode/datasets.hpp>
#include <lode/io/data_package.hpp>

#include "exit_code.hpp"
#include "io/package_text.hpp"

namespace program {
namespace {

namespace fs = std::filesystem;

/// Collects the problems of several inputs, so that a user sees all of them at once.
class Problems {
 public:
  void add(lode::Issue issue) { issues_.push_back(std::move(issue)); }
  /// True if there were none.
  template <class Read>
  bool collect(Read read) {
    try {
      read();
      return true;
    } catch (const lode::Error& error) {
      issues_.insert(issues_.end(), error.issues().begin(), error.issues().end());
      return false;
    }
  }
  void set_folder(std::string folder) { folder_ = std::move(folder); }
  void throw_if_any() const {
    if (!issues_.empty()) throw InvalidInputs(issues_, folder_);
  }

 private:
  std::string folder_;  ///< of a data set with problems
  std::vector<lode::Issue> issues_;
};

/// A problem of a whole input, and the known name it may have been meant to be.
lode::Issue unknown(const std::string& name, const std::string& what, const std::vector<std::string_view>& known,
                    const std::string& mend) {
  const std::string near = lode::nearest(name, known);
  return {{name, 1, 1}, what, near.empty() ? mend : "did you mean \"" + near + "\"? Otherwise " + mend};
}

bool exists(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error);
}

std::string listed(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

/// A built-in name comes before a folder, so that a script means the same wherever it runs.
void read_data(const std::string& name, Inputs& inputs, Problems& problems, const Remarks& remarks) {
  const std::vector<std::string_view> names = lode::datasets::names();
  if (std::find(names.begin(), names.end(), name) != names.end()) {
    if (exists(name)) remarks.note("--data " + name + " is the built-in data set; write ./" + name + " for the folder");
    inputs.dataset = {std::shared_ptr<void>{}, lode::datasets::find(name)};  // lives as long as the program
    return;
  }
  if (const lode::LoadedObservations* published = lode::datasets::find_published(name)) {
    inputs.published = published;
    inputs.dataset = {std::shared_ptr<void>{}, &published->dataset};
    return;
  }
  if (!exists(name)) {
    problems.add(unknown(name, "there is no such folder, nor a built-in data set of this name", names,
                         "name a folder that holds datapackage.json, or use " + listed(names)));
    return;
  }
  const bool is_valid = problems.collect([&] {
    lode::LoadedDataset loaded = lode::read_dataset(name);
    inputs.dataset = std::make_shared<const lode::Dataset>(std::move(loaded.dataset));
    inputs.warnings = std::move(loaded.warnings);
  });
  if (!is_valid) problems.set_folder(name);
}

bool looks_like_a_file(const std::string& name) {
  return name.find('/') != std::string::npos || name.ends_with(".json") || exists(name);
}

/// A scenario of the data set comes before a file.
void read_scenario(const std::string& name, const Inputs& inputs, std::vector<lode::Scenario>& into,
                   Problems& problems) {
  if (inputs.dataset != nullptr) {
    if (const lode::Scenario* known = inputs.dataset->find_scenario(name); known != nullptr) {
      into.push_back(*known);
      return;
    }
  }
  if (looks_like_a_file(name)) {
    problems.collect([&] { into.push_back(lode::read_scenario(name)); });
    return;
  }
  if (inputs.dataset == nullptr) return;  // whether it exists depends on data that could not be read
  std::vector<std::string_view> names;
  for (const lode::Scenario& scenario : inputs.dataset->scenarios) names.push_back(scenario.name);
  const std::string has = names.empty() ? "has no scenarios" : "has " + listed(names);
  problems.add(unknown(name, "the data set has no scenario of this name and there is no such file", names,
                       "name a JSON file or a scenario of the data set, which " + has));
}

/// Whether the command works with a base year that balances only.
bool needs_a_balance(Command command) {
  switch (command) {
    case Command::info:
    case Command::scenarios:
    case Command::reconcile:
    case Command::backtest:
    case Command::export_data:
      return false;
    case Command::validate:
    case Command::propagate:
    case Command::reallocate:
    case Command::bracket:
    case Command::equilibrium:
    case Command::simulate:
    case Command::rank:
    case Command::ensemble:
    case Command::risk:
    case Command::sensitivity:
    case Command::exposure:
      break;
  }
  return true;
}

}  // namespace

Inputs read_inputs(const CommandLine& line, const Remarks& remarks) {
  Inputs inputs;
  Problems problems;
  read_data(line.data.value_or(std::string(lode::datasets::names().front())), inputs, problems, remarks);
  if (inputs.published != nullptr && needs_a_balance(line.command)) {
    problems.add(
        {{*line.data, 1, 1},
         "these are figures as published, which do not balance; " + std::string(to_string(line.command)) +
             " needs a base year that does",
         "use --data " + inputs.dataset->about.name + ", or balance them: lode reconcile --data " + *line.data});
  }
  for (const std::string& name : line.scenarios) read_scenario(name, inputs, inputs.scenarios, problems);
  for (const std::string& name : line.policies) read_scenario(name, inputs, inputs.policies, problems);
  problems.throw_if_any();
  remarks.warn(inputs.warnings);
  return inputs;
}

lode::LoadedObservations read_published(const CommandLine& line, const Remarks& remarks) {
  const std::vector<std::string_view> names = lode::datasets::published_names();
  const std::string name = line.data.value_or(std::string(names.front()));
  if (const lode::LoadedObservations* built_in = lode::datasets::find_published(name)) {
    if (exists(name)) remarks.note("--data " + name + " is the built-in data set; write ./" + name + " for the folder");
    return *built_in;
  }
  if (!exists(name)) {
    throw lode::IoError({unknown(name, "there is no such folder, nor built-in figures of this name", names,
                                 "name a folder that holds datapackage.json, or use " + listed(names))});
  }
  lode::LoadedObservations loaded = lode::read_observations(name);
  remarks.warn(loaded.warnings);
  return loaded;
}

std::optional<Figures> read_figures(const std::string& folder) {
  try {
    lode::io_detail::PackageText package = lode::io_detail::read_folder(folder);
    if (!package.descriptor) return std::nullopt;  // nothing says which year the figures are of
    package.scenarios.clear();
    package.problems.clear();  // a table that is not there is missed again
    lode::LoadedObservations loaded = lode::io_detail::read_published(std::move(package));
    const lode::Unmeasured& absent = loaded.found.unmeasured;
    const std::size_t gaps = absent.baselines.size() + absent.flows.size() + absent.demands.size();
    return Figures{std::move(loaded.dataset), std::move(loaded.warnings), gaps};
  } catch (const lode::Error&) {
    return std::nullopt;
  }
}

lode::Scenario together(const std::vector<lode::Scenario>& scenarios) {
  lode::Scenario all = scenarios.front();
  for (std::size_t i = 1; i < scenarios.size(); ++i) all = std::move(all) + scenarios[i];
  return all;
}

lode::Scenario scenario_to_run(const Inputs& inputs, const Remarks& remarks) {
  if (!inputs.scenarios.empty()) return together(inputs.scenarios);
  const lode::Dataset& dataset = *inputs.dataset;
  // By the data set's own name: a copy that was exported and changed runs what the original runs.
  const std::vector<std::string_view> built_in = lode::datasets::names();
  if (std::find(built_in.begin(), built_in.end(), dataset.about.name) != built_in.end()) {
    const lode::Scenario* lead = dataset.find_scenario(lode::datasets::lead_scenario(dataset.about.name));
    if (lead != nullptr) return *lead;
  }
  std::vector<std::string_view> names;
  for (const lode::Scenario& scenario : dataset.scenarios) names.push_back(scenario.name);
  remarks.note("no scenario is given: the base year runs without shocks" +
               (names.empty() ? std::string{} : "; choose with --scenario: " + listed(names)));
  return lode::Scenario{"base-year"};
}

}  // namespace program
