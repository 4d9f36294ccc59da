// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

// One mistake at a time in a small data set, and the whole list of messages it must lead to.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "test_package.hpp"

namespace {

using lode_test::TestPackage;

struct Case {
  const char* file;
  const char* from;  ///< text of the file, replaced by `to`
  const char* to;
  const char* messages;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    TestPackage package;
    package.fix_descriptor();
    package.spoil(c.file, c.from, c.to);
    EXPECT_EQ(package.messages(), c.messages) << c.file << ": " << c.from << " -> " << c.to;
  }
}

/// As `check`, with a schema that follows the header.
void check_with_schema(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    TestPackage package;
    package.spoil(c.file, c.from, c.to);
    EXPECT_EQ(package.messages(), c.messages) << c.file << ": " << c.from << " -> " << c.to;
  }
}

TEST(Malformed, TheSmallPackageIsValid) {
  EXPECT_EQ(TestPackage().messages(), "");
}

TEST(Malformed, Cells) {
  check({
      {"facilities.csv", "CHN,100,120", "CHN,abc,120",
       "D/facilities.csv:3:5: baseline \"abc\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN, 100,120",
       "D/facilities.csv:3:5: baseline \" 100\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN,+100,120",
       "D/facilities.csv:3:5: baseline \"+100\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN,0x64,120",
       "D/facilities.csv:3:5: baseline \"0x64\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN,\"1,00\",120",
       "D/facilities.csv:3:5: baseline \"1,00\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN,inf,120",
       "D/facilities.csv:3:5: baseline \"inf\" is not a number; write it like -1.5 or 2e3: a point for decimals, no "
       "spaces, no thousands separators"},
      {"facilities.csv", "CHN,100,120", "CHN,1e999,120",
       "D/facilities.csv:3:5: baseline \"1e999\" is too large; use a number below 1.8e308"},
      {"facilities.csv", "CHN,100,120", "CHN,,120",
       "D/facilities.csv:3:5: baseline is empty; give a value, or solve for it: run lode reconcile"},
      {"facilities.csv", "CHN,100,120", "CHN,-100,120",
       "D/facilities.csv:3:5: baseline -100 is out of range; give a number at least 0"},
      {"facilities.csv", "CHN,100,120", "CHN,100,99",
       "D/facilities.csv:3:6: capacity 99 is below baseline 100; capacity is the most the facility could do: raise it, "
       "or leave it empty for the baseline"},
      {"facilities.csv", "refiner", "refinery",
       "D/facilities.csv:3:3: unknown kind \"refinery\"; did you mean \"refiner\"? It can be \"mine\", \"refiner\", "
       "\"metal_maker\", \"magnet_maker\", \"recycler\" or \"other\""},
      {"facilities.csv", "plant,Plant", "Plant,Plant",
       "D/facilities.csv:3:1: id \"Plant\" is not well formed; use lower-case letters, digits, '_', '.' and '-', "
       "beginning with a letter or digit\n"
       "D/recipes.csv:3:1: unknown facility \"plant\"; did you mean \"Plant\"?\n"
       "D/recipes.csv:4:1: unknown facility \"plant\"; did you mean \"Plant\"?\n"
       "D/routes.csv:2:2: unknown facility or end use \"plant\"; did you mean \"Plant\"?\n"
       "D/routes.csv:3:1: unknown facility or end use \"plant\"; did you mean \"Plant\"?"},
      {"facilities.csv", "works,Works,", "works,Works,other,CHN,1,\nworks,Works,",
       "D/facilities.csv:5:1: facility \"works\" is there twice; keep one row for each id"},
      {"facilities.csv", "CHN,100,120", "CHI,100,120",
       "D/facilities.csv:3:4: unknown country \"CHI\"; did you mean \"CHN\"?"},
      {"countries.csv", "DEU,Germany", "chn,China,\nDEU,Germany",
       "D/countries.csv:3:1: country \"chn\" is not three capitals; use the ISO 3166-1 alpha-3 code"},
      {"countries.csv", "-0.4", "-2.6",
       "D/countries.csv:2:3: governance -2.6 is out of range; give a number at least -2.5 and at most 2.5"},
      {"countries.csv", "DEU,Germany", "CHN,China,\nDEU,Germany",
       "D/countries.csv:3:1: country \"CHN\" is there twice; keep one row for each id"},
      {"materials.csv", "dy,Dysprosium", "ndpr,NdPr\ndy,Dysprosium",
       "D/materials.csv:3:1: material \"ndpr\" is there twice; keep one row for each id"},
      {"commodities.csv", "magnet,Magnet", "clay,Clay,mining\nmagnet,Magnet",
       "D/commodities.csv:4:1: commodity \"clay\" is there twice; keep one row for each id"},
      {"materials.csv", "dy,Dysprosium", "dy,",
       "D/materials.csv:3:2: name is empty; give a value; this column may not be empty"},
      {"commodities.csv", "clay,Clay,mining", "clay,Clay,minning",
       "D/commodities.csv:2:3: unknown stage \"minning\"; did you mean \"mining\"? It can be \"mining\", "
       "\"separation\", \"metal\", \"magnet\" or \"product\""},
      {"composition.csv", "clay,dy,0.02", "clay,dy,1.5",
       "D/composition.csv:2:3: content 1.5 is out of range; give a number at least 0 and at most 1"},
      {"composition.csv", "clay,dy,0.02", "clay,ndpr,0.99\nclay,dy,0.02",
       "D/composition.csv:3:3: contents of commodity \"clay\" add up to 1.01; contents are tonnes of material in one "
       "tonne of commodity: at most 1 together"},
      {"composition.csv", "clay,dy,0.02", "clay,dy,0.02\nclay,dy,0.02",
       "D/composition.csv:3:2: material \"dy\" of commodity \"clay\" is there twice; keep one row for each commodity "
       "and material"},
      {"composition.csv", "dy_oxide,dy,0.8", "dy_oxid,dy,0.8",
       "D/composition.csv:3:1: unknown commodity \"dy_oxid\"; did you mean \"dy_oxide\"?"},
      {"composition.csv", "dy_oxide,dy,0.8", "dy_oxide,ty,0.8",
       "D/composition.csv:3:2: unknown material \"ty\"; did you mean \"dy\"?"},
      {"composition.csv", "dy_oxide,dy,0.8", "dy_oxide,dy,0.4\ndy_oxide,ndpr,0.4",
       "D/recipes.csv:4:3: recovered commodity \"dy_oxide\" holds 2 materials; a recovery row needs a commodity whose "
       "composition is exactly one material"},
  });
}

