// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// The built-in base year against what is published: totals, shares and balances that a reader would check first.
/// Tolerances are relative unless they are shares; the reason for each stands beside it. docs/data.md has the figures.
#include <gtest/gtest.h>

#include <algorithm>
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

TEST(MagnetsData, MineOutputIsThatOfTheGeologicalSurvey) {
  near(baselines(usgs_mines), 384000, 0.02, "sum of the rows; the printed total is rounded to 380,000");
  const double china = baselines({"bayan_obo", "maoniuping", "cn_ionic"});
  near(china, 270000, 0.01, "the quota of the year");
  EXPECT_NEAR(china / baselines(usgs_mines), 0.70, 0.015);
  near(baseline("bayan_obo"), 189160, 0.015, "twice the first batch");
  near(baseline("maoniuping"), 60560, 0.015, "twice the first batch");
  near(baseline("cn_ionic"), 20280, 0.06, "twice the first batch; 19,150 t the year before");
  near(baseline("kachin"), 27000, 0.15, "an estimate from customs data");
}

TEST(MagnetsData, LynasMakesWhatItReports) {
  const double oxide = flows({"lynas_kuantan"}, {}, {"ndpr_oxide"});
  near(oxide, 6198, 0.01, "four quarters");
  near(baseline("mt_weld"), 29000, 0.05, "USGS");
  near(flows({"lynas_kuantan"}, {"cn_ndpr_metal"}, {}), 3261, 0.05, "Chinese customs");
  const double contained = baseline("mt_weld") * (0.8574 * 0.1813 + 0.8277 * 0.0516);  // t of element
  EXPECT_NEAR(oxide * content("ndpr_oxide", "ndpr") / contained, 0.92, 0.01) << "oxide over ore";
}

TEST(MagnetsData, MountainPassKeepsAFifthOfItsOre) {
  near(baseline("mountain_pass"), 45455, 0.02, "company");
  near(flows({"mp_separation"}, {}, {"ndpr_oxide"}), 1294, 0.02, "company");
  const double kept = baseline("mountain_pass") - exports("USA", {}, {"mountain_pass_conc"});
  EXPECT_GT(kept, 8000) << "45,455 less 37,500 t of exports (USGS)";
  EXPECT_LT(kept, 13000) << "45,455 less 33,400 t to China (trade letter)";
}

TEST(MagnetsData, OxideMeetsItsUse) {
  near(flows(chinese_oxide_makers, {}, {"ndpr_oxide"}), 87900, 0.03, "June times 12");
  near(flows(chinese_oxide_makers, {}, {"dy_oxide"}), 2568, 0.05, "June times 12");
  near(flows(chinese_oxide_makers, {}, {"tb_oxide"}), 490, 0.05, "June times 12");
  near(oxide_supply("ndpr_oxide"), 95800, 0.03, "China, Lynas, Mountain Pass, IREL and White Mesa");
  near(flows(chinese_separators, {}, {"ndpr_oxide"}), 61400, 0.04, "China without recycled oxide");
  const double blanks = baselines(lode::FacilityKind::magnet_maker, "") / finished_per_blank;
  near(blanks, 277000, 0.05, "260,000 t at 94 %");
  double ndpr = 0.0;
  for (const std::string_view maker : {"cn", "jp", "vn", "kr", "de", "si", "us"}) {
    for (const std::string_view grade : {"_magnets_std", "_magnets_ht", "_magnets"}) {
      const std::string id = std::string(maker) + std::string(grade);
      if (network().find_facility(id)) ndpr += flows({}, {id}, {"ndpr_metal"});
    }
  }
  EXPECT_GT(ndpr / blanks, 0.28) << "the published band of NdPr in blanks";
  EXPECT_LT(ndpr / blanks, 0.305);
}

TEST(MagnetsData, RecycledOxideIsThatOfTheScrap) {
  near(flows({"cn_recyclers"}, {}, {"ndpr_oxide"}), 26504, 0.02, "Argus");
  near(flows({"cn_recyclers"}, {}, {"dy_oxide"}), 710, 0.03, "Argus");
  near(flows({"cn_recyclers"}, {}, {"tb_oxide"}), 160, 0.06, "Argus; more Tb than the scrap holds");
  const double blanks = baselines({"cn_magnets_std", "cn_magnets_ht"}) / finished_per_blank;
  const double returned = flows({"cn_recyclers"}, {}, {"ndpr_oxide"}) * 0.85 / 0.295;  // t of blanks
  EXPECT_NEAR(returned / blanks, 0.30, 0.02) << "the top of the published 25-30 % scrap";
}

TEST(MagnetsData, MagnetsGoWhereCustomsSay) {
  near(baselines({"cn_magnets_std", "cn_magnets_ht"}), 188500, 0.05, "260,000 t of blanks");
  near(exports("CHN", {}, magnets), 58152, 0.01, "customs");
  near(exports("CHN", {"USA"}, magnets), 7446, 0.01, "customs");
  near(exports("CHN", {"DEU", "ITA", "POL", "XEU"}, magnets), 21800, 0.02, "share of the first half of 2025");
  EXPECT_NEAR(exports("CHN", {}, magnets) / baselines({"cn_magnets_std", "cn_magnets_ht"}), 0.31, 0.02);
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
  EXPECT_NEAR(mined_in_china / mined, 0.60, 0.08) << "IEA, of magnet rare earths; its basis is not stated";
  const Ids oxides{"ndpr_oxide", "dy_oxide", "tb_oxide"};
  EXPECT_NEAR(flows(chinese_oxide_makers, {}, oxides) / flows({}, {}, oxides), 0.91, 0.015) << "IEA";
  const double china = baselines(lode::FacilityKind::magnet_maker, "CHN");
  EXPECT_NEAR(china / baselines(lode::FacilityKind::magnet_maker, ""), 0.94, 0.015) << "IEA";
  const double primary = flows({}, {}, oxides) - flows({"cn_recyclers", "jp_recyclers"}, {}, oxides);
  near(primary, 75100, 0.08, "IEA supply of magnet rare earths; taken as oxide");
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
  const lode::LoadedObservations published =
      lode::read_observations((sources / "rare-earth-magnets-2024-published").string());
  EXPECT_TRUE(published.warnings.empty());
  const lode::Reconciliation result = lode::reconcile(published.found);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  lode::write_dataset(lode::balanced_dataset(result, published.dataset), scratch.string());
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
  const lode::LoadedObservations& published = *lode::datasets::find_published("rare-earth-magnets-2024-published");
  const lode::Reconciliation result = lode::reconcile(published.found);
  ASSERT_EQ(result.status, lode::SolveStatus::solved);
  for (const lode::ReconciledFigure& figure : result.figures) {
    EXPECT_FALSE(figure.gross_error);
    EXPECT_NE(figure.determination, lode::Determination::undetermined);
  }
  EXPECT_LE(result.certificate.mass_balance, 1e-8);
  EXPECT_LE(result.certificate.optimality, 1e-9);
  EXPECT_GT(result.probability, 0.05);
}

}  // namespace
