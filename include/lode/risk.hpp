// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <lode/config.hpp>
#include <lode/ids.hpp>
#include <lode/network.hpp>
#include <lode/result.hpp>
#include <lode/units.hpp>

/// Indicators of supply risk by material and stage of the chain: concentration, governance, import reliance.
///
///     for (const lode::StageRisk& row : lode::risk(network).stages)
///       if (row.bottleneck) std::cout << network[row.material].name << ' ' << lode::to_string(row.stage) << ' '
///                                     << 10000 * row.hhi_country << '\n';
///     lode::herfindahl(std::vector{30.0, 30.0, 20.0, 20.0});        // 0.26: 2,600 points
///
/// With s_i the shares of those who supply a stage, in tonnes of the element:
///
///     HHI = sum s_i^2                            0 .. 1; times 10,000 in points (Hirschman 1945, Herfindahl 1950;
///                                                US DOJ and FTC, Horizontal Merger Guidelines, 5.3)
///     effective suppliers = 1 / HHI              as many equal ones would be as concentrated (Adelman 1969)
///     g = 5 - 2 WGI                              World Governance Indicators -2.5 .. 2.5 as 0 (best) .. 10 (worst)
///     HHI_WGI = sum s_c^2 g_c t_c                0 .. 10; t_c trade factor, 1 is neutral
///     IR = (imports - exports) / (production + imports - exports)
///     SR = (HHI_WGI,global IR / 2 + HHI_WGI,sourcing (1 - IR / 2)) (1 - EoL RIR) SI_SR
///     coverage without the largest = (supply - its supply) / use
///
/// IR, SR: Blengini et al. (2017), Methodology for establishing the EU list of critical raw materials, doi
/// 10.2760/73303, for any country in place of the EU. Coverage: "N-1" of IEA (2025), Global Critical Minerals Outlook.
///
/// They are blind to what models see: joint products, trade embodied in goods, spare capacity, stocks. SR is no
/// probability, and a larger IR lowers it where the country's own suppliers are more concentrated than the world's.
/// `rank` says what is lost.
namespace lode::inline LODE_ABI {

/// HHI of amounts that are not negative, 0 .. 1; absent if they add up to 0. Throws `InvalidArgument`.
[[nodiscard]] std::optional<double> herfindahl(std::span<const double> amounts);

/// g: 0 best, 10 worst. Throws `InvalidArgument` outside -2.5 .. 2.5.
[[nodiscard]] double governance_risk(double wgi);

/// HHI_WGI by country; `trade_factor` is empty (1 for all) or one a country, above 0. Absent if the amounts add up to 0
/// or a country that supplies something has no `wgi`. Throws `InvalidArgument`.
[[nodiscard]] std::optional<double> governance_weighted_herfindahl(std::span<const double> amounts,
                                                                   std::span<const std::optional<double>> wgi,
                                                                   std::span<const double> trade_factor = {});

/// IR; below 0 for a net exporter. Absent if nothing is used: production + imports - exports <= 0.
[[nodiscard]] std::optional<double> import_reliance(double production, double imports, double exports);

struct SupplyRiskInputs {
  double global = 0.0;           ///< HHI_WGI of the world's production
  double sourcing = 0.0;         ///< HHI_WGI of where the country's supply comes from, its own production included
  double import_reliance = 0.0;  ///< counts as 0 below 0 and as 1 above 1
  double recycling = 0.0;        ///< end-of-life recycling input rate, 0 .. 1; 0: none is known
  double substitution = 1.0;     ///< substitution index SI_SR, 0 .. 1; 1: no substitute is known
};
/// SR. Throws `InvalidArgument` for values out of range.
[[nodiscard]] double supply_risk(const SupplyRiskInputs& inputs);

/// What no data set holds; whatever is not given is neutral.
struct RiskOptions {
  std::map<std::string, double> recycling = {};     ///< by material id, as SupplyRiskInputs
  std::map<std::string, double> substitution = {};  ///< by material id, as SupplyRiskInputs
  std::map<std::string, double> trade_factor = {};  ///< t_c by country id: below 1 where trade is safe, above 1 where
                                                    ///< exports are restricted
};

struct Supplier {
  CountryId country;
  TonnesPerYear supply;  ///< t of element
  double share = 0.0;
};

/// One material at one stage, worldwide. Supply is what facilities make of commodities of the stage, scrap of the same
/// stage included; use is what anybody takes of them over routes.
struct StageRisk {
  MaterialId material;
  Stage stage = Stage::mining;
  bool bottleneck = false;  ///< the stage of this material with the highest `hhi_country`; of equals the first
  TonnesPerYear supply, use;
  std::vector<Supplier> suppliers;  ///< by country, largest first, ties in the network's order; none with nothing
  double hhi_country = 0.0;
  double effective_countries = 0.0;
  /// HHI_WGI; absent if a country that supplies something has no governance.
  std::optional<double> hhi_governance;
  /// HHI by operator. Where facilities have none, it is between these: each of them on its own and tiny, or all of them
  /// the largest operator's.
  double hhi_operator_low = 0.0, hhi_operator_high = 0.0;
  double operator_known = 0.0;  ///< share of the supply whose operator is known
  /// (supply - the largest country's) / use; and, with use outside that country, of the others. Absent without use.
  std::optional<double> coverage_without_largest, coverage_of_others;
};

/// A country that uses a material at a stage. Trade is over its borders, in commodities of the stage.
struct CountryRisk {
  MaterialId material;
  Stage stage = Stage::mining;
  CountryId country;
  TonnesPerYear production, imports, exports;  ///< t of element
  std::optional<double> import_reliance;
  std::optional<double> hhi_sourcing;  ///< HHI_WGI of its own production and its imports by origin
  std::optional<double> supply_risk;   ///< absent if any part of it is
};

struct RiskReport {
  std::string scenario;           ///< empty: the base year
  std::vector<StageRisk> stages;  ///< by material, then along the chain; stages that supply nothing are left out
  /// As `stages`, then in the network's order of countries; who takes nothing is left out.
  std::vector<CountryRisk> countries;
};

/// Of the base year. O(facilities + routes + materials * stages * countries^2). Throws `InvalidArgument` for options
/// out of range and ids that do not exist.
[[nodiscard]] RiskReport risk(const Network& network, const RiskOptions& options = {});

/// Of the activities and flows of a result of `propagate` or `reallocate`. Throws `InvalidArgument` for one that is not
/// solved, has no flows or is not of this network.
[[nodiscard]] RiskReport risk(const Network& network, const Result& result, const RiskOptions& options = {});

}  // namespace lode::inline LODE_ABI

#ifndef LODE_COMPILED
#include <lode/impl/risk.ipp>  // IWYU pragma: export
#endif
