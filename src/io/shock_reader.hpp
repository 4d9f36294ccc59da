// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <io/json_checks.hpp>
#include <io/number.hpp>
#include <lode/date.hpp>
#include <lode/shock.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// The legal values of a number. A distribution may reach beyond them: its draws are clipped.
struct LegalNumbers {
  double low = 0.0;
  double high = std::numeric_limits<double>::max();
  bool is_low_legal = true;

  [[nodiscard]] bool contains(double number) const {
    return (is_low_legal ? number >= low : number > low) && number <= high;
  }
  [[nodiscard]] std::string mend() const {
    std::string text = (is_low_legal ? "give a number at least " : "give a number above ") + decimal(low);
    if (high < std::numeric_limits<double>::max()) text += " and at most " + decimal(high);
    return text;
  }
};

inline constexpr LegalNumbers not_negative{};
inline constexpr LegalNumbers above_zero{0.0, std::numeric_limits<double>::max(), false};
inline constexpr LegalNumbers share{0.0, 1.0};
inline constexpr LegalNumbers any_number{std::numeric_limits<double>::lowest()};

/// The number of a schedule that neither changes nor is uncertain.
[[nodiscard]] inline std::optional<double> certain(const Schedule& schedule) {
  if (schedule.has_steps() || !schedule.constant().is_certain()) return std::nullopt;
  return std::get<double>(schedule.constant().form());
}

/// Reads one shock of a scenario file. Every problem is reported at the value it is about.
class ShockReader {
 public:
  explicit ShockReader(FileProblems& problems) : check_(problems) {}

  /// The shock, or nothing if its kind is not known.
  [[nodiscard]] std::optional<Shock> read(const JsonValue& json);

  /// Numbers and selections of other objects that are written as those of shocks.
  [[nodiscard]] UncertainNumber read_number(const JsonValue& value, std::string_view key, const LegalNumbers& legal) {
    return number_of(value, key, legal);
  }
  [[nodiscard]] Selection read_selection(const JsonValue& object, std::string_view key) {
    shock_ = &object;
    return selection(key);
  }

 private:
  using Type = JsonValue::Type;
  using Names = std::span<const std::string_view>;

  std::optional<Effect> effect(std::string_view kind);
  CapacityShock capacity();
  Curve curve();
  LicenceShock licence();
  ReserveShock reserve();
  template <class Trade>
  Trade trade();
  template <class EndUseShock>
  EndUseShock end_use_shock(const LegalNumbers& legal);

  void refuse_unknown(std::string_view kind, Names own);
  Selection selection(std::string_view key);
  const JsonValue* effect_value(std::string_view key);
  Schedule schedule(std::string_view key, const LegalNumbers& legal);
  Schedule schedule_of(const JsonValue& value, std::string_view key, const LegalNumbers& legal);
  Schedule steps_of(const JsonValue& list, std::string_view key, const LegalNumbers& legal);
  UncertainNumber number(std::string_view key, const LegalNumbers& legal);
  UncertainNumber number_of(const JsonValue& value, std::string_view key, const LegalNumbers& legal);
  UncertainNumber distribution(const JsonValue& value);
  UncertainNumber discrete(const JsonValue& value);
  std::vector<double> parameters(const JsonValue& value, std::string_view kind, Names names);
  std::vector<double> list_of_numbers(const JsonValue& value, std::string_view key);
  std::optional<Date> date(const JsonValue& object, std::string_view key);
  Period period();

  JsonChecks check_;
  const JsonValue* shock_ = nullptr;
  std::string kind_;
};

/// A day in a member that may be absent; nothing after reporting that it is none.
[[nodiscard]] inline std::optional<Date> read_date(JsonChecks& check, const JsonValue& value, std::string_view key) {
  const std::optional<std::string> text = check.text(value, key);
  if (!text) return std::nullopt;
  const std::optional<Date> day = parse_date(*text);
  if (!day) {
    check.report(value, std::string(key) + ' ' + shown(*text) + " is not a day", "write it like \"2025-04-04\"");
  }
  return day;
}

inline std::optional<Shock> ShockReader::read(const JsonValue& json) {
  if (!check_.expect(json, Type::object, "a shock", "an object: { ... }")) return std::nullopt;
  shock_ = &json;
  const std::optional<std::string> kind = check_.required_text(json, "kind", "a shock");
  if (!kind) return std::nullopt;
  kind_ = *kind;
  std::optional<Effect> what = effect(kind_);
  if (!what) return std::nullopt;
  return Shock{std::move(*what), period()};
}

