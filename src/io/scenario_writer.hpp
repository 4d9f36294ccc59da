// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include <io/json_writer.hpp>
#include <lode/scenario.hpp>

namespace lode::inline LODE_ABI::io_detail {

/// Writes the shocks of a scenario file, a line each.
class ShockWriter {
 public:
  explicit ShockWriter(JsonWriter& json) : json_(json) {}

  void write(const Shock& shock) {
    json_.open('{', JsonWriter::Layout::flat).key("kind").text(kind_of(shock.effect));
    std::visit([this](const auto& effect) { write(effect); }, shock.effect);
    if (shock.period.start) json_.key("start").text(to_string(*shock.period.start));
    if (shock.period.end) json_.key("end").text(to_string(*shock.period.end));
    json_.close();
  }

 private:
  void write(const CapacityShock& shock) {
    select("facility", shock.facility);
    select("country", shock.country);
    select("facility_kind", shock.facility_kind);
    select("operator", shock.operator_name);
    if (shock.factor) schedule("factor", *shock.factor);
    if (shock.add) number("add", *shock.add);
    if (shock.ramp_days != 0.0) number("ramp_days", shock.ramp_days);
    if (shock.recovery_days != 0.0) number("recovery_days", shock.recovery_days);
    if (shock.curve != Curve::linear) {
      json_.key("curve").text(detail::curve_names[static_cast<std::size_t>(shock.curve)]);
    }
  }
  void write(const RouteShock& shock) {
    route(shock);
    schedule("factor", shock.factor);
  }
  void write(const ExportShock& shock) {
    trade(shock);
    schedule("factor", shock.factor);
  }
  void write(const ImportShock& shock) {
    trade(shock);
    schedule("factor", shock.factor);
  }
  void write(const DemandShock& shock) { end_use(shock); }
  void write(const PriorityShock& shock) { end_use(shock); }
  void write(const TariffShock& shock) {
    select("country", shock.country);
    select("partners", shock.partners);
    select("commodity", shock.commodity);
    schedule("rate", shock.rate);
  }
  void write(const PriceFloorShock& shock) {
    select("facility", shock.facility);
    select("commodity", shock.commodity);
    number("price", shock.price);
  }
  void write(const OfftakeShock& shock) {
    route(shock);
    number("minimum", shock.minimum);
  }
  void write(const LicenceShock& shock) {
    trade(shock);
    number("delay_days", shock.delay_days);
    if (shock.approved) schedule("approved", *shock.approved);
    if (shock.refused) schedule("refused", *shock.refused);
  }
  void write(const ReserveShock& shock) {
    select("holder", shock.holder);
    select("commodity", shock.commodity);
    if (shock.rate) {
      schedule("rate", *shock.rate);
    } else {
      json_.key("rate").text("as_needed");
    }
  }

  template <class RouteLike>
  void route(const RouteLike& shock) {
    select("from", shock.from);
    select("to", shock.to);
    select("commodity", shock.commodity);
  }
  template <class Trade>
  void trade(const Trade& shock) {
    select("country", shock.country);
    select("commodity", shock.commodity);
    select("partners", shock.partners);
    select("except", shock.except);
  }
  template <class EndUseShock>
  void end_use(const EndUseShock& shock) {
    select("end_use", shock.end_use);
    select("country", shock.country);
    select("sector", shock.sector);
    select("commodity", shock.commodity);
    schedule("factor", shock.factor);
  }

  void select(std::string_view key, const Selection& selection) {
    if (!selection.given()) return;
    json_.key(key);
    if (selection.ids().size() == 1) {
      json_.text(selection.ids().front());
      return;
    }
    json_.open('[');
    for (const std::string& id : selection.ids()) json_.text(id);
    json_.close();
  }

  void schedule(std::string_view key, const Schedule& schedule) {
    if (!schedule.has_steps()) return number(key, schedule.constant());
    json_.key(key).open('[');
    for (const Step& step : schedule.steps()) {
      json_.open('{').key("date").text(to_string(step.date));
      number(key, step.value);
      json_.close();
    }
    json_.close();
  }

  void number(std::string_view key, const UncertainNumber& value) {
    json_.key(key);
    std::visit([this](const auto& form) { write(form); }, value.form());
  }
  void write(double value) { json_.number(value); }
  void write(const Triangular& d) {
    json_.open('{').key("distribution").text("triangular");
    json_.key("min").number(d.min).key("mode").number(d.mode).key("max").number(d.max).close();
  }
  void write(const Uniform& d) {
    json_.open('{').key("distribution").text("uniform").key("min").number(d.min).key("max").number(d.max).close();
  }
  void write(const Pert& d) {
    json_.open('{').key("distribution").text("pert");
    json_.key("min").number(d.min).key("mode").number(d.mode).key("max").number(d.max).close();
  }
  void write(const Normal& d) {
    json_.open('{').key("distribution").text("normal").key("mean").number(d.mean).key("sd").number(d.sd).close();
  }
  void write(const Lognormal& d) {
    json_.open('{').key("distribution").text("lognormal");
    json_.key("median").number(d.median).key("sigma").number(d.sigma).close();
  }
  void write(const Discrete& d) {
    json_.open('{').key("distribution").text("discrete");
    json_.key("values").open('[');
    for (const double value : d.values) json_.number(value);
    json_.close().key("weights").open('[');
    for (const double weight : d.weights) json_.number(weight);
    json_.close().close();
  }

  JsonWriter& json_;
};

}  // namespace lode::inline LODE_ABI::io_detail
