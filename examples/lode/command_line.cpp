// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "command_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

// The only place that includes CLI11: it takes longer to compile than the rest of the program.
#include <CLI/CLI.hpp>

#include <lode/error.hpp>
#include <lode/version.hpp>

#include "exit_code.hpp"
#include "help.hpp"

namespace program {
namespace {

constexpr std::array<std::string_view, 16> commands{
    "info", "validate", "scenarios", "propagate",   "reallocate", "bracket",   "equilibrium", "simulate",
    "rank", "ensemble", "risk",      "sensitivity", "exposure",   "reconcile", "backtest",    "export"};
constexpr std::array<std::string_view, 1> later_commands{"report"};
constexpr std::array<std::string_view, 3> formats{"table", "json", "csv"};
constexpr std::array<std::string_view, 36> options{"--data",
                                                   "--scenario",
                                                   "--format",
                                                   "--output",
                                                   "--price-ranges",
                                                   "--any-route",
                                                   "--demand-elasticity",
                                                   "--supply-elasticity",
                                                   "--trade-inertia",
                                                   "--monthly",
                                                   "--step-days",
                                                   "--start",
                                                   "--end",
                                                   "--orders",
                                                   "--unmet",
                                                   "--rationing",
                                                   "--by",
                                                   "--model",
                                                   "--remove",
                                                   "--top",
                                                   "--threads",
                                                   "--samples",
                                                   "--seed",
                                                   "--sampling",
                                                   "--until",
                                                   "--correlate",
                                                   "--policy",
                                                   "--checkpoint",
                                                   "--indices",
                                                   "--uncertain-data",
                                                   "--material",
                                                   "--country",
                                                   "--end-use",
                                                   "--quiet",
                                                   "--help",
                                                   "--version"};

[[noreturn]] void refuse(const std::string& what) {
  throw Failure(ExitCode::bad_usage, "lode: " + what + "; lode --help explains");
}

template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

/// Refuses a `word` that is not one of `names`; `what` is "command", "format" or "option".
template <class Names>
[[noreturn]] void refuse_unknown(const std::string& what, const std::string& word, const Names& names) {
  const std::string near = lode::nearest(word.substr(0, word.find('=')), {names.begin(), names.end()});
  refuse("unknown " + what + " \"" + word + '"' + (near.empty() ? "; the " : "; did you mean " + near + "? The ") +
         what + "s are " + listed(names));
}

Command command_named(const std::string& word) {
  const auto found = std::find(commands.begin(), commands.end(), word);
  if (found != commands.end()) return static_cast<Command>(found - commands.begin());
  if (std::find(later_commands.begin(), later_commands.end(), word) != later_commands.end()) {
    refuse("the command " + word + " is not in this edition (" + lode::version + "), which has " + listed(commands));
  }
  refuse_unknown("command", word, commands);
}

Format format_named(const std::string& word) {
  const auto found = std::find(formats.begin(), formats.end(), word);
  if (found != formats.end()) return static_cast<Format>(found - formats.begin());
  refuse_unknown("format", word, formats);
}

/// The value of an option that may be given once.
std::optional<std::string> only_value(const std::string& option, const std::vector<std::string>& values) {
  if (values.size() > 1) refuse("the option " + option + " is given " + std::to_string(values.size()) + " times");
  if (values.empty()) return std::nullopt;
  return values.front();
}

bool is_number(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size();
}

/// A value that is empty or looks like an option is a slip, such as an unset variable in a script. A number below 0 is
/// left to whoever knows the range.
void require_values(const std::string& option, const std::vector<std::string>& values) {
  for (const std::string& value : values) {
    if (value.empty()) refuse("the option " + option + " has an empty value");
    if (value.front() == '-' && value != "-" && !is_number(value)) {
      refuse("the option " + option + " needs a value but is followed by " + value + " (write ./" + value +
             " if that is a file)");
    }
  }
}

/// A number from `low` to `high`.
std::optional<double> number(const std::string& option, const std::vector<std::string>& values, const std::string& low,
                             const std::string& high) {
  const std::optional<std::string> text = only_value(option, values);
  if (!text) return std::nullopt;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc{} || end != text->data() + text->size() || !(value >= std::stod(low)) ||
      !(value <= std::stod(high))) {
    refuse("the option " + option + " needs a number from " + low + " to " + high + " and has \"" + *text + '"');
  }
  return value;
}

/// A day as YYYY-MM-DD.
std::optional<lode::Date> day(const std::string& option, const std::vector<std::string>& values) {
  const std::optional<std::string> text = only_value(option, values);
  if (!text) return std::nullopt;
  const std::optional<lode::Date> date = lode::parse_date(*text);
  if (!date) refuse("the option " + option + " needs a day as YYYY-MM-DD and has \"" + *text + '"');
  return date;
}

/// One of two words.
template <class Choice>
std::optional<Choice> choice(const std::string& option, const std::vector<std::string>& values,
                             const std::array<std::string_view, 2>& words, const std::array<Choice, 2>& choices) {
  const std::optional<std::string> word = only_value(option, values);
  if (!word) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), *word);
  if (found == words.end()) {
    refuse("the option " + option + " needs " + std::string(words[0]) + " or " + std::string(words[1]) + " and has \"" +
           *word + '"');
  }
  return choices[static_cast<std::size_t>(found - words.begin())];
}