TEST(Malformed, Recipes) {
  check({
      {"recipes.csv", "plant,feed,clay,,", "plant,feed,clay,1,",
       "D/recipes.csv:3:4: amount \"1\" of a feed; leave it empty: a separator's activity is its feed"},
      {"recipes.csv", "dy_oxide,0.9,", "dy_oxide,,",
       "D/recipes.csv:4:4: amount of a recovery is empty; give the share that is recovered, above 0 and at most 1"},
      {"recipes.csv", "dy_oxide,0.9,", "dy_oxide,1.1,",
       "D/recipes.csv:4:4: amount 1.1 is out of range; give a number above 0 and at most 1"},
      {"recipes.csv", "dy_oxide,0.9,", "dy_oxide,0,",
       "D/recipes.csv:4:4: amount 0 is out of range; give a number above 0 and at most 1"},
      {"recipes.csv", "output,magnet,1,", "output,magnet,,",
       "D/recipes.csv:6:4: amount of an output is empty; give t of the commodity per t of activity, above 0"},
      {"recipes.csv", "dy_oxide,0.05,1", "dy_oxide,0,1",
       "D/recipes.csv:5:4: amount 0 is out of range; give a number above 0"},
      {"recipes.csv", "dy_oxide,0.05,1", "dy_oxide,0.05,1.2",
       "D/recipes.csv:5:5: criticality 1.2 is out of range; give a number at least 0 and at most 1"},
      {"recipes.csv", "output,magnet,1,", "output,magnet,1,0.5",
       "D/recipes.csv:6:5: criticality \"0.5\" of a row with role \"output\"; leave it empty: only inputs have a "
       "criticality"},
      {"recipes.csv", "works,input", "works,inptu",
       "D/recipes.csv:5:2: unknown role \"inptu\"; did you mean \"input\"? It can be \"input\", \"output\", \"feed\" "
       "or \"recovery\""},
      // Whether a row of an unknown role is there twice is not known.
      {"recipes.csv", "works,output,magnet,1,\n", "works,output,magnet,1,\nworks,outputt,dy_oxide,1,\n",
       "D/recipes.csv:7:2: unknown role \"outputt\"; did you mean \"output\"? It can be \"input\", \"output\", "
       "\"feed\" or \"recovery\""},
      {"recipes.csv", "works,input,", "works,outputt,dy_oxide,1,\nworks,input,",
       "D/recipes.csv:5:2: unknown role \"outputt\"; did you mean \"output\"? It can be \"input\", \"output\", "
       "\"feed\" or \"recovery\""},
      {"recipes.csv", "works,input", "workz,input",
       "D/recipes.csv:5:1: unknown facility \"workz\"; did you mean \"works\"?"},
      {"recipes.csv", "works,input", "cars,input",
       "D/recipes.csv:5:1: unknown facility \"cars\"; add the facility or correct the name\n"
       "D/routes.csv:3:2: facility \"works\" does not take \"dy_oxide\"; add an input or feed row for it, or correct "
       "the route"},
      {"recipes.csv", "works,input,dy_oxide", "works,input,dy_oxyde",
       "D/recipes.csv:5:3: unknown commodity \"dy_oxyde\"; did you mean \"dy_oxide\"?"},
      {"recipes.csv", "works,output,magnet,1,\n", "works,output,magnet,1,\nworks,output,magnet,1,\n",
       "D/recipes.csv:7:3: output \"magnet\" of facility \"works\" is there twice; keep one row for each facility, "
       "role and commodity"},
      {"recipes.csv", "pit,output,clay,1,\n", "",
       "D/facilities.csv:2:1: facility \"pit\" makes nothing; add an output row, or feed and recovery rows"},
      {"recipes.csv", "plant,recovery,dy_oxide,0.9,\n", "",
       "D/facilities.csv:3:1: facility \"plant\" has feeds but no recovery; add a recovery row"},
      {"recipes.csv", "plant,feed,clay,,\n", "plant,feed,clay,,\nplant,output,magnet,1,\n",
       "D/facilities.csv:3:1: facility \"plant\" has a recipe (input, output) and a separation (feed, recovery); split "
       "it into two facilities"},
      {"facilities.csv", "plant,Plant,refiner", "plant,Plant,other",
       "D/facilities.csv:3:3: facility \"plant\" of kind \"other\" has feed or recovery rows; only kinds refiner and "
       "recycler separate: change the kind, or use input and output rows"},
  });
}

