// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/simulation_writer.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <io/simulation_check.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

class SimulationJson {
 public:
  SimulationJson(const Simulation& run, const Dataset& dataset)
      : run_(run), dataset_(dataset), network_(dataset.network) {}

  [[nodiscard]] std::string text() && {
    json_.open('{').key("lode").text(version).key("model").text("simulate").key("data").text(dataset_.about.name);
    json_.key("scenario").text(run_.scenario).key("status").text(to_string(run_.status));
    json_.key("step_days").raw(std::to_string(run_.step_days));
    if (run_.monthly) json_.key("monthly").raw("true");
    json_.key("dates").open('[', flat);
    for (const Date day : run_.dates) json_.text(to_string(day));
    json_.close();
    if (run_.monthly && !run_.covered.empty()) {
      json_.key("days").open('[', flat);
      for (const int covered : run_.covered) json_.raw(std::to_string(covered));
      json_.close();
    }
    add_date("disturbed", run_.disturbed);
    add_materials(run_.materials);
    add_end_uses();
    add_facilities();
    add_routes();
    json_.key("certificate").open('{', flat).key("mass_balance").number(run_.certificate.mass_balance).close();
    json_.key("countries").open('[');
    for (const CountrySeries& country : run_.countries) {
      json_.open('{').key("id").text(network_[country.id].id);
      add_materials(country.materials);
      json_.close();
    }
    json_.close();
    add_balances();
    json_.key("notes").open('[');
    for (const std::string& note : run_.notes) json_.text(note);
    json_.close().close();
    return std::move(json_).finish();
  }

 private:
  void add_series(std::string_view name, const std::vector<double>& values) {
    json_.key(name).open('[', flat);
    for (const double value : values) json_.number(value);
    json_.close();
  }

  void add_date(std::string_view name, const std::optional<std::size_t>& step) {
    json_.key(name);
    step ? json_.text(to_string(run_.dates[*step])) : json_.raw("null");
  }

  void add_spell(const ShortSpell& spell) {
    add_date("first_short", spell.first_short);
    add_date("recovered", spell.recovered);
    add_date("deepest", spell.deepest);
    json_.key("survived_days");
    spell.survived ? json_.number(spell.survived->in(days)) : json_.raw("null");
    json_.key("lost").number(spell.lost.in(tonnes)).key("caught_up").number(spell.caught_up.in(tonnes));
  }

  template <class Row>
  void add_deliveries(const Row& row) {
    add_spell(row);
    add_series("demanded", row.demanded);
    add_series("delivered", row.delivered);
    add_series("met_before", row.met_before);
  }

  void add_materials(const std::vector<MaterialSeries>& materials) {
    json_.key("materials").open('[');
    for (const MaterialSeries& row : materials) {
      json_.open('{', flat).key("id").text(network_[row.id].id);
      add_deliveries(row);
      json_.close();
    }
    json_.close();
  }

  void add_end_uses() {
    json_.key("end_uses").open('[');
    for (const EndUseSeries& row : run_.end_uses) {
      const EndUse& use = network_[row.id];
      json_.open('{', flat).key("id").text(use.id).key("country").text(network_[use.country].id);
      json_.key("sector").text(use.sector).key("commodity").text(network_[use.commodity].id);
      add_deliveries(row);
      add_series("stock", row.stock);
      add_series("waiting", row.waiting);
      json_.close();
    }
    json_.close();
  }

  void add_facilities() {
    json_.key("facilities").open('[');
    for (const FacilitySeries& row : run_.facilities) {
      json_.open('{', flat).key("id").text(network_[row.id].id);
      add_spell(row);
      add_series("activity", row.activity);
      add_series("input_stock_days", row.input_stock_days);
      add_series("finished", row.finished);
      json_.close();
    }
    json_.close();
  }

  void add_routes() {
    json_.key("routes").open('[');
    for (const RouteSeries& row : run_.routes) {
      const Route& route = network_[row.id];
      json_.open('{', flat).key("from").text(network_.id(route.from)).key("to").text(network_.id(route.to));
      json_.key("commodity").text(network_[route.commodity].id);
      add_series("shipped", row.shipped);
      add_series("held", row.held);
      json_.close();
    }
    json_.close();
  }

  void add_balances() {
    json_.key("balances").open('[');
    for (const MaterialBalance& row : run_.balances) {
      json_.open('{', flat).key("id").text(network_[row.id].id).key("opening").number(row.opening);
      json_.key("made").number(row.made).key("used").number(row.used).key("lost").number(row.lost);
      json_.key("closing").number(row.closing).close();
    }
    json_.close();
  }

  const Simulation& run_;
  const Dataset& dataset_;
  const Network& network_;
  JsonWriter json_;
};

class SimulationCsv {
 public:
  SimulationCsv(const Simulation& run, const Network& network) : run_(run), network_(network) {
    for (const Date day : run.dates) dates_.push_back(to_string(day));
  }