inline std::optional<Effect> ShockReader::effect(std::string_view kind) {
  using namespace std::string_view_literals;
  static constexpr std::array trade_keys{"country"sv, "commodity"sv, "partners"sv, "except"sv, "factor"sv};
  static constexpr std::array end_use_keys{"end_use"sv, "country"sv, "sector"sv, "commodity"sv, "factor"sv};
  static constexpr std::array kinds{"capacity"sv, "route"sv,       "export"sv,  "import"sv,  "demand"sv, "priority"sv,
                                    "tariff"sv,   "price_floor"sv, "offtake"sv, "licence"sv, "reserve"sv};
  if (kind == "capacity") return capacity();
  if (kind == "route") {
    refuse_unknown(kind, std::array{"from"sv, "to"sv, "commodity"sv, "factor"sv});
    return RouteShock{selection("from"), selection("to"), selection("commodity"), schedule("factor", not_negative)};
  }
  if (kind == "export") {
    refuse_unknown(kind, trade_keys);
    return trade<ExportShock>();
  }
  if (kind == "import") {
    refuse_unknown(kind, trade_keys);
    return trade<ImportShock>();
  }
  if (kind == "demand") {
    refuse_unknown(kind, end_use_keys);
    return end_use_shock<DemandShock>(not_negative);
  }
  if (kind == "priority") {
    refuse_unknown(kind, end_use_keys);
    return end_use_shock<PriorityShock>(above_zero);
  }
  if (kind == "tariff") {
    refuse_unknown(kind, std::array{"country"sv, "partners"sv, "commodity"sv, "rate"sv});
    return TariffShock{selection("country"), selection("partners"), selection("commodity"),
                       schedule("rate", not_negative)};
  }
  if (kind == "price_floor") {
    refuse_unknown(kind, std::array{"facility"sv, "commodity"sv, "price"sv});
    return PriceFloorShock{selection("facility"), selection("commodity"), number("price", not_negative)};
  }
  if (kind == "offtake") {
    refuse_unknown(kind, std::array{"from"sv, "to"sv, "commodity"sv, "minimum"sv});
    return OfftakeShock{selection("from"), selection("to"), selection("commodity"), number("minimum", not_negative)};
  }
  if (kind == "licence") return licence();
  if (kind == "reserve") return reserve();
  check_.report(*shock_->find("kind"), "unknown kind " + shown(kind), mend_for(kind, kinds));
  return std::nullopt;
}

inline CapacityShock ShockReader::capacity() {
  using namespace std::string_view_literals;
  refuse_unknown("capacity", std::array{"facility"sv, "country"sv, "facility_kind"sv, "operator"sv, "factor"sv, "add"sv,
                                        "ramp_days"sv, "recovery_days"sv, "curve"sv});
  CapacityShock out{selection("facility"), selection("country"), selection("facility_kind"), selection("operator")};
  if (const JsonValue* factor = shock_->find("factor")) out.factor = schedule_of(*factor, "factor", not_negative);
  if (const JsonValue* add = shock_->find("add")) out.add = number_of(*add, "add", any_number);
  if (!shock_->find("factor") && !shock_->find("add")) {
    check_.report(*shock_, "the capacity shock has neither \"factor\" nor \"add\"", "add one of the two keys");
  }
  if (const JsonValue* days = shock_->find("ramp_days")) out.ramp_days = number_of(*days, "ramp_days", not_negative);
  if (const JsonValue* days = shock_->find("recovery_days")) {
    out.recovery_days = number_of(*days, "recovery_days", not_negative);
  }
  out.curve = curve();
  return out;
}

inline Curve ShockReader::curve() {
  const JsonValue* value = shock_->find("curve");
  const std::optional<std::string> name = value == nullptr ? std::nullopt : check_.text(*value, "curve");
  if (!name) return Curve::linear;
  const auto found = std::find(detail::curve_names.begin(), detail::curve_names.end(), *name);
  if (found != detail::curve_names.end()) return static_cast<Curve>(found - detail::curve_names.begin());
  check_.report(*value, "unknown curve " + shown(*name), mend_for(*name, detail::curve_names));
  return Curve::linear;
}

inline LicenceShock ShockReader::licence() {
  using namespace std::string_view_literals;
  refuse_unknown("licence", std::array{"country"sv, "commodity"sv, "partners"sv, "except"sv, "delay_days"sv,
                                       "approved"sv, "refused"sv});
  LicenceShock out{selection("country"), selection("commodity"), selection("partners"), selection("except"),
                   number("delay_days", not_negative)};
  if (const JsonValue* approved = shock_->find("approved")) out.approved = schedule_of(*approved, "approved", share);
  const JsonValue* refused = shock_->find("refused");
  if (refused == nullptr) return out;
  out.refused = schedule_of(*refused, "refused", share);
  const std::optional<double> let_through = out.approved ? certain(*out.approved) : std::nullopt;
  const std::optional<double> turned_back = certain(*out.refused);
  constexpr double rounding = 1e-12;  // shares are written as decimals: their sum may miss 1 by rounding
  if (let_through && turned_back && share.contains(*let_through) && share.contains(*turned_back) &&
      *let_through + *turned_back > 1.0 + rounding) {
    check_.report(*refused, "approved and refused add up to " + decimal(*let_through + *turned_back),
                  "they are shares of what is applied for: at most 1 together");
  }
  return out;
}

