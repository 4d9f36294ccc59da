// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <io/json_checks.hpp>
#include <io/scenario_reader.hpp>
#include <io/shock_reader.hpp>
#include <lode/backtest.hpp>

/// case.json of a backtest.
namespace lode::inline LODE_ABI::io_detail {

struct ParsedCase {
  BacktestCase test;
  std::string data;           ///< a built-in name, or a folder relative to the case
  std::string scenario_file;  ///< in the folder of the case
  std::shared_ptr<const JsonOrigin> origin;
};

class CaseReader {
 public:
  explicit CaseReader(FileProblems& problems) : check_(problems), numbers_(problems) {}

  /// Nothing if the text is not a JSON object. Problems are reported either way.
  [[nodiscard]] std::optional<ParsedCase> read(std::string_view text, std::string_view folder_name) {
    using namespace std::string_view_literals;
    std::optional<JsonValue> json = read_json(text, check_.problems());
    if (!json || !check_.expect(*json, Type::object, "the case", "an object: { ... }")) return std::nullopt;
    out_.origin = std::make_shared<JsonOrigin>(check_.problems().file(), std::move(*json));
    out_.test.origin = out_.origin;
    const JsonValue& root = out_.origin->root();
    check_.refuse_unknown(
        root,
        std::array{"name"sv, "title"sv, "description"sv, "unit"sv, "data"sv, "scenario"sv, "known_before"sv, "metric"sv,
                   "predict"sv, "permanent_share"sv, "options"sv, "samples"sv, "seed"sv},
        "the case");
    read_name(root, folder_name);
    out_.test.title = check_.required_text(root, "title", "the case").value_or("");
    out_.test.description = check_.optional_text(root, "description");
    if (root.find("unit") != nullptr) out_.test.unit = check_.required_text(root, "unit", "the case").value_or("t");
    out_.data = check_.required_text(root, "data", "the case").value_or("");
    read_scenario_file(root);
    if (const std::optional<Date> day = required_date(root, "known_before")) out_.test.known_before = *day;
    if (const JsonValue* metric = required_object(root, "metric")) read_metric(*metric);
    if (const JsonValue* predict = required_object(root, "predict")) read_predict(*predict);
    if (const JsonValue* share_left = root.find("permanent_share")) {
      out_.test.permanent_share = certain(*share_left, "permanent_share", not_negative);
    }
    if (const JsonValue* options = root.find("options")) read_options(*options);
    if (const JsonValue* samples = root.find("samples")) {
      out_.test.samples = static_cast<std::size_t>(whole(*samples, "samples", 1.0, 1e6).value_or(1.0));
    }
    if (const JsonValue* seed = root.find("seed")) {
      out_.test.seed = static_cast<std::uint64_t>(whole(*seed, "seed", 0.0, 9007199254740992.0).value_or(1.0));
    }
    return std::move(out_);
  }

 private:
  using Type = JsonValue::Type;

  const JsonValue* required_object(const JsonValue& root, std::string_view key) {
    const JsonValue* value = check_.require(root, key, "the case");
    if (value == nullptr || !check_.expect(*value, Type::object, key, "an object: { ... }")) return nullptr;
    return value;
  }

  std::optional<Date> required_date(const JsonValue& root, std::string_view key) {
    const JsonValue* value = check_.require(root, key, "the case");
    return value == nullptr ? std::nullopt : read_date(check_, *value, key);
  }

  void read_name(const JsonValue& root, std::string_view folder_name) {
    const std::optional<std::string> name = check_.required_text(root, "name", "the case");
    if (!name) return;
    out_.test.name = *name;
    if (*name == folder_name) return;
    check_.report(*root.find("name"), "name " + shown(*name) + " is not that of the folder, " + shown(folder_name),
                  "rename the folder or the case so that they agree");
  }

  void read_scenario_file(const JsonValue& root) {
    const std::optional<std::string> file = check_.required_text(root, "scenario", "the case");
    if (!file) return;
    if (file->find('/') != std::string::npos || !file->ends_with(".json")) {
      check_.report(*root.find("scenario"), "scenario " + shown(*file) + " is not a JSON file of this folder",
                    "name a file like \"licences.json\" beside case.json");
      return;
    }
    out_.scenario_file = *file;
  }

  void read_metric(const JsonValue& metric) {
    using namespace std::string_view_literals;
    static constexpr std::array kinds{"exports"sv, "output"sv, "deliveries"sv};
    const std::optional<std::string> kind = check_.required_text(metric, "kind", "the metric");
    if (!kind) return;
    const auto select = [&](std::string_view key) { return numbers_.read_selection(metric, key); };
    const auto refuse_unknown = [&](auto... keys) {
      check_.refuse_unknown(metric, std::array{"kind"sv, keys...}, "the " + *kind + " metric");
    };
    if (*kind == "exports") {
      refuse_unknown("country"sv, "commodity"sv, "partners"sv, "except"sv);
      (void)check_.require(metric, "country", "the exports metric");
      out_.test.metric = ExportsMetric{select("country"), select("commodity"), select("partners"), select("except")};
    } else if (*kind == "output") {
      refuse_unknown("facility"sv, "commodity"sv);
      (void)check_.require(metric, "facility", "the output metric");
      out_.test.metric = OutputMetric{select("facility"), select("commodity")};
    } else if (*kind == "deliveries") {
      refuse_unknown("end_use"sv, "country"sv, "sector"sv, "commodity"sv);
      out_.test.metric = DeliveriesMetric{select("end_use"), select("country"), select("sector"), select("commodity")};
    } else {
      check_.report(*metric.find("kind"), "unknown kind " + shown(*kind), mend_for(*kind, kinds));
    }
  }