  [[nodiscard]] std::string text() && {
    add_date({.section = "run"}, "disturbed", run_.disturbed);
    for (std::size_t month = 0; month < run_.covered.size(); ++month) {
      add({.section = "run"}, dates_[month], "days", "d", run_.covered[month]);
    }
    for (const MaterialSeries& row : run_.materials) {
      const std::string& id = network_[row.id].id;
      add_deliveries({.section = "material", .id = id, .material = id}, row);
    }
    for (const CountrySeries& country : run_.countries) {
      const std::string& id = network_[country.id].id;
      for (const MaterialSeries& row : country.materials) {
        add_deliveries({.section = "country", .id = id, .country = id, .material = network_[row.id].id}, row);
      }
    }
    for (const EndUseSeries& row : run_.end_uses) {
      const EndUse& use = network_[row.id];
      const About about{.section = "end_use",
                        .id = use.id,
                        .commodity = network_[use.commodity].id,
                        .country = network_[use.country].id,
                        .sector = use.sector};
      add_deliveries(about, row);
      add_series(about, "stock", "t", row.stock);
      add_series(about, "waiting", "t", row.waiting);
    }
    for (const FacilitySeries& row : run_.facilities) {
      const Facility& facility = network_[row.id];
      const About about{.section = "facility", .id = facility.id, .country = network_[facility.country].id};
      add_spell(about, row);
      add_series(about, "activity", "t", row.activity);
      add_series(about, "input_stock_days", "d", row.input_stock_days);
      add_series(about, "finished", "t", row.finished);
    }
    for (const RouteSeries& row : run_.routes) {
      const Route& route = network_[row.id];
      const About about{.section = "route",
                        .id = network_.id(route.from),
                        .to = network_.id(route.to),
                        .commodity = network_[route.commodity].id};
      add_series(about, "shipped", "t", row.shipped);
      add_series(about, "held", "t", row.held);
    }
    for (const MaterialBalance& row : run_.balances) {
      const std::string& id = network_[row.id].id;
      const About about{.section = "balance", .id = id, .material = id};
      add(about, {}, "opening", "t", row.opening);
      add(about, {}, "made", "t", row.made);
      add(about, {}, "used", "t", row.used);
      add(about, {}, "lost", "t", row.lost);
      add(about, {}, "closing", "t", row.closing);
    }
    add({.section = "certificate"}, {}, "mass_balance", "1", run_.certificate.mass_balance);
    return std::move(text_);
  }

 private:
  /// What a row is about; columns that do not apply stay empty.
  struct About {
    std::string_view section = {}, id = {}, to = {}, commodity = {}, country = {}, sector = {}, material = {};
  };

  [[nodiscard]] static std::string start_of(const About& about) {
    std::string start;
    for (const std::string_view cell :
         {about.section, about.id, about.to, about.commodity, about.country, about.sector, about.material}) {
      start += csv_cell(cell) + ',';
    }
    return start;
  }

  void add(const About& about, std::string_view date, std::string_view quantity, std::string_view unit, double value) {
    text_ += start_of(about) + std::string(date) + ',' + std::string(quantity) + ',' + std::string(unit) + ',';
    text_ += decimal(value) + '\n';
  }

  void add_series(const About& about, std::string_view quantity, std::string_view unit,
                  const std::vector<double>& values) {
    // Most rows are in series, and only their dates and values differ.
    const std::string start = start_of(about);
    const std::string middle = ',' + std::string(quantity) + ',' + std::string(unit) + ',';
    for (std::size_t t = 0; t < values.size(); ++t) {
      text_ += start;
      text_ += dates_[t];
      text_ += middle;
      text_ += decimal(values[t]);
      text_ += '\n';
    }
  }

  /// A day that does not come has no row.
  void add_date(const About& about, std::string_view quantity, const std::optional<std::size_t>& step) {
    if (!step) return;
    add(about, dates_[*step], quantity, "d", static_cast<double>((run_.dates[*step] - run_.dates.front()).count()));
  }

  void add_spell(const About& about, const ShortSpell& spell) {
    add_date(about, "first_short", spell.first_short);
    add_date(about, "recovered", spell.recovered);
    add_date(about, "deepest", spell.deepest);
    if (spell.survived) add(about, {}, "survived", "d", spell.survived->in(days));
    add(about, {}, "lost", "t", spell.lost.in(tonnes));
    add(about, {}, "caught_up", "t", spell.caught_up.in(tonnes));
  }

  template <class Row>
  void add_deliveries(const About& about, const Row& row) {
    add_spell(about, row);
    add_series(about, "demanded", "t", row.demanded);
    add_series(about, "delivered", "t", row.delivered);
    add_series(about, "met_before", "t", row.met_before);
  }

  const Simulation& run_;
  const Network& network_;
  std::vector<std::string> dates_;
  std::string text_ = "section,id,to,commodity,country,sector,material,date,quantity,unit,value\n";
};

}  // namespace

}  // namespace io_detail

std::string to_json(const Simulation& run, const Dataset& dataset) {
  io_detail::check_simulation(run, dataset.network);
  return io_detail::SimulationJson(run, dataset).text();
}

std::string to_csv(const Simulation& run, const Dataset& dataset) {
  io_detail::check_simulation(run, dataset.network);
  return io_detail::SimulationCsv(run, dataset.network).text();
}

}  // namespace lode::inline LODE_ABI