/// The options of `simulate` alone.
struct TimeOptions {
  std::vector<std::string> step_days, start, end, orders, unmet, rationing;

  void add_to(CLI::App& app, CommandLine& line) {
    app.add_flag("--monthly", line.monthly);
    for (const auto& [name, values] : named()) app.add_option(name, *values)->allow_extra_args(false);
  }
  void read(CommandLine& line) {
    for (const auto& [name, values] : named()) {
      require_values(name, *values);
      if (!values->empty()) given.push_back(name);
    }
    if (line.monthly) given.push_back("--monthly");
    if (const std::optional<double> count = number("--step-days", step_days, "1", "31")) {
      line.step_days = static_cast<int>(*count);
      if (*count != *line.step_days) refuse("the option --step-days needs whole days and has \"" + step_days[0] + '"');
    }
    line.start = day("--start", start);
    line.end = day("--end", end);
    if (line.start && line.end && *line.end <= *line.start) {
      refuse("--end, the day after the last, is " + lode::to_string(*line.end) + " and not after --start, " +
             lode::to_string(*line.start));
    }
    line.orders = choice<lode::Orders>("--orders", orders, {"adaptive", "frozen"},
                                       {lode::Orders::adaptive, lode::Orders::frozen});
    line.unmet = choice<lode::Unmet>("--unmet", unmet, {"lost", "waits"}, {lode::Unmet::lost, lode::Unmet::waits});
    line.rationing = choice<lode::Rationing>("--rationing", rationing, {"entitlement", "priority"},
                                             {lode::Rationing::entitlement, lode::Rationing::priority});
  }

  std::vector<std::string> given;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>*>> named() {
    return {{"--step-days", &step_days}, {"--start", &start}, {"--end", &end},
            {"--orders", &orders},       {"--unmet", &unmet}, {"--rationing", &rationing}};
  }
};

/// A whole number from `low` to `high`.
std::optional<std::uint64_t> count(const std::string& option, const std::vector<std::string>& values,
                                   const std::string& low, const std::string& high) {
  const std::optional<double> value = number(option, values, low, high);
  if (!value) return std::nullopt;
  const auto whole = static_cast<std::uint64_t>(*value);
  if (static_cast<double>(whole) != *value) {
    refuse("the option " + option + " needs a whole number and has \"" + values[0] + '"');
  }
  return whole;
}

/// One of several words, each the name of a value.
template <class Choice>
std::optional<Choice> named_choice(const std::string& option, const std::vector<std::string>& values,
                                   const std::vector<std::pair<std::string_view, Choice>>& choices) {
  const std::optional<std::string> word = only_value(option, values);
  if (!word) return std::nullopt;
  std::string names;
  for (const auto& [name, value] : choices) {
    if (*word == name) return value;
    names += (names.empty() ? "" : name == choices.back().first ? " or " : ", ") + std::string(name);
  }
  refuse("the option " + option + " needs " + names + " and has \"" + *word + '"');
}

