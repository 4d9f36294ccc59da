// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include <lode/io/ranking_writer.hpp>

#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include <io/csv_text.hpp>
#include <io/json_writer.hpp>
#include <io/ranking_check.hpp>
#include <lode/version.hpp>

namespace lode::inline LODE_ABI {

namespace io_detail {

namespace {

constexpr JsonWriter::Layout flat = JsonWriter::Layout::flat;

void write_materials(JsonWriter& json, std::string_view key, const std::vector<TonnesPerYear>& tonnes,
                     const Network& network) {
  json.key(key).open('{', flat);
  for (std::size_t m = 0; m < tonnes.size(); ++m) {
    json.key(network.materials()[m].id).number(tonnes[m].in(tonnes_per_year));
  }
  json.close();
}

/// What the kinds of ranking do not have in common: numbers after the rows.
struct Extra {
  std::string_view key, unit;
  double value = 0.0;
};

std::string write_json(const Ranking& ranking, const Dataset& dataset, std::size_t removed,
                       const std::vector<Extra>& extras) {
  const Network& network = dataset.network;
  detail::require_numbers(ranking, dataset);
  JsonWriter json;
  json.open('{').key("lode").text(version).key("model").text("rank").key("of").text(to_string(ranking.model));
  json.key("by").text(to_string(ranking.by)).key("remove").number(static_cast<double>(removed));
  json.key("data").text(dataset.about.name).key("scenario").text(ranking.scenario);
  json.key("status").text(to_string(ranking.status)).key("removals").number(static_cast<double>(ranking.removals));
  json.key("start").open('{', flat);
  write_materials(json, "shortfall", ranking.start.shortfall, network);
  json.key("weighted").number(ranking.start.weighted).close();
  json.key("rows").open('[');
  for (const RankRow& row : ranking.rows) {
    json.open('{', flat).key("id").text(row.id);
    if (removed > 1) {
      json.key("members").open('[', flat);
      for (const std::string& member : row.members) json.text(member);
      json.close();
    }
    write_materials(json, "shortfall", row.shortfall, network);
    write_materials(json, "increase", row.increase, network);
    json.key("weighted").number(row.weighted).key("weighted_increase").number(row.weighted_increase);
    if (ranking.has_survival) {
      json.key("survives_days");
      if (row.survives) {
        json.number(row.survives->in(days));
      } else {
        json.raw("null");
      }
    }
    json.close();
  }
  json.close().key("unsolved").open('[');
  for (const UnsolvedRemoval& removal : ranking.unsolved) {
    json.open('{', flat).key("id").text(removal.id).key("status").text(to_string(removal.status)).close();
  }
  json.close();
  for (const Extra& extra : extras) {
    json.key(extra.key);
    if (std::isfinite(extra.value)) {
      json.number(extra.value);
    } else {
      json.raw("null");
    }
  }
  json.key("certificate").open('{', flat).key("mass_balance").number(ranking.certificate.mass_balance);
  json.key("gap").number(ranking.certificate.gap);
  json.key("fixpoint_residual").number(ranking.certificate.fixpoint_residual).close();
  json.key("notes").open('[');
  for (const std::string& note : ranking.notes) json.text(note);
  json.close().close();
  return std::move(json).finish();
}

std::string write_csv(const Ranking& ranking, const Dataset& dataset, const std::vector<Extra>& extras) {
  detail::require_numbers(ranking, dataset);
  const Network& network = dataset.network;
  std::string text = "section,id,material,quantity,unit,value\n";
  const auto add = [&text](std::string_view section, std::string_view id, std::string_view material,
                           std::string_view quantity, std::string_view unit, double value) {
    for (const std::string_view cell : {section, id, material, quantity, unit}) text += csv_cell(cell) + ',';
    text += decimal(value) + '\n';
  };
  const auto add_row = [&](std::string_view section, const RankRow& row) {
    for (std::size_t m = 0; m < row.shortfall.size(); ++m) {
      add(section, row.id, network.materials()[m].id, "shortfall", "t/yr", row.shortfall[m].in(tonnes_per_year));
    }
    for (std::size_t m = 0; m < row.increase.size(); ++m) {
      add(section, row.id, network.materials()[m].id, "increase", "t/yr", row.increase[m].in(tonnes_per_year));
    }
    add(section, row.id, "", "weighted", "t/yr", row.weighted);
    add(section, row.id, "", "weighted_increase", "t/yr", row.weighted_increase);
    if (row.survives) add(section, row.id, "", "survives", "d", row.survives->in(days));
  };
  add_row("start", ranking.start);
  for (const RankRow& row : ranking.rows) add_row("row", row);
  for (const Extra& extra : extras) {
    if (std::isfinite(extra.value)) add("search", "", "", extra.key, extra.unit, extra.value);
  }
  add("certificate", "", "", "mass_balance", "1", ranking.certificate.mass_balance);
  add("certificate", "", "", "gap", "1", ranking.certificate.gap);
  add("certificate", "", "", "fixpoint_residual", "1", ranking.certificate.fixpoint_residual);
  return text;
}

std::vector<Extra> extras_of(const GroupRanking& ranking) {
  return {{"groups", "1", static_cast<double>(ranking.groups)},
          {"evaluated", "1", static_cast<double>(ranking.evaluated)}};
}
std::vector<Extra> extras_of(const WorstGroup& group) {
  return {{"upper_bound", "t/yr", group.upper_bound}, {"evaluated", "1", static_cast<double>(group.evaluated)}};
}
std::size_t size_of(const WorstGroup& group) {
  return group.rows.empty() ? 0 : group.rows.front().members.size();
}

}  // namespace

}  // namespace io_detail

std::string to_json(const Ranking& ranking, const Dataset& dataset) {
  return io_detail::write_json(ranking, dataset, 1, {});
}
std::string to_json(const GroupRanking& ranking, const Dataset& dataset) {
  return io_detail::write_json(ranking, dataset, 2, io_detail::extras_of(ranking));
}
std::string to_json(const WorstGroup& group, const Dataset& dataset) {
  return io_detail::write_json(group, dataset, io_detail::size_of(group), io_detail::extras_of(group));
}
std::string to_csv(const Ranking& ranking, const Dataset& dataset) {
  return io_detail::write_csv(ranking, dataset, {});
}
std::string to_csv(const GroupRanking& ranking, const Dataset& dataset) {
  return io_detail::write_csv(ranking, dataset, io_detail::extras_of(ranking));
}
std::string to_csv(const WorstGroup& group, const Dataset& dataset) {
  return io_detail::write_csv(group, dataset, io_detail::extras_of(group));
}

}  // namespace lode::inline LODE_ABI