  std::optional<CalendarPeriod> period(const JsonValue& object, std::string_view key) {
    const std::optional<std::string> text = check_.required_text(object, key, "predict");
    if (!text) return std::nullopt;
    const std::optional<CalendarPeriod> parsed = parse_period(*text);
    if (!parsed) {
      check_.report(*object.find(key), std::string(key) + ' ' + shown(*text) + " is no period",
                    "write a month, a quarter or a year: \"2025-04\", \"2025-Q2\", \"2025\"");
    }
    return parsed;
  }

  void read_predict(const JsonValue& predict) {
    using namespace std::string_view_literals;
    check_.refuse_unknown(predict, std::array{"from"sv, "to"sv}, "predict");
    const std::optional<CalendarPeriod> from = period(predict, "from"), to = period(predict, "to");
    if (!from || !to) return;
    const JsonValue& at = *predict.find("to");
    if (from->length != to->length) {
      check_.report(at, "from and to are not of one length", "write two months, two quarters or two years");
    } else if (to->first() < from->first()) {
      check_.report(at, "to is before from", "let the prediction end in the period in which it begins, or later");
    } else if (to->year - from->year > 50) {
      check_.report(at, "the prediction takes more than 50 years", "predict fewer");
    }
    out_.test.from = *from;
    out_.test.to = *to;
  }

  void read_options(const JsonValue& options) {
    using namespace std::string_view_literals;
    if (!check_.expect(options, Type::object, "options", "an object: { ... }")) return;
    check_.refuse_unknown(
        options,
        std::array{"step_days"sv, "orders"sv, "rationing"sv, "unmet"sv, "cover_factor"sv, "default_cover_days"sv,
                   "yard_days"sv, "adjustment_days"sv, "forecast_days"sv, "overtime"sv, "overtime_days"sv},
        "options");
    SimulateOptions& out = out_.test.options;
    if (const JsonValue* days = options.find("step_days")) {
      out.step_days = static_cast<int>(whole(*days, "step_days", 1.0, 31.0).value_or(7.0));
    }
    choose(options, "orders", std::array{"adaptive"sv, "frozen"sv}, out.orders);
    choose(options, "rationing", std::array{"entitlement"sv, "priority"sv}, out.rationing);
    choose(options, "unmet", std::array{"as_data"sv, "lost"sv, "waits"sv}, out.unmet);
    UncertainOptions& uncertain = out_.test.uncertain;
    const auto number = [&](std::string_view key, UncertainNumber& target, const LegalNumbers& legal) {
      if (const JsonValue* value = options.find(key)) target = numbers_.read_number(*value, key, legal);
    };
    // The ranges of SimulateOptions.
    constexpr LegalNumbers some_days{0.0, 36500.0, false}, any_days{0.0, 36500.0};
    number("cover_factor", uncertain.cover_factor, {0.0, 1000.0});
    number("default_cover_days", uncertain.default_cover_days, any_days);
    number("yard_days", uncertain.yard_days, any_days);
    number("adjustment_days", uncertain.adjustment_days, some_days);
    number("forecast_days", uncertain.forecast_days, some_days);
    number("overtime", uncertain.overtime, {0.0, 10.0});
    number("overtime_days", uncertain.overtime_days, some_days);
  }

  template <class Enum, std::size_t count>
  void choose(const JsonValue& options, std::string_view key, const std::array<std::string_view, count>& names,
              Enum& target) {
    const JsonValue* value = options.find(key);
    const std::optional<std::string> word = value == nullptr ? std::nullopt : check_.text(*value, key);
    if (!word) return;
    const auto found = std::find(names.begin(), names.end(), *word);
    if (found != names.end()) {
      target = static_cast<Enum>(found - names.begin());
    } else {
      check_.report(*value, "unknown " + std::string(key) + ' ' + shown(*word), mend_for(*word, names));
    }
  }

  std::optional<double> certain(const JsonValue& value, std::string_view key, const LegalNumbers& legal) {
    if (!check_.expect(value, Type::number, key, "a number")) return std::nullopt;
    if (legal.contains(value.number)) return value.number;
    check_.report(value, std::string(key) + ' ' + value.text + " is out of range", legal.mend());
    return std::nullopt;
  }

  std::optional<double> whole(const JsonValue& value, std::string_view key, double low, double high) {
    const std::optional<double> number = certain(value, key, {low, high});
    if (!number || *number == std::floor(*number)) return number;
    check_.report(value, std::string(key) + ' ' + value.text + " is not whole", "write a whole number");
    return std::nullopt;
  }

  JsonChecks check_;
  ShockReader numbers_;
  ParsedCase out_;
};

}  // namespace lode::inline LODE_ABI::io_detail