/// The options of studies: what ranks, samples and derives.
struct StudyOptions {
  std::vector<std::string> by, model, remove, top, threads, samples, seed, sampling, until, correlate, policy,
      checkpoint, material, country, end_use;

  void add_to(CLI::App& app, CommandLine& line) {
    for (const Named& option : named()) app.add_option(option.name, *option.values)->allow_extra_args(false);
    app.add_flag("--indices", line.indices);
    app.add_flag("--uncertain-data", line.uncertain_data);
  }
  void read(CommandLine& line) {
    for (const Named& option : named()) {
      require_values(option.name, *option.values);
      if (option.values->empty()) continue;
      given.push_back({option.name, option.used_by});
    }
    if (line.indices) given.push_back({"--indices", {Command::ensemble}});
    if (line.uncertain_data) given.push_back({"--uncertain-data", {Command::ensemble}});
    using lode::RankBy;
    std::vector<std::pair<std::string_view, RankBy>> kinds;
    for (const RankBy each :
         {RankBy::facility, RankBy::country, RankBy::route, RankBy::commodity, RankBy::operator_name}) {
      kinds.emplace_back(lode::to_string(each), each);
    }
    line.by = named_choice("--by", by, kinds);
    using lode::EnsembleModel;
    std::vector<std::pair<std::string_view, EnsembleModel>> models{{"propagate", EnsembleModel::propagate},
                                                                   {"reallocate", EnsembleModel::reallocate}};
    if (line.command == Command::ensemble) models.emplace_back("simulate", EnsembleModel::simulate);
    line.model = named_choice("--model", model, models);
    line.remove = count("--remove", remove, "1", "1000");
    line.top = count("--top", top, "1", "1000000000");
    if (const auto wanted = count("--threads", threads, "1", "1024")) line.threads = static_cast<unsigned>(*wanted);
    line.samples = count("--samples", samples, "1", "1099511627776");
    line.seed = count("--seed", seed, "0", "9007199254740992");
    using lode::Sampling;
    line.sampling = named_choice<Sampling>("--sampling", sampling,
                                           {{"monte_carlo", Sampling::monte_carlo},
                                            {"latin_hypercube", Sampling::latin_hypercube},
                                            {"sobol", Sampling::sobol}});
    read_until(line);
    for (const std::string& text : correlate) line.correlations.push_back(correlation(text));
    line.policies = policy;
    line.checkpoint = only_value("--checkpoint", checkpoint);
    line.material = only_value("--material", material);
    line.country = only_value("--country", country);
    line.end_use = only_value("--end-use", end_use);
  }

  struct Given {
    std::string name;
    std::vector<Command> used_by;
  };
  std::vector<Given> given;

 private:
  struct Named {
    std::string name;
    std::vector<std::string>* values;
    std::vector<Command> used_by;
  };
  std::vector<Named> named() {
    const std::vector<Command> rank{Command::rank}, ensemble{Command::ensemble}, both{Command::rank, Command::ensemble},
        modelled{Command::rank, Command::ensemble, Command::risk, Command::sensitivity},
        with_rows{Command::rank, Command::sensitivity}, looked_at{Command::sensitivity, Command::exposure};
    return {{"--by", &by, rank},
            {"--model", &model, modelled},
            {"--remove", &remove, rank},
            {"--top", &top, with_rows},
            {"--threads", &threads, both},
            {"--samples", &samples, ensemble},
            {"--seed", &seed, ensemble},
            {"--sampling", &sampling, ensemble},
            {"--until", &until, ensemble},
            {"--correlate", &correlate, ensemble},
            {"--policy", &policy, ensemble},
            {"--checkpoint", &checkpoint, ensemble},
            {"--material", &material, looked_at},
            {"--country", &country, looked_at},
            {"--end-use", &end_use, {Command::sensitivity}}};
  }