inline ReserveShock ShockReader::reserve() {
  using namespace std::string_view_literals;
  refuse_unknown("reserve", std::array{"holder"sv, "commodity"sv, "rate"sv});
  ReserveShock out{selection("holder"), selection("commodity")};
  const JsonValue* rate = effect_value("rate");
  if (rate == nullptr) return out;
  if (rate->is(Type::text)) {
    if (rate->text == "as_needed") return out;
    check_.report(*rate, "rate " + shown(rate->text) + " is neither a number nor \"as_needed\"",
                  "write t/yr as a number, steps, or \"as_needed\"");
  } else {
    out.rate = schedule_of(*rate, "rate", not_negative);
  }
  return out;
}

template <class Trade>
Trade ShockReader::trade() {
  return {selection("country"), selection("commodity"), selection("partners"), selection("except"),
          schedule("factor", not_negative)};
}

template <class EndUseShock>
EndUseShock ShockReader::end_use_shock(const LegalNumbers& legal) {
  return {selection("end_use"), selection("country"), selection("sector"), selection("commodity"),
          schedule("factor", legal)};
}

/// `own`: the selectors and effects of the kind; every shock also has a kind and a period.
inline void ShockReader::refuse_unknown(std::string_view kind, Names own) {
  std::vector<std::string_view> legal{"kind", "start", "end"};
  legal.insert(legal.begin() + 1, own.begin(), own.end());
  check_.refuse_unknown(*shock_, legal, "the " + std::string(kind) + " shock");
}

inline Selection ShockReader::selection(std::string_view key) {
  const JsonValue* value = shock_->find(key);
  if (value == nullptr) return {};
  const auto id = [&](const JsonValue& item, const std::string& noun) {
    std::optional<std::string> text = check_.text(item, noun);
    if (text && text->empty()) check_.report(item, noun + " is empty", "name one, or \"*\" for all");
    return text.value_or("");
  };
  if (value->is(Type::text)) return id(*value, std::string(key));
  if (!value->is(Type::array)) {
    check_.report(*value, std::string(key) + " is " + std::string(type_name(*value)),
                  "write an id in double quotes, a list of them, or \"*\" for all");
    return {};
  }
  if (value->items.empty()) {
    check_.report(*value, std::string(key) + " is an empty list", "name at least one, or \"*\" for all");
  }
  std::vector<std::string> ids;
  for (const JsonValue& item : value->items) ids.push_back(id(item, "an item of " + std::string(key)));
  return ids;
}

/// The value of an effect that the kind can not do without.
inline const JsonValue* ShockReader::effect_value(std::string_view key) {
  return check_.require(*shock_, key, "the " + kind_ + " shock");
}

inline Schedule ShockReader::schedule(std::string_view key, const LegalNumbers& legal) {
  const JsonValue* value = effect_value(key);
  return value == nullptr ? Schedule{} : schedule_of(*value, key, legal);
}

inline Schedule ShockReader::schedule_of(const JsonValue& value, std::string_view key, const LegalNumbers& legal) {
  if (value.is(Type::array)) return steps_of(value, key, legal);
  return number_of(value, key, legal);
}

inline Schedule ShockReader::steps_of(const JsonValue& list, std::string_view key, const LegalNumbers& legal) {
  if (list.items.empty()) {
    check_.report(list, std::string(key) + " has no steps", "give a number or at least one step");
  }
  std::vector<Step> steps;
  for (const JsonValue& item : list.items) {
    if (!check_.expect(item, Type::object, "a step", "an object: {\"date\": \"2025-04-04\", ...}")) continue;
    const std::string noun = "a step of " + std::string(key);
    // The format writes steps with "factor"; the name of what changes is as good.
    const bool has_own_key = item.find(key) != nullptr || item.find("factor") == nullptr;
    const std::string_view value_key = has_own_key ? key : "factor";
    check_.refuse_unknown(item, std::array<std::string_view, 2>{"date", value_key}, noun);
    const JsonValue* day = check_.require(item, "date", noun);
    const std::optional<Date> date = day == nullptr ? std::nullopt : read_date(check_, *day, "date");
    const JsonValue* value = check_.require(item, value_key, noun);
    UncertainNumber number = value == nullptr ? UncertainNumber{} : number_of(*value, value_key, legal);
    if (!date) continue;
    if (!steps.empty() && *date <= steps.back().date) {
      check_.report(*day, "step " + to_string(*date) + " does not come after " + to_string(steps.back().date),
                    "order the steps by strictly ascending dates");
    }
    steps.push_back({*date, std::move(number)});
  }
  return steps;
}

