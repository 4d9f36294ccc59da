// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <array>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/date.hpp>
#include <lode/error.hpp>
#include <lode/uncertain.hpp>

/// What can happen to a network, as values. A shock names what it selects by id; it is checked against a network when
/// a model runs (`resolve`, disruption.hpp). All given selectors must match.
///
///     const lode::ExportShock licence{.country = "CHN", .commodity = {"dy_oxide", "tb_oxide"}, .factor = 0.25};
///     const lode::CapacityShock outage{.facility = "lynas_kuantan", .factor = 0.0};
namespace lode::inline LODE_ABI {

/// Ids that a shock selects: not given (everything), `"*"` (everything), one id or a list.
class Selection {
 public:
  Selection() = default;
  Selection(const char* id) : ids_({std::string(id)}), given_(true) {}
  Selection(std::string id) : ids_({std::move(id)}), given_(true) {}
  Selection(std::initializer_list<std::string_view> ids) : ids_(ids.begin(), ids.end()), given_(true) {}
  Selection(std::vector<std::string> ids) : ids_(std::move(ids)), given_(true) {}

  [[nodiscard]] bool given() const { return given_; }
  [[nodiscard]] const std::vector<std::string>& ids() const { return ids_; }
  friend bool operator==(const Selection&, const Selection&) = default;

 private:
  std::vector<std::string> ids_;
  bool given_ = false;
};

/// A value from `date` on, until the next step.
struct Step {
  Date date;
  UncertainNumber value;
  friend bool operator==(const Step&, const Step&) = default;
};

/// A number, or steps with strictly ascending dates. Before the first step the effect is neutral: 1 for a factor or an
/// approved share, 0 for a rate.
class Schedule {
 public:
  Schedule() = default;
  Schedule(double number) : constant_(number) {}
  Schedule(UncertainNumber number) : constant_(std::move(number)) {}
  /// A distribution: `.factor = lode::Triangular{0.1, 0.25, 0.5}`.
  template <class Distribution>
    requires(!std::is_arithmetic_v<Distribution> && std::is_constructible_v<UncertainNumber::Form, Distribution>)
  Schedule(Distribution distribution) : constant_(std::move(distribution)) {}
  Schedule(std::vector<Step> steps) : steps_(std::move(steps)), has_steps_(true) {}