  /// "1%" or 0.01.
  void read_until(CommandLine& line) const {
    const std::optional<std::string> text = only_value("--until", until);
    if (!text) return;
    const bool is_percent = text->ends_with('%');
    const std::string digits = is_percent ? text->substr(0, text->size() - 1) : *text;
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (is_percent) value /= 100.0;
    if (error != std::errc{} || end != digits.data() + digits.size() || !(value > 0.0 && value < 1.0)) {
      refuse("the option --until needs a share such as 1% or 0.01 and has \"" + *text + '"');
    }
    line.until = value;
  }

  /// "country=0.6": shocks on the same country; "1+3=0.8": the first and the third shock; "2=0.9": the numbers of the
  /// second.
  static lode::Correlation correlation(const std::string& text) {
    const std::size_t sign = text.find('=');
    lode::Correlation out;
    const auto bad = [&text]() {
      refuse(
          "the option --correlate needs country=RHO, or numbers of shocks such as 1+3=RHO, with RHO from 0 to 1, and "
          "has \"" +
          text + '"');
    };
    if (sign == std::string::npos) bad();
    const std::string what = text.substr(0, sign), rho = text.substr(sign + 1);
    const auto [end, error] = std::from_chars(rho.data(), rho.data() + rho.size(), out.rho);
    if (error != std::errc{} || end != rho.data() + rho.size() || !(out.rho >= 0.0 && out.rho <= 1.0)) bad();
    if (what == "country") return out;
    for (const char* at = what.data(); at <= what.data() + what.size();) {
      std::size_t shock = 0;
      const auto [after, failed] = std::from_chars(at, what.data() + what.size(), shock);
      const bool ends = after == what.data() + what.size();
      if (failed != std::errc{} || shock == 0 || (!ends && *after != '+')) bad();
      if (std::find(out.shocks.begin(), out.shocks.end(), shock - 1) != out.shocks.end()) {
        refuse("the option --correlate names shock " + std::to_string(shock) + " twice in \"" + text + '"');
      }
      out.shocks.push_back(shock - 1);
      at = after + 1;
    }
    return out;
  }
};

/// Options that a command has no use for are errors: ignoring them would look like obeying them.
void require_useful(const CommandLine& line, bool format_given, const std::vector<std::string>& of_time,
                    const std::vector<StudyOptions::Given>& of_studies) {
  const bool uses_scenarios = line.command != Command::info && line.command != Command::reconcile &&
                              line.command != Command::backtest && line.command != Command::export_data;
  if (!line.scenarios.empty() && !uses_scenarios) {
    refuse("the command " + std::string(to_string(line.command)) + " does not use --scenario");
  }
  if (line.command != Command::equilibrium &&
      (line.demand_elasticity || line.supply_elasticity || line.trade_inertia)) {
    refuse("the command " + std::string(to_string(line.command)) +
           " does not use --demand-elasticity, --supply-elasticity and --trade-inertia");
  }
  const bool runs_in_time = line.command == Command::simulate ||
                            (line.command == Command::ensemble && line.model == lode::EnsembleModel::simulate);
  if (line.command == Command::ensemble && !runs_in_time && !of_time.empty()) {
    refuse("the command ensemble uses " + listed(of_time) + " with --model simulate only");
  }
  if (line.command == Command::ensemble && line.monthly) {
    refuse("the command ensemble does not use --monthly: with --model simulate it shows the months anyway");
  }
  if (!runs_in_time && !of_time.empty()) {
    refuse("the command " + std::string(to_string(line.command)) + " does not use " + listed(of_time));
  }
  std::vector<std::string> useless;
  for (const StudyOptions::Given& option : of_studies) {
    const auto& used_by = option.used_by;
    if (std::find(used_by.begin(), used_by.end(), line.command) == used_by.end()) useless.push_back(option.name);
  }
  if (!useless.empty()) {
    refuse("the command " + std::string(to_string(line.command)) + " does not use " + listed(useless));
  }
  if (line.indices && (!line.policies.empty() || line.until || line.checkpoint || line.uncertain_data)) {
    refuse("--indices is a study of its own; leave out --policy, --until, --checkpoint and --uncertain-data");
  }
  if (line.orders == lode::Orders::frozen && line.rationing == lode::Rationing::priority) {
    refuse("with --orders frozen everybody gets his share of the base year; leave out --rationing priority");
  }
  const bool reroutes = line.command == Command::reallocate || line.command == Command::bracket;
  if (line.price_ranges && !reroutes) {
    refuse("the command " + std::string(to_string(line.command)) + " does not use --price-ranges");
  }
  if (line.any_route && !reroutes) {
    refuse("the command " + std::string(to_string(line.command)) + " does not use --any-route");
  }
  if (line.command == Command::backtest && line.data) {
    refuse("the command backtest does not use --data: case.json names the data set");
  }
  if (line.command == Command::reconcile && line.output == "-") {
    refuse("the command reconcile takes --output DIR, the folder to write; its report goes to stdout anyway");
  }
  if (line.command != Command::export_data) return;
  if (!line.output || *line.output == "-") refuse("the command export needs --output DIR, the folder to write");
  if (format_given) refuse("the command export always writes a folder of CSV and JSON files; leave out --format");
}

}  // namespace