inline UncertainNumber ShockReader::number(std::string_view key, const LegalNumbers& legal) {
  const JsonValue* value = effect_value(key);
  return value == nullptr ? UncertainNumber{} : number_of(*value, key, legal);
}

inline UncertainNumber ShockReader::number_of(const JsonValue& value, std::string_view key, const LegalNumbers& legal) {
  if (value.is(Type::object)) return distribution(value);
  if (!check_.expect(value, Type::number, key, "a number or a distribution")) return {};
  if (!legal.contains(value.number)) {
    check_.report(value, std::string(key) + ' ' + value.text + " is out of range", legal.mend());
  }
  return value.number;
}

inline UncertainNumber ShockReader::distribution(const JsonValue& value) {
  using namespace std::string_view_literals;
  static constexpr std::array kinds{"triangular"sv, "uniform"sv, "pert"sv, "normal"sv, "lognormal"sv, "discrete"sv};
  const std::size_t before = check_.problems().count();
  const std::optional<std::string> kind = check_.required_text(value, "distribution", "an uncertain number");
  if (!kind) return {};
  UncertainNumber out;
  if (*kind == "triangular") {
    const auto p = parameters(value, *kind, std::array{"min"sv, "mode"sv, "max"sv});
    out = Triangular{p[0], p[1], p[2]};
  } else if (*kind == "uniform") {
    const auto p = parameters(value, *kind, std::array{"min"sv, "max"sv});
    out = Uniform{p[0], p[1]};
  } else if (*kind == "pert") {
    const auto p = parameters(value, *kind, std::array{"min"sv, "mode"sv, "max"sv});
    out = Pert{p[0], p[1], p[2]};
  } else if (*kind == "normal") {
    const auto p = parameters(value, *kind, std::array{"mean"sv, "sd"sv});
    out = Normal{p[0], p[1]};
  } else if (*kind == "lognormal") {
    const auto p = parameters(value, *kind, std::array{"median"sv, "sigma"sv});
    out = Lognormal{p[0], p[1]};
  } else if (*kind == "discrete") {
    out = discrete(value);
  } else {
    check_.report(*value.find("distribution"), "unknown distribution " + shown(*kind), mend_for(*kind, kinds));
  }
  if (check_.problems().count() > before) return {};
  if (const std::optional<std::string> problem = out.problem()) {
    check_.report(value, *kind + " distribution: " + *problem, "correct its parameters");
  }
  return out;
}

/// The parameters of a distribution in the order of `names`; 0 for those with a problem.
inline std::vector<double> ShockReader::parameters(const JsonValue& value, std::string_view kind, Names names) {
  const std::string noun = "the " + std::string(kind) + " distribution";
  std::vector<std::string_view> legal{"distribution"};
  legal.insert(legal.end(), names.begin(), names.end());
  check_.refuse_unknown(value, legal, noun);
  std::vector<double> numbers;
  for (const std::string_view name : names) {
    const JsonValue* parameter = check_.require(value, name, noun);
    const bool is_number = parameter != nullptr && check_.expect(*parameter, Type::number, name, "a number");
    numbers.push_back(is_number ? parameter->number : 0.0);
  }
  return numbers;
}

inline UncertainNumber ShockReader::discrete(const JsonValue& value) {
  using namespace std::string_view_literals;
  check_.refuse_unknown(value, std::array{"distribution"sv, "values"sv, "weights"sv}, "the discrete distribution");
  return Discrete{list_of_numbers(value, "values"), list_of_numbers(value, "weights")};
}

inline std::vector<double> ShockReader::list_of_numbers(const JsonValue& value, std::string_view key) {
  std::vector<double> numbers;
  const JsonValue* list = check_.require(value, key, "the discrete distribution");
  if (list == nullptr || !check_.expect(*list, Type::array, key, "a list of numbers")) return numbers;
  for (const JsonValue& item : list->items) {
    if (check_.expect(item, Type::number, "an item of " + std::string(key), "a number")) numbers.push_back(item.number);
  }
  return numbers;
}

inline std::optional<Date> ShockReader::date(const JsonValue& object, std::string_view key) {
  const JsonValue* value = object.find(key);
  return value == nullptr ? std::nullopt : read_date(check_, *value, key);
}

inline Period ShockReader::period() {
  const Period period{date(*shock_, "start"), date(*shock_, "end")};
  if (period.start && period.end && *period.end < *period.start) {
    check_.report(*shock_->find("end"),
                  "end " + to_string(*period.end) + " is before start " + to_string(*period.start),
                  "let the shock end on or after the day it starts");
  }
  return period;
}

}  // namespace lode::inline LODE_ABI::io_detail