  [[nodiscard]] bool has_steps() const { return has_steps_; }
  [[nodiscard]] const UncertainNumber& constant() const { return constant_; }
  [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

  /// The value that holds at `date` (without a date: the last one), or nothing before the first step.
  [[nodiscard]] const UncertainNumber* at(std::optional<Date> date) const {
    if (!has_steps_) return &constant_;
    const UncertainNumber* value = nullptr;
    for (const Step& step : steps_) {
      if (!date || step.date <= *date) value = &step.value;
    }
    return value;
  }
  friend bool operator==(const Schedule&, const Schedule&) = default;

 private:
  UncertainNumber constant_;
  std::vector<Step> steps_;
  bool has_steps_ = false;
};

/// How a change comes about between its first and its last day, as a share s of the time: the share of the change that
/// is there. linear: s; concave: fast at first, 1 - (1 - s)^2; convex: slow at first, s^2; logistic: slow, fast, slow,
/// s^2 (3 - 2 s).
enum class Curve { linear, concave, convex, logistic };

namespace detail {
/// The words for the curves in scenario files.
inline constexpr std::array<std::string_view, 4> curve_names{"linear", "concave", "convex", "logistic"};
}  // namespace detail

/// Limits activity to `factor` times itself plus `add` t/yr (all factors on a facility first, then all adds). With
/// `ramp_days` the effect grows from none on the day it starts; with `recovery_days` it fades after its end.
struct CapacityShock {
  Selection facility = {};
  Selection country = {};
  Selection facility_kind = {};
  Selection operator_name = {};
  std::optional<Schedule> factor = std::nullopt;      ///< at least 0
  std::optional<UncertainNumber> add = std::nullopt;  ///< t/yr
  UncertainNumber ramp_days = 0.0;
  UncertainNumber recovery_days = 0.0;
  Curve curve = Curve::linear;  ///< of both
  friend bool operator==(const CapacityShock&, const CapacityShock&) = default;
};

/// Limits each selected flow to `factor` times its baseline.
struct RouteShock {
  Selection from = {};
  Selection to = {};
  Selection commodity = {};
  Schedule factor = 1.0;
  friend bool operator==(const RouteShock&, const RouteShock&) = default;
};

/// A `RouteShock` on every route that leaves `country` for a partner. `partners`: default all others.
struct ExportShock {
  Selection country = {};
  Selection commodity = {};
  Selection partners = {};
  Selection except = {};
  Schedule factor = 1.0;
  friend bool operator==(const ExportShock&, const ExportShock&) = default;
};

/// A `RouteShock` on every route that enters `country` from a partner.
struct ImportShock {
  Selection country = {};
  Selection commodity = {};
  Selection partners = {};
  Selection except = {};
  Schedule factor = 1.0;
  friend bool operator==(const ImportShock&, const ImportShock&) = default;
};

/// Multiplies demand.
struct DemandShock {
  Selection end_use = {};
  Selection country = {};
  Selection sector = {};
  Selection commodity = {};
  Schedule factor = 1.0;
  friend bool operator==(const DemandShock&, const DemandShock&) = default;
};

/// Multiplies the weight of an end use: who is served first where a model chooses. `factor` above 0.
struct PriorityShock {
  Selection end_use = {};
  Selection country = {};
  Selection sector = {};
  Selection commodity = {};
  Schedule factor = 1.0;
  friend bool operator==(const PriorityShock&, const PriorityShock&) = default;
};

/// Adds `rate` times the price to the cost of what `country` imports from `partners` (1.0 = 100 %).
struct TariffShock {
  Selection country = {};
  Selection partners = {};
  Selection commodity = {};
  Schedule rate = 0.0;
  friend bool operator==(const TariffShock&, const TariffShock&) = default;
};

/// Guarantees a producer at least `price` USD/t for a commodity.
struct PriceFloorShock {
  Selection facility = {};
  Selection commodity = {};
  UncertainNumber price = 0.0;
  friend bool operator==(const PriceFloorShock&, const PriceFloorShock&) = default;
};

/// At least `minimum` t/yr over all selected routes together, for each commodity, must be shipped.
struct OfftakeShock {
  Selection from = {};
  Selection to = {};
  Selection commodity = {};
  UncertainNumber minimum = 0.0;
  friend bool operator==(const OfftakeShock&, const OfftakeShock&) = default;
};

/// Exports wait `delay_days` for a licence; then the share `approved` is let through and the share `refused` goes back to
/// the seller. The rest waits until `approved` rises. Static models see an `ExportShock` with factor = approved.
struct LicenceShock {
  Selection country = {};
  Selection commodity = {};
  Selection partners = {};
  Selection except = {};
  UncertainNumber delay_days = 0.0;
  std::optional<Schedule> approved = std::nullopt;  ///< 0 .. 1; absent = 1 - refused
  std::optional<Schedule> refused = std::nullopt;   ///< 0 .. 1, together with `approved` at most 1; absent = 0
  friend bool operator==(const LicenceShock&, const LicenceShock&) = default;
};

/// Releases a reserve at `rate` t/yr, or as needed (no rate), up to its amount. Static models add it to what the holder
/// receives.
struct ReserveShock {
  Selection holder = {};
  Selection commodity = {};
  std::optional<Schedule> rate = std::nullopt;  ///< absent = as needed
  friend bool operator==(const ReserveShock&, const ReserveShock&) = default;
};

using Effect = std::variant<CapacityShock, RouteShock, ExportShock, ImportShock, DemandShock, PriorityShock, TariffShock,
                            PriceFloorShock, OfftakeShock, LicenceShock, ReserveShock>;

/// "capacity", "route", ...: the word for the kind in scenario files.
[[nodiscard]] inline std::string_view kind_of(const Effect& effect) {
  constexpr std::string_view names[] = {"capacity", "route",       "export",  "import",  "demand", "priority",
                                        "tariff",   "price_floor", "offtake", "licence", "reserve"};
  static_assert(std::size(names) == std::variant_size_v<Effect>);
  return names[effect.index()];
}

/// When a shock acts, both days included; an absent end is open.
struct Period {
  std::optional<Date> start = std::nullopt;
  std::optional<Date> end = std::nullopt;
  friend bool operator==(const Period&, const Period&) = default;
};

/// Where a scenario's values stand in its file, by JSON pointer ("/shocks/0/country"). Empty for scenarios in code.
struct Origin {
  virtual ~Origin() = default;
  [[nodiscard]] virtual Place at(std::string_view pointer) const = 0;
};

/// One thing that happens, and when.
struct Shock {
  Effect effect;
  Period period;
  /// The date at which static models look, if the scenario this shock came from names one.
  std::optional<Date> at = std::nullopt;
  std::shared_ptr<const Origin> origin = nullptr;
  std::string pointer = {};  ///< of this shock within `origin`

  friend bool operator==(const Shock& a, const Shock& b) {
    return a.effect == b.effect && a.period == b.period && a.at == b.at;
  }
};

}  // namespace lode::inline LODE_ABI