TEST(Malformed, AStockOfUnknownKindIsNotTwiceThere) {
  const std::string unknown =
      ":2: unknown kind \"reserv\"; did you mean \"reserve\"? It can be \"input\", \"output\" or \"reserve\"";
  const auto with_stocks = [](const std::string& rows) {
    TestPackage package;
    package.files["stocks.csv"] = "holder,kind,commodity,amount\n" + rows;
    return package.messages();
  };
  EXPECT_EQ(with_stocks("works,,dy_oxide,1\nworks,reserve,dy_oxide,1\n"), "");
  EXPECT_EQ(with_stocks("works,,dy_oxide,1\nworks,reserv,dy_oxide,1\n"), "D/stocks.csv:3" + unknown);
  EXPECT_EQ(with_stocks("works,reserv,dy_oxide,1\nworks,,dy_oxide,1\n"), "D/stocks.csv:2" + unknown);
  EXPECT_EQ(with_stocks("works,reserv,clay,1\n"), "D/stocks.csv:2" + unknown) << "a reserve may lie anywhere";
  EXPECT_EQ(with_stocks("works,,dy_oxide,1\nworks,input,dy_oxide,1\n"),
            "D/stocks.csv:3:1: this stock of the same holder, commodity and kind is there twice; add the amounts up into "
            "one row");
}

TEST(Malformed, UnmetDemand) {
  const auto with_unmet = [](const std::string& word) {
    TestPackage package;
    package.files["end_uses.csv"] =
        "id,name,country,sector,commodity,demand,unmet\ncars,Cars,DEU,ev,magnet,40," + word + "\n";
    return package.messages();
  };
  EXPECT_EQ(with_unmet(""), "");
  EXPECT_EQ(with_unmet("lost"), "");
  EXPECT_EQ(with_unmet("waits"), "");
  EXPECT_EQ(with_unmet("wait"),
            "D/end_uses.csv:2:7: unknown unmet \"wait\"; did you mean \"waits\"? It can be \"lost\" or "
            "\"waits\"");
  EXPECT_EQ(with_unmet("true"), "D/end_uses.csv:2:7: unknown unmet \"true\"; use \"lost\" or \"waits\"");
}

