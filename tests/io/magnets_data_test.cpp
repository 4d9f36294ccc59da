// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// The built-in base year against what is published: totals, shares and balances that a reader would check first.
/// Tolerances are relative unless they are shares; the reason for each stands beside it. docs/data.md has the figures.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <lode/datasets.hpp>
#include <lode/io/data_package.hpp>
#include <lode/io/reconciliation_writer.hpp>
#include <lode/reconcile.hpp>

namespace {

using lode::tonnes_per_year;
using Ids = std::vector<std::string_view>;

/// 27.5 % of a blank becomes machining scrap.
constexpr double finished_per_blank = 0.725;
const Ids chinese_mines{"bayan_obo", "maoniuping", "cn_ionic"};
const Ids chinese_separators{"cn_north_sep", "cn_light_sep", "cn_south_sep"};
const Ids chinese_oxide_makers{"cn_north_sep", "cn_light_sep", "cn_south_sep", "cn_recyclers"};
const Ids magnets{"magnet_std", "magnet_ht"};
/// The mines that have a row in the table of the US Geological Survey.
const Ids usgs_mines{
    "bayan_obo",    "maoniuping", "cn_ionic",    "mountain_pass",       "mt_weld",           "kachin",
    "irel_sands",   "lovozero",   "serra_verde", "madagascar_monazite", "thailand_monazite", "nigeria_monazite",
    "vietnam_mine", "other_mines"};

const lode::Network& network() {
  return lode::datasets::rare_earth_magnets_2024().network;
}

/// An empty list is all.
bool in(const Ids& ids, std::string_view id) {
  return ids.empty() || std::find(ids.begin(), ids.end(), id) != ids.end();
}

double baseline(std::string_view id) {
  return network()[network().find_facility(id).value()].baseline.in(tonnes_per_year);
}

/// As found, in the published layer.
const lode::LoadedObservations& published() {
  return *lode::datasets::find_published("rare-earth-magnets-2024-published");
}

double published_baseline(std::string_view id) {
  const lode::Network& found = published().dataset.network;
  return found[found.find_facility(id).value()].baseline.in(tonnes_per_year);
}

double published_total(std::string_view id) {
  for (const lode::PublishedTotal& total : published().found.totals) {
    if (total.id == id) return total.value.in(tonnes_per_year);
  }
  ADD_FAILURE() << "no total " << id;
  return 0.0;
}

double baselines(const Ids& ids) {
  double sum = 0.0;
  for (const std::string_view id : ids) sum += baseline(id);
  return sum;
}

/// Activity of all plants of a kind, in one country or (empty) in all.
double baselines(lode::FacilityKind kind, std::string_view country) {
  double sum = 0.0;
  for (const lode::Facility& facility : network().facilities()) {
    if (facility.kind != kind) continue;
    if (country.empty() || network()[facility.country].id == country) sum += facility.baseline.in(tonnes_per_year);
  }
  return sum;
}

double flows(const Ids& from, const Ids& to, const Ids& commodities) {
  double sum = 0.0;
  for (const lode::Route& route : network().routes()) {
    if (in(from, network().id(route.from)) && in(to, network().id(route.to)) &&
        in(commodities, network()[route.commodity].id)) {
      sum += route.flow.in(tonnes_per_year);
    }
  }
  return sum;
}

/// Flows out of a country, to some countries or (empty) to all others.
double exports(std::string_view country, const Ids& partners, const Ids& commodities) {
  double sum = 0.0;
  for (const lode::Route& route : network().routes()) {
    const std::string& from = network()[network().country(route.from)].id;
    const std::string& to = network()[network().country(route.to)].id;
    if (from == country && to != country && in(partners, to) && in(commodities, network()[route.commodity].id)) {
      sum += route.flow.in(tonnes_per_year);
    }
  }
  return sum;
}

double inflow(std::string_view place) {
  return flows({}, {place}, {});
}

double content(std::string_view commodity, std::string_view material) {
  return network()[network().find_commodity(commodity).value()].content(network().find_material(material).value());
}

/// Oxide of every separator and recycler.
double oxide_supply(std::string_view oxide) {
  return flows({}, {}, {oxide});
}

void near(double value, double expected, double tolerance, const char* what) {
  EXPECT_NEAR(value / expected, 1.0, tolerance) << what << ": " << value << " against " << expected;
}

/// t of oxide that the ores of some mines hold on their way to Chinese separators.
double contained_oxide(const Ids& mines, std::string_view material, double element_per_oxide) {
  double sum = 0.0;
  for (const lode::Route& route : network().routes()) {
    if (in(mines, network().id(route.from)) && in(chinese_separators, network().id(route.to))) {
      sum += route.flow.in(tonnes_per_year)*content(network()[route.commodity].id, material) / element_per_oxide;
    }
  }
  return sum;
}

TEST(MagnetsData, MineOutputIsThatOfTheGeologicalSurvey) {
  near(baselines(usgs_mines), 384000, 0.004, "sum of the rows");
  near(baselines(usgs_mines), 380000, 0.015, "the printed total, rounded to 10,000 t");
  const double china = baselines(chinese_mines);
  near(china, 270000, 0.002, "the quota of the year");
  EXPECT_NEAR(china / baselines(usgs_mines), 270.0 / 384.0, 0.004);
  near(baseline("bayan_obo"), 189160, 0.004, "twice the first batch");
  near(baseline("maoniuping"), 60560, 0.002, "twice the first batch");
  near(baseline("cn_ionic"), 20280, 0.015, "twice the first batch; 19,150 t the year before");
  near(baseline("kachin"), 27000, 0.06, "an estimate from customs data, 15 %; NdPr and Tb are short");
}

TEST(MagnetsData, HalfYearQuotasAddUpToTheYear) {
  EXPECT_EQ(published_baseline("bayan_obo"), 2 * 94580);
  EXPECT_EQ(published_baseline("maoniuping"), 2 * 30280);
  EXPECT_EQ(published_baseline("cn_ionic"), 2 * 10140);
  EXPECT_EQ(2 * (94580 + 30280 + 10140), 270000);
  EXPECT_EQ(published_total("cn_mining_quota"), 270000);
  near(published_total("cn_separation_quota"), 2 * (88010 + 38990) / 0.92, 0.0001, "rounded");
}

TEST(MagnetsData, LynasMakesWhatItReports) {
  EXPECT_EQ(published_total("lynas_ndpr_oxide"), 1724 + 1504 + 1677 + 1293);
  const double oxide = flows({"lynas_kuantan"}, {}, {"ndpr_oxide"});
  near(oxide, 6198, 0.001, "four quarters");
  near(baseline("mt_weld"), 29000, 0.002, "USGS");
  near(flows({"lynas_kuantan"}, {"cn_ndpr_metal"}, {}), 3261, 0.003, "Chinese customs");
  EXPECT_NEAR(oxide / (baseline("mt_weld") * 0.2329), 0.918, 0.002) << "oxide over ore";
  EXPECT_LT(13000 * 0.2329, oxide / 2) << "what the older USGS figure could hold";
}

TEST(MagnetsData, MountainPassKeepsAQuarterOfItsOre) {
  near(baseline("mountain_pass"), 45455, 0.002, "company");
  const double oxide = flows({"mp_separation"}, {}, {"ndpr_oxide"});
  near(oxide, 1294, 0.002, "company");
  const double kept = baseline("mountain_pass") - exports("USA", {}, {"mountain_pass_conc"});
  EXPECT_GT(kept, 45455 - 37500) << "exports by USGS";
  EXPECT_LT(kept, 45455 - 33367) << "exports to China by a trade letter";
  EXPECT_GT(kept * 0.159, oxide) << "NdPr oxide in what is kept";
  EXPECT_LT(kept * 0.159, 1930);
}

TEST(MagnetsData, OxideMeetsItsUse) {
  near(flows(chinese_oxide_makers, {}, {"ndpr_oxide"}), 7325 * 12, 0.01, "June times 12");
  near(flows(chinese_oxide_makers, {}, {"dy_oxide"}), 214 * 12, 0.015, "June times 12");
  near(flows(chinese_oxide_makers, {}, {"tb_oxide"}), 40.8 * 12, 0.015, "June times 12");
  near(flows(chinese_separators, {}, {"ndpr_oxide"}), 87900 - 26504, 0.01, "China without recycled oxide");
  Ids makers = chinese_oxide_makers;
  makers.insert(makers.end(), {"lynas_kuantan", "mp_separation", "irel_separation", "white_mesa"});
  near(flows(makers, {}, {"ndpr_oxide"}), 95800, 0.01, "China, Lynas, Mountain Pass, IREL and White Mesa");
  near(flows({"irel_separation"}, {}, {"ndpr_oxide"}), 400, 0.01, "press");
  near(flows({"white_mesa"}, {}, {"ndpr_oxide"}), 30, 0.01, "guidance of 25-35 t");
  const double blanks = baselines(lode::FacilityKind::magnet_maker, "") / finished_per_blank;
  near(blanks, 277000, 0.03, "260,000 t at 94 %; NdPr for 3 % of it is missing");
  const double ndpr = flows({}, {}, {"ndpr_metal"});
  EXPECT_NEAR(ndpr / blanks, 0.295, 0.002) << "NdPr in blanks, by analysis";
  near(oxide_supply("ndpr_oxide") * 0.85 * 0.965, ndpr, 0.001, "all oxide becomes metal at the yield");
  near(flows({}, {}, {"ndpr_metal"}) / 0.85, 96100, 0.03, "need of 277,000 t of blanks, in t of oxide");
}

TEST(MagnetsData, OresHoldWhatChinaSeparates) {
  const Ids foreign{
      "mountain_pass",     "kachin",           "laos_clays",   "malaysia_clays", "lovozero",   "madagascar_monazite",
      "thailand_monazite", "nigeria_monazite", "vietnam_mine", "other_mines",    "serra_verde"};
  near(contained_oxide(chinese_mines, "ndpr", 0.85), 53700, 0.025, "Chinese ore, other split of the quota");
  const double ndpr = contained_oxide({}, "ndpr", 0.85);
  near(contained_oxide(chinese_mines, "ndpr", 0.85) + contained_oxide(foreign, "ndpr", 0.85), ndpr, 1e-9, "all ore");
  // Below the 0.92 of Lynas, as the published output is; with monazite as in customs 21,000 t would come from abroad.
  EXPECT_NEAR(flows(chinese_separators, {}, {"ndpr_oxide"}) / ndpr, 0.867, 0.0005);
  EXPECT_LT(contained_oxide(foreign, "ndpr", 0.85), 21000);
  near(contained_oxide({}, "dy", 0.8713), 2270, 0.025, "Dy oxide in the ore");
  EXPECT_NEAR(flows(chinese_separators, {}, {"dy_oxide"}) / contained_oxide({}, "dy", 0.8713), 0.82, 0.01);
  near(contained_oxide({}, "tb", 0.8502), 450, 0.025, "Tb oxide in the ore");
  EXPECT_NEAR(flows(chinese_separators, {}, {"tb_oxide"}) / contained_oxide({}, "tb", 0.8502), 330.0 / 450, 0.015);
}

TEST(MagnetsData, RecycledOxideIsThatOfTheScrap) {
  near(flows({"cn_recyclers"}, {}, {"ndpr_oxide"}), 26504, 0.006, "Argus");
  near(flows({"cn_recyclers"}, {}, {"dy_oxide"}), 710, 0.002, "Argus");
  near(flows({"cn_recyclers"}, {}, {"tb_oxide"}), 160, 0.035, "Argus; more Tb than the scrap holds");
  const double blanks = baselines({"cn_magnets_std", "cn_magnets_ht"}) / finished_per_blank;
  const double returned = flows({"cn_recyclers"}, {}, {"ndpr_oxide"}) * 0.85 / 0.295;  // t of blanks
  near(returned, 76400, 0.01, "blanks that the published oxide is worth");
  EXPECT_NEAR(returned / blanks, 0.294, 0.015) << "of 260,000 t; the published scrap is 25-30 %";
  EXPECT_NEAR(flows({"cn_magnets_std", "cn_magnets_ht"}, {"cn_recyclers"}, {}) / blanks, 0.275, 0.001);
}

TEST(MagnetsData, MagnetsGoWhereCustomsSay) {
  const double finished = baselines({"cn_magnets_std", "cn_magnets_ht"});
  near(finished, 188500, 0.04, "260,000 t of blanks, 7 %");
  near(finished, 187000, 0.03, "85 % of 220,000 t, 10 %");
  near(exports("CHN", {}, magnets), 58152, 0.001, "customs");
  near(exports("CHN", {"USA"}, magnets), 7446, 0.001, "customs");
  near(exports("CHN", {"USA"}, magnets), 5933 / (1 - 0.203), 0.001, "customs of 2025, down 20.3 %");
  near(exports("CHN", {"DEU", "ITA", "POL", "XEU"}, magnets), 21800, 0.002, "share of the first half of 2025");
  EXPECT_NEAR(exports("CHN", {}, magnets) / finished, 58152.0 / 188500, 0.013);
  EXPECT_NEAR(exports("CHN", {}, magnets) / (finished / finished_per_blank), 58152.0 / 260000, 0.01);
}

TEST(MagnetsData, SharesOfChinaAreThoseOfTheAgencies) {
  double mined = 0.0;
  double mined_in_china = 0.0;
  for (const lode::Facility& mine : network().facilities()) {
    if (mine.kind != lode::FacilityKind::mine) continue;
    double contained = 0.0;
    for (const lode::Output& output : mine.outputs) {
      const lode::Commodity& ore = network()[output.commodity];
      for (const lode::Content& part : ore.composition) {
        contained += mine.baseline.in(tonnes_per_year)*output.amount * part.content;
      }
    }
    mined += contained;
    if (network()[mine.country].id == "CHN") mined_in_china += contained;
  }
  // The IEA says 60 % and does not state its basis; docs/data.md shows the difference.
  EXPECT_NEAR(mined_in_china / mined, 0.667, 0.005);
  const Ids oxides{"ndpr_oxide", "dy_oxide", "tb_oxide"};
  EXPECT_NEAR(flows(chinese_oxide_makers, {}, oxides) / flows({}, {}, oxides), 0.91, 0.005) << "IEA";
  const double china = baselines(lode::FacilityKind::magnet_maker, "CHN");
  EXPECT_NEAR(china / baselines(lode::FacilityKind::magnet_maker, ""), 0.94, 0.012) << "IEA; Japan is put higher";
  const Ids recyclers{"cn_recyclers", "jp_recyclers"};
  near(flows({}, {}, {"ndpr_oxide"}) - flows(recyclers, {}, {"ndpr_oxide"}), 69300, 0.015, "95,800 less 26,504 t");
  const double primary = flows({}, {}, oxides) - flows(recyclers, {}, oxides);
  near(primary, 75100, 0.04, "IEA supply of magnet rare earths; taken as oxide");
}

TEST(MagnetsData, NothingIsShortAndLittleIsUnsold) {
  for (const lode::EndUse& use : network().end_uses()) {
    if (use.demand.in(tonnes_per_year) == 0.0) continue;
    near(inflow(use.id), use.demand.in(tonnes_per_year), 1e-6, use.id.c_str());
  }
  for (const lode::Facility& maker : network().facilities()) {
    const double activity = maker.baseline.in(tonnes_per_year);
    if (activity == 0.0 || maker.inputs.empty()) continue;
    for (const lode::Input& input : maker.inputs) {
      const double bought = flows({}, {maker.id}, {network()[input.commodity].id});
      near(bought, input.amount * activity, 0.01, maker.id.c_str());
    }
  }
}

/// The files of a folder and their bytes.
std::map<std::string, std::string> files_of(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[std::filesystem::relative(entry.path(), folder).string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

TEST(MagnetsData, TheBaseYearIsWhatReconcilingThePublishedFiguresGivesToTheLastBit) {
  const std::filesystem::path sources = std::filesystem::path(__FILE__).parent_path() / "../../src/data";
  const std::filesystem::path scratch = std::filesystem::path(testing::TempDir()) / "lode-reconciled-again";
  std::filesystem::remove_all(scratch);
  const lode::LoadedObservations found =
      lode::read_observations((sources / "rare-earth-magnets-2024-published").string());
  EXPECT_TRUE(found.warnings.empty());
  const lode::Reconciliation result = lode::reconcile(found.found);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  lode::write_dataset(lode::balanced_dataset(result, found.dataset), scratch.string());
  const auto again = files_of(scratch);
  const auto shipped = files_of(sources / "rare-earth-magnets-2024");
  ASSERT_EQ(again.size(), shipped.size());
  for (const auto& [name, bytes] : shipped) {
    ASSERT_TRUE(again.contains(name)) << name;
    EXPECT_TRUE(again.at(name) == bytes) << name << " differs; run src/reconcile_data.sh and look at the change";
  }
  std::filesystem::remove_all(scratch);
}

TEST(MagnetsData, NoPublishedFigureIsAGrossErrorAndNothingIsLeftOpen) {
  const lode::Reconciliation result = lode::reconcile(published().found);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  for (const lode::ReconciledFigure& figure : result.figures) {
    EXPECT_FALSE(figure.gross_error);
    EXPECT_LT(std::abs(figure.z.value_or(0.0)), 1.5);
    if (figure.found) {
      EXPECT_NEAR(figure.value.in(tonnes_per_year), figure.found->in(tonnes_per_year),
                  figure.found_sd->in(tonnes_per_year));
    }
    EXPECT_NE(figure.determination, lode::Determination::undetermined);
  }
  EXPECT_LE(result.certificate.mass_balance, 1e-8);
  EXPECT_LE(result.certificate.optimality, 1e-9);
  EXPECT_GT(result.probability, 0.05);
}

double price_2024(std::string_view commodity) {
  for (const lode::Price& price : lode::datasets::rare_earth_magnets_2024().prices) {
    if (price.year == 2024 && network()[price.commodity].id == commodity) return price.price.in(lode::usd_per_tonne);
  }
  ADD_FAILURE() << "no price of " << commodity;
  return 0.0;
}

/// USD of the oxides in one tonne.
double oxides_in(const lode::Commodity& commodity) {
  double value = 0.0;
  for (const std::string_view material : {"ndpr", "dy", "tb"}) {
    const std::string oxide = std::string(material) + "_oxide";
    const lode::MaterialId id = network().find_material(material).value();
    const double held = network()[network().find_commodity(oxide).value()].content(id);
    value += commodity.content(id) / held * price_2024(oxide);
  }
  return value;
}

TEST(MagnetsData, AssumedPricesFollowTheirRules) {
  std::size_t concentrates = 0;
  for (const lode::Commodity& commodity : network().commodities()) {
    const std::string& id = commodity.id;
    if (commodity.stage == lode::Stage::mining) {
      ++concentrates;
      const bool is_mineral = id.ends_with("_conc");
      EXPECT_EQ(price_2024(id), std::round((is_mineral ? 0.5 : 0.7) * oxides_in(commodity))) << id;
    } else if (id.starts_with("swarf_") || id == "scrap_old") {
      EXPECT_EQ(price_2024(id), std::round(0.8 * oxides_in(commodity))) << id;
    }
  }
  EXPECT_EQ(concentrates, 14U);
  for (const std::string material : {"ndpr", "dy", "tb"}) {
    const lode::Facility& maker = network()[network().find_facility("cn_" + material + "_metal").value()];
    EXPECT_EQ(price_2024(material + "_metal"),
              std::round(1.03 * maker.inputs.front().amount * price_2024(material + "_oxide")));
  }
}

TEST(MagnetsData, WhatRanHasAnElasticityAndSaysThatItIsAssumed) {
  for (const lode::Facility& facility : network().facilities()) {
    EXPECT_EQ(facility.elasticity.has_value(), facility.baseline > lode::TonnesPerYear{}) << facility.id;
    const auto& sources = facility.provenance.sources;
    EXPECT_EQ(std::count(sources.begin(), sources.end(), "A-SUPPLYE"), facility.elasticity ? 1 : 0) << facility.id;
  }
  for (const lode::EndUse& use : network().end_uses()) EXPECT_EQ(use.elasticity, -0.3) << use.id;
  for (const lode::Source& source : lode::datasets::rare_earth_magnets_2024().sources) {
    for (const std::string_view id : {"A-DEMANDE", "A-SUPPLYE", "A-CONCPRICE", "A-SCRAPPRICE", "A-METALPRICE"}) {
      if (source.id != id) continue;
      EXPECT_EQ(source.quality, lode::Quality::assumption);
    }
  }
}

}  // namespace
