// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/backtest_reader.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>

#include <io/backtest_case_reader.hpp>
#include <io/backtest_files.hpp>
#include <io/text_file.hpp>
#include <lode/datasets.hpp>
#include <lode/io/data_package.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

namespace fs = std::filesystem;

/// The name of a folder, also of "." and of paths that end in a slash.
std::string folder_name(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(folder, error);
  return (error ? folder : whole).filename().string();
}

/// Reads the files of one case. Problems go into one list, so that a user sees all of them at once.
class BacktestReader {
 public:
  explicit BacktestReader(const std::string& folder) : folder_(folder) {}

  [[nodiscard]] BacktestFolder read() {
    refuse_other_files();
    const std::optional<std::string> text = file("case.json", true);
    if (!text) throw InvalidData(std::move(problems_));
    FileProblems problems(path("case.json"), problems_);
    std::optional<ParsedCase> parsed = CaseReader(problems).read(*text, folder_name(folder_));
    if (!parsed) throw InvalidData(std::move(problems_));
    out_.test = std::move(parsed->test);
    read_data(*parsed, problems);
    read_sources();
    read_scenario(*parsed);
    const bool is_dated = out_.test.known_before != Date{};
    const Knowledge known{is_dated ? std::optional(out_.test.known_before) : std::nullopt,
                          source_ids_.empty() ? nullptr : &source_ids_};
    read_tables(known);
    if (problems_.empty()) check_observed();
    check_names();
    if (!problems_.empty()) throw InvalidData(std::move(problems_));
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::string path(std::string_view name) const { return (folder_ / name).string(); }

  void add(const std::string& name, std::string what, std::string mend) {
    problems_.push_back({{path(name), 1, 1}, std::move(what), std::move(mend)});
  }

  /// Nothing unknown is skipped: a misspelt base.csv would change the result.
  void refuse_other_files() {
    static const std::set<std::string_view> tables{"base.csv", "inputs.csv", "observed.csv", "sources.csv"};
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
      names.push_back(entry->path().filename().string());
    }
    if (error) {
      const bool is_missing = error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory;
      throw IoError({{{folder_.string(), 1, 1},
                      is_missing ? "there is no folder of this name" : "the folder can not be read: " + error.message(),
                      "name a folder that holds case.json"}});
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      if (tables.contains(name) || name.ends_with(".json") || name.starts_with(".") || name.starts_with("README")) {
        continue;
      }
      const std::string suggestion = nearest(name, {tables.begin(), tables.end()});
      add(name, "a backtest has no file of this name",
          suggestion.empty()
              ? "move it out; beside JSON files a case has base.csv, inputs.csv, observed.csv, sources.csv"
              : "did you mean \"" + suggestion + "\"?");
    }
  }

  std::optional<std::string> file(const std::string& name, bool is_required) {
    std::error_code error;
    if (!fs::exists(folder_ / name, error)) {
      if (is_required) add(name, "the file is missing", "add it");
      return std::nullopt;
    }
    std::string reason;
    std::optional<std::string> text = read_text_file(folder_ / name, reason);
    if (!text) add(name, "the file can not be read: " + reason, "check its permissions");
    return text;
  }

  void read_data(const ParsedCase& parsed, FileProblems& problems) {
    if (parsed.data.empty()) return;
    if (const Dataset* known = datasets::find(parsed.data)) {
      out_.dataset = {std::shared_ptr<void>{}, known};  // lives as long as the program
      return;
    }
    std::error_code error;
    const fs::path folder = folder_ / parsed.data;
    if (!fs::is_directory(folder, error)) {
      const JsonValue& at = *parsed.origin->root().find("data");
      std::vector<std::string_view> names = datasets::names();
      problems.add(at.line, at.column, "there is no data set " + shown(parsed.data),
                   mend_for(parsed.data, names) + ", or a folder as seen from this one");
      return;
    }
    try {
      LoadedDataset loaded = read_dataset(folder.lexically_normal().string());
      out_.dataset = std::make_shared<const Dataset>(std::move(loaded.dataset));
      out_.warnings = std::move(loaded.warnings);
    } catch (const Error& failed) {
      problems_.insert(problems_.end(), failed.issues().begin(), failed.issues().end());
    }
  }