TEST(Malformed, CoversAndTheirSchema) {
  TestPackage package;
  package.fix_descriptor();
  package.files["cover.csv"] = "stage,country,days\nmagnet,*,30\n";
  EXPECT_EQ(package.messages(),
            "D/cover.csv:1:1: no resource of datapackage.json lists this table; add a resource for it");
  package = TestPackage();
  package.files["cover.csv"] = "stage,country\nmagnet,*\n";
  EXPECT_EQ(package.messages(), "D/cover.csv:1:1: required column \"days\" is missing; add the column and its values");
  package.files["cover.csv"] = "stage,country,day\nmagnet,*,30\n";
  package.fix_descriptor();
  EXPECT_EQ(package.messages(),
            "D/datapackage.json:7:111: unknown field \"day\" of table \"cover\"; did you mean \"days\"? It can be "
            "\"stage\", \"country\", \"days\", \"days_low\", \"days_high\", \"kind\", \"source\" or \"note\"\n"
            "D/cover.csv:1:3: unknown column \"day\" in cover.csv; did you mean \"days\"? It can be \"stage\", "
            "\"country\", \"days\", \"days_low\", \"days_high\", \"kind\", \"source\" or \"note\"");
  package = TestPackage();
  package.files["cover.csv"] = "stage,country,days,source\nmagnet,*,30,S2\n";
  EXPECT_EQ(package.messages(), "D/cover.csv:2:4: unknown source \"S2\"; did you mean \"S1\"?");
  package.files["cover.csv"] = "stage,country,days,source\nmagnet,*\n";
  EXPECT_EQ(
      package.messages(),
      "D/cover.csv:2:1: the row has 2 fields but the header has 4; add what is missing; an empty field still needs "
      "its comma");
}

TEST(Malformed, RoutesAndBalances) {
  check({
      {"routes.csv", "works,cars,magnet,40", "works,carz,magnet,40",
       "D/routes.csv:4:2: unknown facility or end use \"carz\"; did you mean \"cars\"?"},
      {"routes.csv", "plant,works,dy_oxide", "plant,workz,dy_oxide",
       "D/routes.csv:3:2: unknown facility or end use \"workz\"; did you mean \"works\"?"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnt,40",
       "D/routes.csv:4:3: unknown commodity \"magnt\"; did you mean \"magnet\"?"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,S1\nworks,cars,magnet,0",
       "D/routes.csv:5:1: this route with the same from, to and commodity is there twice; add the flows up into one "
       "row"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,\ncars,works,dy_oxide,0",
       "D/routes.csv:5:1: end use \"cars\" can not supply anything; a route starts at a facility"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,\nplant,pit,dy_oxide,0",
       "D/routes.csv:5:2: mine \"pit\" can not be supplied; a route ends at a facility of another kind or an end use"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,\npit,works,dy_oxide,0",
       "D/routes.csv:5:1: facility \"pit\" does not make \"dy_oxide\"; add an output or recovery row for it, or "
       "correct the route"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,\npit,works,clay,0",
       "D/routes.csv:5:2: facility \"works\" does not take \"clay\"; add an input or feed row for it, or correct the "
       "route"},
      {"routes.csv", "works,cars,magnet,40", "works,cars,magnet,40,\npit,cars,clay,0",
       "D/routes.csv:5:2: end use \"cars\" does not take \"clay\"; add an input or feed row for it, or correct the "
       "route"},
      {"routes.csv", "dy_oxide,2", "dy_oxide,-2",
       "D/routes.csv:3:4: flow -2 is out of range; give a number at least 0"},
      {"routes.csv", "dy_oxide,2", "dy_oxide,1.9",
       "D/recipes.csv:5:4: facility \"works\" needs 2 t/yr of \"dy_oxide\" for its baseline but receives 1.9 t/yr; "
       "lower the baseline or the amount, or raise the flows that arrive, or run lode reconcile"},
      {"routes.csv", "dy_oxide,2", "dy_oxide,2.3",
       "D/recipes.csv:4:4: separator \"plant\" wins 2.25 t/yr of \"dy_oxide\" from its feeds but sends 2.3 t/yr; raise "
       "the recovery or the feed, or lower the flows that leave, or run lode reconcile"},
      {"routes.csv", "clay,100", "clay,99",
       "D/facilities.csv:3:5: separator \"plant\" receives 99 t/yr of feed but its baseline is 100 t/yr; make the "
       "baseline equal to the flows that arrive, or run lode reconcile"},
      {"facilities.csv", "mine,CHN,100", "mine,CHN,90",
       "D/recipes.csv:2:4: facility \"pit\" makes 90 t/yr of \"clay\" but sends 100 t/yr; raise the baseline or the "
       "amount, or lower the flows that leave, or run lode reconcile"},
      {"end_uses.csv", "magnet,40", "magnet,39",
       "D/end_uses.csv:2:6: end use \"cars\" receives 40 t/yr but its demand is 39 t/yr; raise the demand or lower the "
       "flows that arrive, or run lode reconcile"},
      {"end_uses.csv", "cars,Cars", "works,Cars",
       "D/end_uses.csv:2:1: a facility with the id \"works\" is there already; facilities and end uses share one id "
       "space: rename one of them\n"
       "D/routes.csv:4:2: unknown facility or end use \"cars\"; add the facility or end use or correct the name"},
      {"end_uses.csv", "DEU,ev,", "DEU,,",
       "D/end_uses.csv:2:4: sector is empty; give a value; this column may not be empty"},
      {"routes.csv", "clay,100,S1", "clay,100,S2", "D/routes.csv:2:5: unknown source \"S2\"; did you mean \"S1\"?"},
      {"routes.csv", "clay,100,S1", "clay,100,S1;",
       "D/routes.csv:2:5: empty source id in \"S1;\"; write ids of sources.csv with one ';' between them"},
      {"routes.csv", "clay,100,S1", "clay,100,;",
       "D/routes.csv:2:5: empty source id in \";\"; write ids of sources.csv with one ';' between them"},
      {"routes.csv", "clay,100,S1", "clay,100,S1; S1",
       "D/routes.csv:2:5: unknown source \" S1\"; did you mean \"S1\"?"},
  });
}

