// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <lode/config.hpp>
#include <lode/network.hpp>
#include <lode/scenario.hpp>
#include <lode/shock.hpp>

/// A number that tells inputs apart: which network, which scenarios. Private.
namespace lode::inline LODE_ABI::detail {

/// FNV-1a (Fowler, Noll and Vo) over all that a model reads; names, sources and notes do not count. Equal inputs have
/// equal fingerprints on every machine; unequal ones share one by accident once in 2^64.
class Fingerprint {
 public:
  [[nodiscard]] std::uint64_t value() const { return hash_; }

  template <class... Parts>
  Fingerprint& operator()(const Parts&... parts) {
    (add(parts), ...);
    return *this;
  }

 private:
  void byte(unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001b3U; }

  void add(std::uint64_t word) {
    for (int k = 0; k < 8; ++k) byte(static_cast<unsigned char>(word >> (8 * k)));
  }
  template <class Integer>
    requires(std::is_integral_v<Integer> || std::is_enum_v<Integer>)
  void add(Integer number) {
    add(static_cast<std::uint64_t>(number));
  }
  void add(double number) { add(std::bit_cast<std::uint64_t>(number + 0.0)); }  // -0 is 0
  void add(std::string_view text) {
    add(text.size());
    for (const char letter : text) byte(static_cast<unsigned char>(letter));
  }
  void add(const std::string& text) { add(std::string_view(text)); }
  template <class Dimension>
  void add(Quantity<Dimension> quantity) {
    add(quantity.in(Unit<Dimension>{}));
  }
  void add(Date date) { add(date.time_since_epoch().count()); }
  template <class Tag>
  void add(StrongId<Tag> id) {
    add(id.index());
  }
  void add(PlaceId id) { (*this)(id.facility(), id.end_use()); }
  template <class Part>
  void add(const std::optional<Part>& part) {
    add(part.has_value());
    if (part) add(*part);
  }
  template <class Part>
  void add(std::span<const Part> parts) {
    add(parts.size());
    for (const Part& part : parts) add(part);
  }
  template <class Part>
  void add(const std::vector<Part>& parts) {
    add(std::span<const Part>(parts));
  }

  // Networks.
  void add(const Material& m) { add(m.id); }
  void add(const Country& c) { add(c.id); }
  void add(const Content& c) { (*this)(c.material, c.content); }
  void add(const Commodity& c) { (*this)(c.id, c.stage, c.composition); }
  void add(const Input& i) { (*this)(i.commodity, i.amount, i.criticality); }
  void add(const Output& o) { (*this)(o.commodity, o.amount); }
  void add(const Feed& f) { add(f.commodity); }
  void add(const Recovery& r) { (*this)(r.commodity, r.material, r.recovery); }
  void add(const Facility& f) {
    (*this)(f.id, f.kind, f.country, f.baseline, f.baseline_sd, f.capacity, f.operator_name, f.elasticity, f.inputs,
            f.outputs, f.feeds, f.recoveries);
  }
  void add(const EndUse& e) {
    (*this)(e.id, e.country, e.sector, e.commodity, e.demand, e.demand_sd, e.weight, e.elasticity, e.waits);
  }
  void add(const Route& r) { (*this)(r.from, r.to, r.commodity, r.flow, r.capacity, r.cost, r.lead_time, r.flow_sd); }
  void add(const Stock& s) { (*this)(s.holder, s.commodity, s.amount, s.kind); }
  void add(const Cover& c) { (*this)(c.stage, c.country, c.kind, c.days, c.low, c.high); }
  void add(const Network& n) {
    (*this)(n.materials(), n.countries(), n.commodities(), n.facilities(), n.end_uses(), n.routes(), n.stocks(),
            n.covers());
  }

  // Scenarios.
  void add(const Triangular& d) { (*this)(d.min, d.mode, d.max); }
  void add(const Uniform& d) { (*this)(d.min, d.max); }
  void add(const Pert& d) { (*this)(d.min, d.mode, d.max); }
  void add(const Normal& d) { (*this)(d.mean, d.sd); }
  void add(const Lognormal& d) { (*this)(d.median, d.sigma); }
  void add(const Discrete& d) { (*this)(d.values, d.weights); }
  template <class... Forms>
  void add(const std::variant<Forms...>& form) {
    add(form.index());
    std::visit([this](const auto& held) { add(held); }, form);
  }
  void add(const UncertainNumber& number) { add(number.form()); }
  void add(const Step& step) { (*this)(step.date, step.value); }
  void add(const Schedule& s) { (*this)(s.has_steps(), s.constant(), s.steps()); }
  void add(const Selection& s) { (*this)(s.given(), s.ids()); }
  void add(const CapacityShock& s) {
    (*this)(s.facility, s.country, s.facility_kind, s.operator_name, s.factor, s.add, s.ramp_days, s.recovery_days,
            s.curve);
  }
  void add(const RouteShock& s) { (*this)(s.from, s.to, s.commodity, s.factor); }
  void add(const ExportShock& s) { (*this)(s.country, s.commodity, s.partners, s.except, s.factor); }
  void add(const ImportShock& s) { (*this)(s.country, s.commodity, s.partners, s.except, s.factor); }
  void add(const DemandShock& s) { (*this)(s.end_use, s.country, s.sector, s.commodity, s.factor); }
  void add(const PriorityShock& s) { (*this)(s.end_use, s.country, s.sector, s.commodity, s.factor); }
  void add(const TariffShock& s) { (*this)(s.country, s.partners, s.commodity, s.rate); }
  void add(const PriceFloorShock& s) { (*this)(s.facility, s.commodity, s.price); }
  void add(const OfftakeShock& s) { (*this)(s.from, s.to, s.commodity, s.minimum); }
  void add(const LicenceShock& s) {
    (*this)(s.country, s.commodity, s.partners, s.except, s.delay_days, s.approved, s.refused);
  }
  void add(const ReserveShock& s) { (*this)(s.holder, s.commodity, s.rate); }
  void add(const Period& p) { (*this)(p.start, p.end); }
  void add(const Shock& s) { (*this)(s.effect, s.period, s.at); }
  void add(const Scenario& s) { (*this)(s.at, s.shocks); }

  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace lode::inline LODE_ABI::detail
