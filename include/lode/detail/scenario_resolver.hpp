// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <lode/detail/licence.hpp>
#include <lode/detail/network_tables.hpp>
#include <lode/detail/text.hpp>
#include <lode/disruption.hpp>

/// From the names of a scenario to handles and numbers. Private.
namespace lode::inline LODE_ABI::detail {

inline constexpr double unbounded = std::numeric_limits<double>::infinity();

/// Legal values of a shock's number; `open_low` excludes `low` itself.
struct LegalRange {
  double low = 0.0;
  double high = unbounded;
  bool open_low = false;
};

/// What one day of a scenario adds for models that know time.
struct TimedEffects {
  std::vector<RouteLicence> licences;    ///< by route, ascending; in place of their openness and quotas
  std::vector<ReserveRelease> releases;  ///< t/yr, not capped by the reserve's amount; infinite: as needed
};

/// Resolves one scenario: collects every problem, and the dense effects that `finish` makes sparse.
class ScenarioResolver {
 public:
  /// As the static models see it.
  ScenarioResolver(const Network& network, const Scenario& scenario) : network_(network), scenario_(scenario) {}
  /// As `simulate` sees it on `day`, whatever days the scenario names for static models.
  ScenarioResolver(const Network& network, const Scenario& scenario, Date day)
      : network_(network), scenario_(scenario), today_(day) {}

  void run() {
    factor_.assign(network_.facilities().size(), 1.0);
    add_.assign(network_.facilities().size(), 0.0);
    open_.assign(network_.routes().size(), 1.0);
    demand_.assign(network_.end_uses().size(), 1.0);
    weight_.assign(network_.end_uses().size(), 1.0);
    tariff_.assign(network_.routes().size(), 0.0);
    if (today_) licence_of_.assign(network_.routes().size(), npos);
    for (shock_ = 0; shock_ < scenario_.shocks.size(); ++shock_) {
      check_period();
      readers_ = ModelSet::all;
      std::visit([this](const auto& effect) { apply(effect); }, scenario_.shocks[shock_].effect);
    }
  }

  [[nodiscard]] std::vector<Issue>& problems() { return problems_; }

  /// After `finish`.
  [[nodiscard]] TimedEffects timed() {
    std::sort(licences_.begin(), licences_.end(), [](const auto& a, const auto& b) { return a.route < b.route; });
    return {std::move(licences_), std::move(timed_releases_)};
  }