TEST(Malformed, RowsAndHeaders) {
  check({
      {"facilities.csv", "plant,Plant,", "plant,Plant, the big one,",
       "D/facilities.csv:3:1: the row has 7 fields but the header has 6; remove fields, or put text that holds a comma "
       "in quotes"},
      {"routes.csv", "works,cars,magnet,40,S1", "works,cars,magnet,40",
       "D/routes.csv:4:1: the row has 4 fields but the header has 5; add what is missing; an empty field still needs "
       "its comma"},
      {"routes.csv", "plant,works", "\nplant,works",
       "D/routes.csv:3:1: empty line; remove it; an empty line may only stand at the end of the file"},
      {"facilities.csv", "plant,Plant,", "plant,\"Plant,",
       "D/facilities.csv:3:2: a quote is opened here and never closed; close it, or double it if it belongs to the "
       "text"},
      {"facilities.csv", "plant,Plant,", "plant,Pl\"ant,",
       "D/facilities.csv:3:2: a quote inside a field that does not begin with one; put the whole field in quotes and "
       "double the quotes inside it"},
      {"materials.csv", "id,name\nndpr,NdPr\ndy,Dysprosium\n", "",
       "D/materials.csv:1:1: there is no header row; begin the file with the names of its columns"},
  });
  check_with_schema({
      {"end_uses.csv", "sector", "sectr",
       "D/datapackage.json:7:132: unknown field \"sectr\" of table \"end_uses\"; did you mean \"sector\"? It can be "
       "\"id\", \"name\", \"country\", \"sector\", \"commodity\", \"demand\", \"demand_sd\", \"weight\", "
       "\"elasticity\", \"unmet\", \"source\" or \"note\"\n"
       "D/end_uses.csv:1:4: unknown column \"sectr\" in end_uses.csv; did you mean \"sector\"? It can be \"id\", "
       "\"name\", \"country\", \"sector\", \"commodity\", \"demand\", \"demand_sd\", \"weight\", \"elasticity\", "
       "\"unmet\", \"source\" or \"note\""},
      {"routes.csv", "flow,source", "flow,flow",
       "D/datapackage.json:11:148: field \"flow\" is there twice; keep one entry for each column\n"
       "D/routes.csv:1:5: column \"flow\" is there twice; remove one of the two"},
      {"materials.csv", "id,name\nndpr,NdPr\ndy,Dysprosium\n", "id\nndpr\ndy\n",
       "D/materials.csv:1:1: required column \"name\" is missing; add the column and its values"},
  });
}

TEST(Malformed, Sources) {
  check({
      {"sources.csv", "sourced", "guessed",
       "D/sources.csv:2:6: unknown quality \"guessed\"; use \"sourced\", \"derived\", \"assumption\" or \"recalled\""},
      {"sources.csv", "S1,Survey", "S 1,Survey",
       "D/routes.csv:2:5: unknown source \"S1\"; did you mean \"S 1\"?\n"
       "D/routes.csv:4:5: unknown source \"S1\"; did you mean \"S 1\"?\n"
       "D/sources.csv:2:1: id \"S 1\" is not well formed; use letters, digits, '_', '.' and '-', beginning with a "
       "letter or digit"},
      {"sources.csv", "S1,Survey,Office,2025,https://example.org,sourced\n",
       "S1,Survey,Office,2025,https://example.org,sourced\nS1,Survey,Office,2025,https://example.org,sourced\n",
       "D/sources.csv:3:1: source \"S1\" is there twice; keep one row for each id"},
      {"sources.csv", "S1,Survey,", "S1,,",
       "D/sources.csv:2:2: title is empty; give a value; this column may not be empty"},
  });
}

}  // namespace