  void read_sources() {
    if (const std::optional<std::string> text = file("sources.csv", false)) {
      FileProblems problems(path("sources.csv"), problems_);
      TablePlaces places;
      TableReader row(spec_of(TableId::sources), *text, problems, places);
      const auto id = row.column("id"), title = row.column("title"), publisher = row.column("publisher"),
                 date = row.column("date"), url = row.column("url"), quality = row.column("quality"),
                 note = row.column("note");
      while (row.next()) {
        Source source{std::string(row.required(id)), std::string(row.required(title)), std::string(row.text(publisher)),
                      std::string(row.text(date)),   std::string(row.text(url)),       {},
                      std::string(row.text(note))};
        source.quality = static_cast<Quality>(row.required_choice(quality, quality_names, 0));
        if (!source.id.empty() && !is_source_id(source.id)) {
          row.report(id, "id " + shown(source.id) + " is not well formed",
                     "use letters, digits, '_', '.' and '-', beginning with a letter or digit");
        } else if (!source.id.empty() && !source_ids_.insert(source.id).second) {
          row.report(id, "source " + shown(source.id) + " is there twice", "keep one row for each id");
        }
        out_.sources.push_back(std::move(source));
      }
    }
    if (out_.dataset == nullptr) return;
    for (const Source& source : out_.dataset->sources) source_ids_.insert(source.id);
  }

  void read_scenario(const ParsedCase& parsed) {
    if (parsed.scenario_file.empty()) return;
    const std::optional<std::string> text = file(parsed.scenario_file, true);
    if (!text) return;
    const std::size_t before = problems_.size();
    FileProblems problems(path(parsed.scenario_file), problems_);
    std::optional<ParsedScenario> scenario =
        parse_scenario(*text, fs::path(parsed.scenario_file).stem().string(), problems);
    if (!scenario) return;
    is_scenario_good_ = problems_.size() == before;
    out_.test.scenario = std::move(scenario->scenario);
    for (const std::string& id : out_.test.scenario.sources) {
      if (source_ids_.empty() || source_ids_.contains(id)) continue;
      const JsonValue* list = scenario->origin->root().find("source");
      problems.add(list->line, list->column, "unknown source " + shown(id), "add it to sources.csv or correct the id");
    }
  }

  void read_tables(const Knowledge& known) {
    if (const std::optional<std::string> text = file("base.csv", false)) {
      FileProblems problems(path("base.csv"), problems_);
      out_.test.base = read_figures(*text, true, known, problems);
    }
    if (const std::optional<std::string> text = file("observed.csv", true)) {
      FileProblems problems(path("observed.csv"), problems_);
      out_.test.observed = read_figures(*text, false, known, problems);
    }
    if (const std::optional<std::string> text = file("inputs.csv", false)) {
      FileProblems problems(path("inputs.csv"), problems_);
      out_.inputs = read_inputs(*text, known, problems);
    }
  }

  /// Names are checked whatever else is wrong; but of a shock or a table that could not be read nothing more is said.
  void check_names() {
    if (out_.dataset == nullptr) return;
    BacktestCase test = out_.test;
    if (!is_scenario_good_) test.scenario = {};
    if (!problems_.empty()) test.base.clear();
    for (Issue& issue : check(test, *out_.dataset)) problems_.push_back(std::move(issue));
  }

  void check_observed() {
    const BacktestCase& test = out_.test;
    if (test.observed.empty()) {
      add("observed.csv", "the table has no figures, so that nothing can be compared", "enter what was reported later");
    }
    for (const ReportedFigure& figure : test.observed) {
      const bool is_part = figure.period.length == test.from.length;
      if (figure.period.months() >= test.from.months() && figure.period.end() <= test.to.end() &&
          (!is_part || figure.period.first() >= test.from.first())) {
        continue;
      }
      add("observed.csv", "period " + to_string(figure.period) + " is not predicted",
          "leave it out, or widen \"predict\" in case.json, " + to_string(test.from) + " to " + to_string(test.to));
    }
  }

  fs::path folder_;
  std::vector<Issue> problems_;
  TextSet source_ids_;
  bool is_scenario_good_ = false;
  BacktestFolder out_;
};

}  // namespace

}  // namespace io_detail

std::vector<std::string> find_backtests(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (fs::exists(fs::path(folder) / "case.json", error)) return {folder};
  std::vector<std::string> found;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    if (fs::exists(entry->path() / "case.json", ignored)) found.push_back(entry->path().string());
  }
  std::sort(found.begin(), found.end());
  if (found.empty()) {
    throw IoError({{{folder, 1, 1},
                    error ? "the folder can not be read: " + error.message() : "there is no backtest in this folder",
                    "name a folder that holds case.json, or one with such folders in it"}});
  }
  return found;
}

BacktestFolder read_backtest(const std::string& folder) {
  return io_detail::BacktestReader(folder).read();
}

}  // namespace lode::inline LODE_ABI