  [[nodiscard]] Disruption finish() {
    note_capacity_without_effect();
    Disruption out;
    out.scenario = scenario_.name;
    for (std::size_t f = 0; f < factor_.size(); ++f) {
      if (factor_[f] != 1.0 || add_[f] != 0.0) out.activity.push_back({FacilityId{f}, factor_[f], add_[f]});
    }
    for (std::size_t r = 0; r < open_.size(); ++r) {
      if (open_[r] != 1.0) out.routes.push_back({RouteId{r}, open_[r]});
      if (tariff_[r] != 0.0) out.tariffs.push_back({RouteId{r}, tariff_[r]});
    }
    for (std::size_t e = 0; e < demand_.size(); ++e) {
      if (demand_[e] != 1.0) out.demand.push_back({EndUseId{e}, demand_[e]});
      if (weight_[e] != 1.0) out.weights.push_back({EndUseId{e}, weight_[e]});
    }
    std::sort(releases_.begin(), releases_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.holder, a.commodity) < std::pair(b.holder, b.commodity);
    });
    (today_ ? timed_releases_ : out.releases) = std::move(releases_);
    out.quotas = std::move(quotas_);
    out.offtakes = std::move(offtakes_);
    std::sort(floors_.begin(), floors_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.facility, a.commodity) < std::pair(b.facility, b.commodity);
    });
    out.price_floors = std::move(floors_);
    out.remarks = std::move(remarks_);
    return out;
  }

 private:
  using Mask = std::vector<bool>;

  [[nodiscard]] const Shock& shock() const { return scenario_.shocks[shock_]; }
  [[nodiscard]] std::string shock_name() const {
    return "shock " + std::to_string(shock_ + 1) + " (" + std::string(kind_of(shock().effect)) + ')';
  }

  void report(const std::string& key, std::string what, std::string mend) {
    Place place = shock().origin ? shock().origin->at(key.empty() ? shock().pointer : shock().pointer + '/' + key)
                                 : Place{"scenario " + detail::quoted(scenario_.name) + ", " + shock_name(), 0, 0};
    problems_.push_back({std::move(place), std::move(what), std::move(mend)});
  }

  void check_period() {
    const Period& period = shock().period;
    if (period.start && period.end && *period.end < *period.start) {
      report("end", "end " + to_string(*period.end) + " is before start " + to_string(*period.start),
             "let the shock end on or after the day it starts");
    }
  }

  /// The day of the shock's own scenario, if it was combined from several.
  [[nodiscard]] std::optional<Date> day() const {
    if (today_) return today_;
    return shock().at ? shock().at : scenario_.at;
  }

  /// False where the scenario names a day outside the shock's period.
  [[nodiscard]] bool acts() const {
    const std::optional<Date> at = day();
    if (!at) return true;
    return (!shock().period.start || *at >= *shock().period.start) &&
           (!shock().period.end || *at <= *shock().period.end);
  }

  /// How much of a capacity shock is there: none before it starts, all after its ramp, less and less while it recovers.
  double strength(const CapacityShock& effect) {
    const double ramp = number(effect.ramp_days, "ramp_days", {});
    const double recovery = number(effect.recovery_days, "recovery_days", {});
    const Period& period = shock().period;
    if (ramp > 0.0 && !period.start) report("ramp_days", "a ramp without a start", "give the shock a start date");
    if (recovery > 0.0 && !period.end)
      report("recovery_days", "a recovery without an end", "give the shock an end date");
    const std::optional<Date> at = day();
    if (!at) return 1.0;
    // At noon, so that the mean over days is that of the curve.
    const auto days_since = [&at](Date from) { return static_cast<double>((*at - from).count()) + 0.5; };
    double there = 1.0;
    if (period.start) {
      if (*at < *period.start) return 0.0;
      if (ramp > 0.0) {
        // It goes no further than to the end of the shock.
        const bool is_over = period.end && *at > *period.end;
        const double since = is_over ? static_cast<double>((*period.end - *period.start).count() + 1)
                                     : days_since(*period.start);
        there = share_done(effect.curve, since / ramp);
      }
    }
    if (period.end && *at > *period.end) {
      const double since = days_since(*period.end + std::chrono::days{1});
      there *= recovery > 0.0 ? 1.0 - share_done(effect.curve, since / recovery) : 0.0;
    }
    return there;
  }

  [[nodiscard]] static double share_done(Curve curve, double time) {
    const double s = std::clamp(time, 0.0, 1.0);
    switch (curve) {
      case Curve::linear:
        return s;
      case Curve::concave:
        return 1.0 - (1.0 - s) * (1.0 - s);
      case Curve::convex:
        return s * s;
      case Curve::logistic:
        return s * s * (3.0 - 2.0 * s);
    }
    return s;
  }

  /// A certain number must be in range; the median of an uncertain one is clipped to it.
  double number(const UncertainNumber& value, const std::string& key, const LegalRange& range) {
    if (const std::optional<std::string> problem = value.problem()) {
      report(key, key + ": " + *problem, "correct the distribution's parameters");
      return 1.0;
    }
    const double median = value.median();
    if (value.is_certain()) {
      if ((range.open_low ? median > range.low : median >= range.low) && median <= range.high) return median;
      std::string legal = (range.open_low ? "above " : "at least ") + number_text(range.low);
      if (std::isfinite(range.high)) legal += " and at most " + number_text(range.high);
      report(key, key + ' ' + number_text(median) + " is out of range", "give a number " + legal);
      return 1.0;
    }
    const double clipped = std::clamp(median, range.low, range.high);
    remark(": " + key + " is uncertain; its median " + number_text(clipped) + " is used", readers_);
    return clipped;
  }

  /// The value of the day, or `neutral` before the first step. All steps are checked.
  double value(const Schedule& schedule, const std::string& key, double neutral, const LegalRange& range) {
    if (!schedule.has_steps()) return number(schedule.constant(), key, range);
    if (schedule.steps().empty()) report(key, key + " has no steps", "give a number or at least one step");
    double current = neutral;
    const UncertainNumber* at = schedule.at(day());
    for (std::size_t i = 0; i < schedule.steps().size(); ++i) {
      const Step& step = schedule.steps()[i];
      const std::string step_key = key + '/' + std::to_string(i);
      if (i > 0 && step.date <= schedule.steps()[i - 1].date) {
        report(step_key,
               "step " + to_string(step.date) + " does not come after " + to_string(schedule.steps()[i - 1].date),
               "order the steps by strictly ascending dates");
      }
      const std::size_t remarks = remarks_.size();
      const double number_at = number(step.value, key, range);
      if (&step.value == at) {
        current = number_at;
      } else {
        remarks_.resize(remarks);  // the median of a step that is not used is of no interest
      }
    }
    return current;
  }

  /// The items a selection names, as a mask; `name_of(i)` is the id of item i.
  template <class NameOf>
  Mask select(const Selection& selection, const std::string& key, std::string_view noun, std::size_t count,
              NameOf name_of) {
    Mask mask(count, !selection.given());
    if (!selection.given()) return mask;
    if (selection.ids().empty()) report(key, key + " is an empty list", "name at least one, or \"*\" for all");
    for (std::size_t i = 0; i < selection.ids().size(); ++i) {
      const std::string& id = selection.ids()[i];
      if (id == "*") {
        mask.assign(count, true);
        continue;
      }
      bool found = false;
      for (std::size_t k = 0; k < count; ++k) {
        if (id.empty() || name_of(k) != id) continue;  // an absent operator is not called ""
        mask[k] = true;
        found = true;
      }
      if (found) continue;
      std::vector<std::string_view> candidates;
      for (std::size_t k = 0; k < count; ++k) candidates.push_back(name_of(k));
      const std::string suggestion = nearest(id, candidates);
      report(key + '/' + std::to_string(i), "unknown " + std::string(noun) + ' ' + detail::quoted(id),
             suggestion.empty() ? "use an id of the data set, or \"*\" for all"
                                : "did you mean " + detail::quoted(suggestion) + '?');
    }
    return mask;
  }
  Mask countries(const Selection& selection, const std::string& key) {
    return select(selection, key, "country", network_.countries().size(),
                  [this](std::size_t i) -> std::string_view { return network_.countries()[i].id; });
  }
  Mask commodities(const Selection& selection) {
    return select(selection, "commodity", "commodity", network_.commodities().size(),
                  [this](std::size_t i) -> std::string_view { return network_.commodities()[i].id; });
  }
  Mask facilities(const Selection& selection, const std::string& key) {
    return select(selection, key, "facility", network_.facilities().size(),
                  [this](std::size_t i) -> std::string_view { return network_.facilities()[i].id; });
  }
  /// Facilities first, then end uses.
  Mask places(const Selection& selection, const std::string& key) {
    const std::size_t split = network_.facilities().size();
    return select(selection, key, "facility or end use", split + network_.end_uses().size(),
                  [this, split](std::size_t i) -> std::string_view {
                    return i < split ? network_.facilities()[i].id : network_.end_uses()[i - split].id;
                  });
  }
  [[nodiscard]] std::size_t place_index(PlaceId place) const {
    return place.is_facility() ? place.facility().index() : network_.facilities().size() + place.end_use().index();
  }

  /// "Selects nothing" is only news while the names themselves are good.
  void require_some(bool any, std::size_t problems_before, std::string_view noun) {
    if (any || problems_.size() != problems_before) return;
    report("", shock_name() + " selects no " + std::string(noun), "check which of its selectors exclude each other");
  }

  void apply(const CapacityShock& effect) {
    const std::size_t before = problems_.size();
    const Mask by_id = facilities(effect.facility, "facility");
    const Mask by_country = countries(effect.country, "country");
    const Mask by_kind = select(effect.facility_kind, "facility_kind", "facility kind", facility_kind_names.size(),
                                [](std::size_t i) { return facility_kind_names[i]; });
    const Mask by_operator =
        select(effect.operator_name, "operator", "operator", network_.facilities().size(),
               [this](std::size_t i) -> std::string_view { return network_.facilities()[i].operator_name; });
    if (!effect.factor && !effect.add) report("", "factor and add are both absent", "give a factor or an add");
    const double factor = effect.factor ? value(*effect.factor, "factor", 1.0, {}) : 1.0;
    const double add = effect.add ? number(*effect.add, "add", {-std::numeric_limits<double>::max()}) : 0.0;
    const double there = strength(effect);
    bool any = false;
    for (std::size_t f = 0; f < network_.facilities().size(); ++f) {
      const Facility& facility = network_.facilities()[f];
      if (!by_id[f] || !by_country[facility.country.index()] || !by_kind[static_cast<std::size_t>(facility.kind)] ||
          !by_operator[f]) {
        continue;
      }
      any = true;
      if (there <= 0.0) continue;
      factor_[f] *= there == 1.0 ? factor : 1.0 + there * (factor - 1.0);
      add_[f] += there * add;
    }
    require_some(any, before, "facility");
  }

  /// The routes that `selects` accepts, by commodity.
  template <class Selects>
  std::vector<std::vector<RouteId>> routes_by_commodity(std::size_t problems_before, Selects selects) {
    std::vector<std::vector<RouteId>> chosen(network_.commodities().size());
    bool any = false;
    for (std::size_t r = 0; r < network_.routes().size(); ++r) {
      if (!selects(network_.routes()[r])) continue;
      any = true;
      chosen[network_.routes()[r].commodity.index()].push_back(RouteId{r});
    }
    require_some(any, problems_before, "route");
    return chosen;
  }

  /// Multiplies the openness of every route that `selects` accepts, and sets a quota on them for each commodity.
  template <class Selects>
  void limit_routes(double factor, std::size_t problems_before, Selects selects) {
    std::vector<std::vector<RouteId>> chosen = routes_by_commodity(problems_before, selects);
    if (!acts() || factor >= 1.0) return;
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      if (chosen[c].empty()) continue;
      double before = 0.0;
      for (const RouteId route : chosen[c]) {
        open_[route.index()] *= factor;
        before += network_[route].flow.in(tonnes_per_year);
      }
      quotas_.push_back({shock_, CommodityId{c}, factor, factor * before, std::move(chosen[c])});
    }
  }

  void apply(const RouteShock& effect) {
    const std::size_t before = problems_.size();
    const Mask from = facilities(effect.from, "from");
    const Mask to = places(effect.to, "to");
    const Mask commodity = commodities(effect.commodity);
    const double factor = value(effect.factor, "factor", 1.0, {});
    limit_routes(factor, before, [&](const Route& route) {
      return from[route.from.facility().index()] && to[place_index(route.to)] && commodity[route.commodity.index()];
    });
  }

  /// Exports and licences (home = the seller's country) and imports (home = the buyer's): calls `use` with the routes'
  /// predicate.
  template <class Trade, class Use>
  void select_trade(const Trade& effect, bool home_sells, Use use) {
    const Mask home = countries(effect.country, "country");
    const Mask partners = countries(effect.partners, "partners");
    const Mask except = effect.except.given() ? countries(effect.except, "except") : Mask(home.size(), false);
    const Mask commodity = commodities(effect.commodity);
    const std::span<const Facility> plants = network_.facilities();
    const std::span<const EndUse> uses = network_.end_uses();
    use([&](const Route& route) {
      const std::size_t seller = plants[route.from.facility().index()].country.index();
      const std::size_t buyer = (route.to.is_facility() ? plants[route.to.facility().index()].country
                                                        : uses[route.to.end_use().index()].country)
                                    .index();
      const std::size_t at_home = home_sells ? seller : buyer;
      const std::size_t partner = home_sells ? buyer : seller;
      return seller != buyer && home[at_home] && partners[partner] && !except[partner] &&
             commodity[route.commodity.index()];
    });
  }
  template <class Trade>
  void limit_trade(const Trade& effect, bool home_sells, double factor, std::size_t problems_before) {
    select_trade(effect, home_sells, [&](const auto& selects) { limit_routes(factor, problems_before, selects); });
  }

  void apply(const ExportShock& effect) {
    const std::size_t before = problems_.size();
    limit_trade(effect, true, value(effect.factor, "factor", 1.0, {}), before);
  }
  void apply(const ImportShock& effect) {
    const std::size_t before = problems_.size();
    limit_trade(effect, false, value(effect.factor, "factor", 1.0, {}), before);
  }
  void apply(const LicenceShock& effect) {
    const std::size_t before = problems_.size();
    readers_ = ModelSet::simulate;  // a delay has no static effect, so its median is of no interest to the others
    const double delay = number(effect.delay_days, "delay_days", {});
    const double refused = effect.refused ? value(*effect.refused, "refused", 0.0, {0.0, 1.0}) : 0.0;
    readers_ = ModelSet::all;
    const double approved = effect.approved ? value(*effect.approved, "approved", 1.0, {0.0, 1.0}) : 1.0;
    const double let_through = effect.approved ? approved : 1.0 - refused;
    if (problems_.size() == before && let_through + refused > 1.0) {
      // A schedule that starts at "all approved" may meet a constant share refused; only what is written is an error.
      if (effect.approved && !effect.approved->has_steps() && !effect.refused->has_steps() &&
          effect.approved->constant().is_certain() && effect.refused->constant().is_certain()) {
        report("refused", "approved " + number_text(approved) + " and refused " + number_text(refused) + " exceed 1",
               "let the two shares add up to at most 1");
      }
    }
    if (today_) {
      license_trade(effect, {{}, 1.0, delay, std::min(let_through, 1.0 - refused), refused}, before);
      return;
    }
    limit_trade(effect, true, approved, before);
    if (!effect.approved) {
      remark(": a delay has no static effect; without a share approved it has no effect here", ModelSet::statics);
    }
  }

  void license_trade(const LicenceShock& effect, const RouteLicence& rule, std::size_t problems_before) {
    select_trade(effect, true, [&](const auto& selects) {
      for (const std::vector<RouteId>& routes : routes_by_commodity(problems_before, selects)) {
        for (const RouteId route : routes) {
          if (acts()) license(route, rule);
        }
      }
    });
  }

  void license(RouteId route, RouteLicence rule) {
    rule.route = route;
    std::size_t& at = licence_of_[route.index()];
    if (at == npos) {
      at = licences_.size();
      licences_.push_back(rule);
      return;
    }
    RouteLicence& both = licences_[at];
    both.delay_days = std::max(both.delay_days, rule.delay_days);
    both.approved *= rule.approved;
    both.refused = std::min(1.0 - both.approved, std::max(both.refused, rule.refused));
  }

  template <class Selects>
  void scale_end_uses(const Selects& effect, double factor, std::vector<double>& factors, std::size_t problems_before) {
    const std::span<const EndUse> uses = network_.end_uses();
    const Mask by_id = select(effect.end_use, "end_use", "end use", uses.size(),
                              [uses](std::size_t i) -> std::string_view { return uses[i].id; });
    const Mask by_country = countries(effect.country, "country");
    const Mask by_sector = select(effect.sector, "sector", "sector", uses.size(),
                                  [uses](std::size_t i) -> std::string_view { return uses[i].sector; });
    const Mask by_commodity = commodities(effect.commodity);
    bool any = false;
    for (std::size_t e = 0; e < uses.size(); ++e) {
      if (!by_id[e] || !by_country[uses[e].country.index()] || !by_sector[e] ||
          !by_commodity[uses[e].commodity.index()]) {
        continue;
      }
      any = true;
      if (acts()) factors[e] *= factor;
    }
    require_some(any, problems_before, "end use");
  }

  void apply(const DemandShock& effect) {
    const std::size_t before = problems_.size();
    scale_end_uses(effect, value(effect.factor, "factor", 1.0, {}), demand_, before);
  }
  void apply(const PriorityShock& effect) {
    const std::size_t before = problems_.size();
    const LegalRange above_zero{0.0, unbounded, true};
    scale_end_uses(effect, value(effect.factor, "factor", 1.0, above_zero), weight_, before);
    if (!acts()) return;
    remark(": propagation serves everybody alike; weights count in the weighted total and in the order of tables only",
           ModelSet::propagate);
    remark(
        ": in a market the price decides who is served; weights count in the weighted total and in the order of "
        "tables only",
        ModelSet::equilibrium);
  }

  void apply(const TariffShock& effect) {
    const std::size_t before = problems_.size();
    readers_ = ModelSet::equilibrium;
    const Mask importers = countries(effect.country, "country");
    const Mask partners = countries(effect.partners, "partners");
    const Mask commodity = commodities(effect.commodity);
    const double rate = value(effect.rate, "rate", 0.0, {});
    bool any = false;
    for (std::size_t r = 0; r < network_.routes().size(); ++r) {
      const Route& route = network_.routes()[r];
      const CountryId seller = network_.country(route.from);
      const CountryId buyer = network_.country(route.to);
      if (seller == buyer || !importers[buyer.index()] || !partners[seller.index()] ||
          !commodity[route.commodity.index()]) {
        continue;
      }
      any = true;
      if (acts()) tariff_[r] += rate;
    }
    require_some(any, before, "route");
    note_unused(ModelSet::propagate | ModelSet::reallocate | ModelSet::simulate);
  }

  void apply(const PriceFloorShock& effect) {
    const std::size_t before = problems_.size();
    readers_ = ModelSet::equilibrium;
    const Mask by_id = facilities(effect.facility, "facility");
    const Mask commodity = commodities(effect.commodity);
    const double price = number(effect.price, "price", {});
    bool any = false;
    for (std::size_t f = 0; f < network_.facilities().size(); ++f) {
      const Facility& facility = network_.facilities()[f];
      const auto guarantee = [&](const auto& product) {
        if (!by_id[f] || !commodity[product.commodity.index()]) return;
        any = true;
        if (acts()) raise_floor({FacilityId{f}, product.commodity, price});
      };
      for (const Output& output : facility.outputs) guarantee(output);
      for (const Recovery& recovery : facility.recoveries) guarantee(recovery);
    }
    require_some(any, before, "product of a facility");
    note_unused(ModelSet::propagate | ModelSet::reallocate | ModelSet::simulate);
  }

  void raise_floor(const PriceFloor& floor) {
    for (PriceFloor& known : floors_) {
      if (known.facility != floor.facility || known.commodity != floor.commodity) continue;
      known.price = std::max(known.price, floor.price);
      return;
    }
    floors_.push_back(floor);
  }

  void apply(const OfftakeShock& effect) {
    const std::size_t before = problems_.size();
    readers_ = ModelSet::reallocate | ModelSet::equilibrium;
    const Mask from = facilities(effect.from, "from");
    const Mask to = places(effect.to, "to");
    const Mask commodity = commodities(effect.commodity);
    const double minimum = number(effect.minimum, "minimum", {});
    std::vector<std::vector<RouteId>> chosen = routes_by_commodity(before, [&](const Route& route) {
      return from[route.from.facility().index()] && to[place_index(route.to)] && commodity[route.commodity.index()];
    });
    for (std::size_t c = 0; c < chosen.size() && acts(); ++c) {
      if (!chosen[c].empty()) offtakes_.push_back({shock_, CommodityId{c}, minimum, std::move(chosen[c])});
    }
    note_unused(ModelSet::propagate | ModelSet::simulate);
  }

  /// The first names, and how many more there are.
  [[nodiscard]] std::string some_of(const std::vector<std::size_t>& facilities) const {
    constexpr std::size_t shown = 4;
    const std::size_t named = facilities.size() > shown + 1 ? shown : facilities.size();
    std::string text;
    for (std::size_t i = 0; i < named; ++i) {
      if (i > 0) text += i + 1 == facilities.size() ? " and " : ", ";
      text += network_.facilities()[facilities[i]].id;
    }
    if (named < facilities.size()) text += " and " + std::to_string(facilities.size() - named) + " more";
    return text;
  }

  /// Propagation never rises above the base year, so capacity above it, or where there was none, changes nothing.
  void note_capacity_without_effect() {
    std::vector<std::size_t> above;
    std::vector<std::size_t> idle;
    for (std::size_t f = 0; f < factor_.size(); ++f) {
      if (factor_[f] == 1.0 && add_[f] == 0.0) continue;
      const double baseline = network_.facilities()[f].baseline.in(tonnes_per_year);
      if (baseline == 0.0) {
        if (add_[f] > 0.0) idle.push_back(f);
      } else if (factor_[f] * baseline + add_[f] > baseline) {
        above.push_back(f);
      }
    }
    if (!above.empty()) {
      remarks_.push_back(
          {"propagation never rises above the base year; more capacity has no effect here at " + some_of(above),
           ModelSet::propagate});
    }
    if (!idle.empty()) {
      remarks_.push_back(
          {"propagation cannot start what stands still in the base year; capacity has no effect here at " +
               some_of(idle),
           ModelSet::propagate});
    }
  }

  void remark(std::string_view text, ModelSet concerns) {
    if (concerns != ModelSet::none) remarks_.push_back({shock_name() + std::string(text), concerns});
  }

  void note_unused(ModelSet by) {
    constexpr std::pair<ModelSet, std::string_view> models[] = {{ModelSet::propagate, "propagation"},
                                                                {ModelSet::reallocate, "reallocation"},
                                                                {ModelSet::simulate, "simulation"}};
    for (const auto& [model, name] : models) {
      if (!contains(by, model)) continue;
      remark(": " + std::string(name) + " does not use this kind of shock; it has no effect here", model);
    }
  }

  void apply(const ReserveShock& effect) {
    const std::size_t before = problems_.size();
    const Mask holder = places(effect.holder, "holder");
    const Mask commodity = commodities(effect.commodity);
    const bool as_needed = !effect.rate;
    const double rate = as_needed ? unbounded : value(*effect.rate, "rate", 0.0, {});
    bool any = false;
    for (const Stock& stock : network_.stocks()) {
      if (stock.kind != StockKind::reserve || !holder[place_index(stock.holder)] ||
          !commodity[stock.commodity.index()]) {
        continue;
      }
      any = true;
      if (stock.holder.is_facility() && network_[stock.holder.facility()].is_separator()) {
        report("holder",
               "the reserve's holder " + detail::quoted(network_.id(stock.holder)) +
                   " is a separator, which can not draw on it",
               "a reserve is held by an end use or a facility with a recipe");
        continue;
      }
      if (acts()) release(stock, rate);
    }
    require_some(any, before, "reserve");
  }

  void release(const Stock& stock, double rate) {
    const auto same = [&stock](const ReserveRelease& release) {
      return release.holder == stock.holder && release.commodity == stock.commodity;
    };
    auto found = std::find_if(releases_.begin(), releases_.end(), same);
    if (found == releases_.end()) {
      releases_.push_back({stock.holder, stock.commodity, 0.0});
      found = releases_.end() - 1;
    }
    found->rate += rate;
    // Static models look at a year: a reserve gives its amount at most.
    if (!today_) found->rate = std::min(found->rate, stock.amount.in(tonnes));
  }

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  const Network& network_;
  const Scenario& scenario_;
  std::optional<Date> today_;
  std::size_t shock_ = 0;
  std::vector<Issue> problems_;
  std::vector<double> factor_, add_, open_, demand_, weight_, tariff_;
  std::vector<ReserveRelease> releases_, timed_releases_;
  std::vector<RouteLicence> licences_;
  std::vector<std::size_t> licence_of_;  ///< by route: position in `licences_`
  std::vector<Quota> quotas_;
  std::vector<Offtake> offtakes_;
  std::vector<PriceFloor> floors_;
  ModelSet readers_ = ModelSet::all;  ///< the models that use the numbers of the current shock
  std::vector<Remark> remarks_;
};

}  // namespace lode::inline LODE_ABI::detail