std::string_view to_string(Command command) {
  return commands[static_cast<std::size_t>(command)];
}

std::variant<CommandLine, Answer> parse(int argc, const char* const* argv) {
  // The command is an ordinary word, so that options may stand before or after it.
  std::vector<std::string> words, data, scenarios, format, output, demand_elasticity, supply_elasticity, trade_inertia;
  bool help = false, version = false;
  CommandLine line;
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  app.add_option("command", words);
  app.add_option("--data", data)->allow_extra_args(false);
  app.add_option("--scenario", scenarios)->allow_extra_args(false);
  app.add_option("--format", format)->allow_extra_args(false);
  app.add_option("--output", output)->allow_extra_args(false);
  app.add_flag("--price-ranges", line.price_ranges);
  app.add_flag("--any-route", line.any_route);
  app.add_option("--demand-elasticity", demand_elasticity)->allow_extra_args(false);
  app.add_option("--supply-elasticity", supply_elasticity)->allow_extra_args(false);
  app.add_option("--trade-inertia", trade_inertia)->allow_extra_args(false);
  TimeOptions time;
  time.add_to(app, line);
  StudyOptions studies;
  studies.add_to(app, line);
  app.add_flag("--quiet", line.quiet);
  app.add_flag("-h,--help", help);
  app.add_flag("--version", version);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string message = error.what();
    refuse("the option " + message.substr(0, message.find(':')) + " needs a value");
  } catch (const CLI::ParseError& error) {
    refuse(error.what());
  }
  if (!app.remaining().empty()) refuse_unknown("option", app.remaining().front(), options);
  if (!words.empty()) line.command = command_named(words.front());
  if (help) return Answer{words.empty() ? std::string(help_text()) : std::string(help_text(line.command))};
  if (version) return Answer{"lode " + std::string(lode::version) + '\n'};
  if (line.command == Command::backtest) {
    if (words.size() < 2) refuse("the command backtest needs the folder of a case: lode backtest DIR");
    require_values("DIR", {words[1]});
    line.folder = words[1];
    words.erase(words.begin() + 1);
  }
  if (words.size() > 1) refuse("unexpected \"" + words[1] + "\" after the command " + words.front());

  require_values("--data", data);
  require_values("--scenario", scenarios);
  require_values("--output", output);
  line.data = only_value("--data", data);
  line.output = only_value("--output", output);
  line.scenarios = scenarios;
  line.demand_elasticity = number("--demand-elasticity", demand_elasticity, "1e-6", "1e6");
  line.supply_elasticity = number("--supply-elasticity", supply_elasticity, "1e-6", "1e6");
  line.trade_inertia = number("--trade-inertia", trade_inertia, "1e-9", "100");
  time.read(line);
  studies.read(line);
  const std::optional<std::string> format_word = only_value("--format", format);
  line.picture = line.command == Command::backtest && format_word == "svg";
  if (format_word && !line.picture) line.format = format_named(*format_word);
  require_useful(line, format_word.has_value(), time.given, studies.given);
  return line;
}

}  // namespace program
