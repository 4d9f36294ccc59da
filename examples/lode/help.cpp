// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "help.hpp"

namespace program {
namespace {

constexpr std::string_view overview = R"(lode [COMMAND] [OPTIONS]

Lode models the supply of critical minerals: mines, refiners, metal makers, magnet makers and end
uses form a network, and shocks (an export ban, an outage, a licence regime) run through it. Without
a command, lode answers one question on its built-in data: how much NdPr, dysprosium and terbium is
each country short when China licenses its exports as in April 2025?

Commands
  bracket     how short everybody is, between the two below (what runs without a command)
  propagate   while nobody reroutes: the upper bound
  reallocate  while everybody adapts as well as possible: the lower bound, and what is scarce
  equilibrium prices, trade and who pays while everybody takes prices as given, tariffs and floors
              included
  simulate    a scenario step by step in time: stocks, goods on their way, licence queues; who runs
              short when, and when it is over
  rank        what is short without each plant, country, route, commodity or operator, or several
  ensemble    how likely and how bad: an uncertain scenario drawn many times, and what policies change
  risk        how concentrated each stage is, and who depends on imports: the usual indicators
  sensitivity what one tonne more or less of anything anywhere does to a shortfall
  exposure    through whose hands a material passes on its way to its users, stage by stage
  info        what a data set holds: rows, tonnes a stage, largest countries, sources, uncertainties
  scenarios   the scenarios of a data set
  reconcile   balance published figures that contradict each other, and say how far each was moved
  backtest    forecasts put to the test: what was known before against what was reported later
  validate    check a data set and its scenarios, and list every problem at once
  export      write a data set as a folder of CSV files, to look at or to change

Options, before or after the command
  --data DIR|NAME        a folder with a data set, or a built-in name; ./NAME is always the folder
                         (built in: rare-earth-magnets-2024, the default; gallium-germanium-2022;
                         for reconcile (its default), info, scenarios and export also
                         rare-earth-magnets-2024-published, the figures behind the first)
  --scenario FILE|NAME   a scenario of the data set, or a JSON file; repeat it to apply several
                         together (default: the lead scenario, or the only one of a folder)
  --format table|json|csv   for people (default) or for programs, never rounded
  --output FILE          write the result to FILE, whole or not at all, instead of to stdout
  --price-ranges         reallocate, bracket: also how far each price is determined
  --any-route            reallocate, bracket: any maker may supply any user of its goods
  --monthly, --step-days, --start, --end, --orders, --unmet, --rationing
                         simulate: see lode simulate --help
  --by, --model, --remove, --top, --threads
                         rank: see lode rank --help; risk: --model
  --model, --samples, --seed, --sampling, --until, --correlate, --policy, --uncertain-data, --indices,
  --checkpoint, --threads
                         ensemble: see lode ensemble --help
  --material, --country, --end-use, --model, --top
                         sensitivity, exposure: see lode sensitivity --help
  --quiet                no warnings and notes on stderr; errors are always shown
  --help                 this page, or with a command the page of the command
  --version              the version

Exit codes
  0  done
  1  a model could not be solved (an offtake that cannot be met: with what stands in its way), or a
     result could not be written
  2  wrong usage
  3  bad input: each problem on stderr as FILE:LINE:COLUMN: what; what to do

Examples
  lode                                           the built-in data, China's licences of April 2025
  lode info                                      what the built-in data set holds
  lode scenarios                                 which scenarios it has
  lode --scenario myanmar-closure-2024           another one
  lode --scenario april-2025-licensing --scenario lynas-outage       both at once
  lode --format json --output result.json        every number, for a program
  lode export --output my-data                   a copy to change ...
  lode validate --data my-data                   ... and to check ...
  lode --data my-data --scenario my-shock.json   ... and to run with a scenario of your own
)";

constexpr std::string_view info = R"(lode info [--data DIR|NAME] [--format table|json|csv] [--output FILE] [--quiet]

What a data set is: name, version, base year and licence, and the rows of every table. Then for each
stage and material the tonnes that the base year makes or demands, the largest country and its share,
how uncertain they are (where rows state standard uncertainties), and how many of the rows behind them
rest on sources of which quality, by the source a row names first, which carries its figure. Last the
widest uncertainties.

Example
  lode info --data my-data
)";

constexpr std::string_view validate =
    R"(lode validate [--data DIR|NAME] [--scenario FILE|NAME]... [--format table|json|csv] [--output FILE] [--quiet]

Reads everything: the description, every table, the balance of the base year, every scenario of the
folder and those given with --scenario. If all is well it prints a summary and the facts of lode info
on stdout and warnings on stderr and ends with 0. If not, it lists every problem on stderr as
FILE:LINE:COLUMN: what; what to do (at most 100 a file, then how many more) and ends with 3; if the
tables can be read all the same (a base year that does not balance, say), the facts follow on stdout,
never in a file.

Example
  lode validate --data my-data --scenario my-shock.json
)";

constexpr std::string_view scenarios =
    R"(lode scenarios [--data DIR|NAME] [--scenario FILE|NAME]... [--format table|json|csv] [--output FILE] [--quiet]

The scenarios of a data set: name, number of shocks, the first and last date they name, title and
kinds of shock. With --scenario, only those given.

Example
  lode scenarios --data gallium-germanium-2022
)";

constexpr std::string_view propagate =
    R"(lode propagate [--data DIR|NAME] [--scenario FILE|NAME]... [--format table|json|csv] [--output FILE] [--quiet]

What a shock does while nobody reroutes: every seller serves all its customers the same share of their
base-year flows, and a buyer makes what its scarcest input allows. The shortfall is an upper bound as
long as nobody hoards. Several --scenario apply together; the result names them joined by +.

Without --scenario it runs the lead scenario of the built-in data set (or of a copy of it); any other
folder is run without shocks.

Examples
  lode propagate --scenario china-full-stop
  lode propagate --data my-data --scenario my-shock.json --format csv --output shortfall.csv
)";

constexpr std::string_view reallocate =
    R"(lode reallocate [--data DIR|NAME] [--scenario FILE|NAME]... [--price-ranges] [--any-route]
                [--format table|json|csv] [--output FILE] [--quiet]

What a shock does when everybody adapts as well as possible, as if by one plan: plants run up to their
capacity, goods go where they are missed most, over all routes of the data set, those of flow 0 too.
No allocation leaves less weighted shortfall. Of all that leave as little, the result is the one that
changes trade least. It also says what is scarce: the price of each commodity at each place (what one
more tonne there would save), what a licence, a tonne of capacity and an offtake are worth, and what
each material contributes to the worth of a tonne of concentrate.

--price-ranges   also what one more tonne saves and one tonne less costs, where these differ
--any-route      routes of flow 0 between any maker and any user of a commodity; licences and quotas
                 of the scenario cover them

A scenario may oblige somebody to ship what cannot be shipped. Then the demands that contradict each
other are listed on stderr and the program ends with 1.

Examples
  lode reallocate --scenario china-full-stop
  lode reallocate --scenario lynas-outage --price-ranges --format csv --output prices.csv
)";

constexpr std::string_view bracket =
    R"(lode bracket [--data DIR|NAME] [--scenario FILE|NAME]... [--price-ranges] [--any-route]
             [--format table|json|csv] [--output FILE] [--quiet]

How short everybody is, between two bounds: everybody adapts as well as possible (reallocate) and
nobody reroutes (propagate). By material and by country; what adaptation saves, and what is lost if
one way to adapt is closed: spare capacity, more on the routes in use, new links. Then what is scarce,
as lode reallocate has it, and the certificates of both bounds. Where adaptation leaves somebody worse
off, because what it had saves more elsewhere, the interval is marked with a star.

Without --scenario it runs the lead scenario of the built-in data set (or of a copy of it); any other
folder is run without shocks. --price-ranges and --any-route: see lode reallocate --help

Examples
  lode bracket --scenario china-full-stop
  lode bracket --data my-data --scenario my-shock.json --any-route --format json --output bounds.json
)";

constexpr std::string_view equilibrium =
    R"(lode equilibrium [--data DIR|NAME] [--scenario FILE|NAME]... [--demand-elasticity E] [--supply-elasticity E]
                 [--trade-inertia SHARE] [--format table|json|csv] [--output FILE] [--quiet]

What a shock does to prices, trade and use while everybody takes prices as given: spatial price
equilibrium of one year, around the base year, in USD per tonne. Costs rise and demand falls along
straight lines whose slopes are elasticities. Tariffs, price floors (contracts for difference, with
their budget), export quotas (with their rents) and offtakes count. Nobody has market power here.

Base prices (prices.csv) and elasticities (a column of facilities.csv and end_uses.csv) come from the
data set; what is missing is listed. --demand-elasticity and --supply-elasticity, numbers above 0, serve
where the data have none. Elasticities are uncertain, so everything is computed with all of them
halved and doubled too, and the table gives each headline number its range.

--trade-inertia: what the last tonne costs where a flow doubles or falls to nothing, as a share of the
price (1e-6 if not given: goods of all sellers are one, and changing suppliers is free).

Examples
  lode equilibrium --scenario tariff-100
  lode equilibrium --data my-data --scenario my-shock.json --demand-elasticity 0.3 --supply-elasticity 0.2
)";

constexpr std::string_view simulate =
    R"(lode simulate [--data DIR|NAME] [--scenario FILE|NAME]... [--monthly] [--step-days N] [--start DAY] [--end DAY]
              [--orders adaptive|frozen] [--unmet lost|waits] [--rationing entitlement|priority]
              [--format table|json|csv] [--output FILE] [--quiet]

What a scenario does step by step: plants run on what they hold, goods travel, licences are queues,
buyers reorder what they lack, sellers share out what they have. The table says who runs short when, how
short, when it is over and what is caught up; how far stocks fall; how many days each plant lasts and how
many pass until it is back; what waits for licences; where each material came from and went.

--monthly        sums by calendar month (a step is split by days), levels at the month's end
--step-days N    days a step, 1 to 31 (7 if not given)
--start DAY      the first day, YYYY-MM-DD (the first Monday of the year of the scenario's first date;
                 of the year after the base year if it names none)
--end DAY        the day after the last (two years after the start, or one year after the scenario's last
                 date, whichever is later)
--orders         adaptive (if not given): who lacks something orders it elsewhere and refills stocks;
                 frozen: everybody orders as in the base year
--unmet          what is not delivered is lost or waits, for all end uses (without it as their data say)
--rationing      entitlement (if not given): short goods are shared out as in the base year;
                 priority: who has the higher weight is served first

Without --scenario it runs the lead scenario of the built-in data set (or of a copy of it); any other
folder is run without shocks. Ctrl-C stops it; nothing is written then.

Examples
  lode simulate --scenario april-2025-licensing
  lode simulate --scenario china-full-stop --end 2027-07-01 --monthly --format csv --output months.csv
)";

constexpr std::string_view rank =
    R"(lode rank [--by facility|country|route|commodity|operator] [--model propagate|reallocate] [--remove K] [--top N]
          [--threads N] [--data DIR|NAME] [--scenario FILE|NAME]... [--format table|json|csv] [--output FILE] [--quiet]

What is short without one thing, worst first: which plant, country, route, commodity or operator matters
most. Without --scenario it starts from the base year; with it, from what the scenario leaves.

--by         what is taken away. facility (if not given): it stops. country, operator: all their
             facilities stop. route: nothing goes over it. commodity: nothing goes over any of its routes
--model      propagate (if not given): nobody reroutes. reallocate: everybody adapts, an optimisation each
--remove K   K of them at once. 2: the worst pairs, proven. 3 or more: a group found by greedy choice
             and swaps, with a proven bound on what any group of K loses
--top N      rows (if not given: 20 in tables and of pairs; otherwise all)
--threads N  threads (if not given: one for each processor); results do not depend on it

By facility, from the base year, where the data set has stocks or covers, the table says how many days
they last without it. Ctrl-C stops it; nothing is written then.

Examples
  lode rank
  lode rank --by country --model reallocate --format json --output countries.json
  lode rank --remove 2 --scenario april-2025-licensing --top 10
)";

constexpr std::string_view ensemble =
    R"(lode ensemble [--data DIR|NAME] [--scenario FILE|NAME]... [--policy FILE|NAME]...
              [--model propagate|reallocate|simulate] [--samples N] [--seed N]
              [--sampling monte_carlo|latin_hypercube|sobol] [--until 1%] [--correlate country=RHO]...
              [--uncertain-data] [--indices] [--checkpoint FILE] [--threads N] [--format table|json|csv]
              [--output FILE] [--quiet]

How likely and how bad: draws the uncertain numbers of a scenario again and again and runs a model on each
draw. The table has mean, quantiles, the mean of the worst 5 % and the chance of going short, for each
material and country, by month with --model simulate; what policies change; how well the means are known.

--policy         what is tried against the scenario: both worlds see the same draws, and the table shows
                 the difference; repeat it to compare several
--model          propagate (if not given), reallocate or simulate (with --start, --end, --step-days,
                 --orders, --unmet and --rationing as for lode simulate)
--samples N      10,000 if not given; stratified points come in 16 equal replicates, so N is rounded up
--seed N         of the random numbers, 1 if not given; the same seed gives the same bits anywhere
--sampling       monte_carlo (if not given): independent; latin_hypercube: one sample a stratum; sobol:
                 scrambled Sobol' points, whose error falls fastest for few uncertain numbers
--until 1%       stop once the mean shortfall of every material is known to 1 % (95 % confidence)
--correlate      country=RHO: uncertain numbers of shocks on the same country hang together;
                 1+3=RHO: those of the first and the third shock; 2=RHO: those of the second
                 (Gaussian copula)
--uncertain-data the data are drawn too: each sample has a base year of its own, balanced from the published
                 figures and their uncertainties, and working stocks within their range (256 samples if not
                 given; each takes a quarter of a second)
--indices        instead: which uncertain number matters, as shares of the variance (Sobol' indices)
--checkpoint FILE   keep what is done in FILE, and go on from there if it exists
--threads N      one for each processor if not given; the result does not depend on it

Ctrl-C stops it; the result is then that of the samples that are done, and the exit code 1.

Examples
  lode ensemble --scenario licences-as-for-gallium
  lode ensemble --scenario licences-as-for-gallium --sampling sobol --samples 65536 --format json
  lode ensemble --scenario licences-as-for-gallium --model simulate --samples 512 --indices
)";

constexpr std::string_view risk =
    R"(lode risk [--data DIR|NAME] [--scenario FILE|NAME]... [--model propagate|reallocate] [--format table|json|csv]
          [--output FILE] [--quiet]

The usual indicators of supply risk, by material and stage: concentration by country and by operator
(HHI), the same weighted with governance, how many equal suppliers that would be, what is left of what
all use without the largest country; and by country import reliance and the EU's supply-risk formula,
at the bottleneck, the most concentrated stage (all stages in json and csv). Of the base year or, with
--scenario, of the flows that are left of it.

--model      with --scenario: propagate (if not given), nobody reroutes; reallocate, everybody adapts

Examples
  lode risk
  lode risk --scenario april-2025-licensing --format csv --output risk.csv
)";

constexpr std::string_view sensitivity =
    R"(lode sensitivity [--data DIR|NAME] [--scenario FILE|NAME]... [--material ID] [--country ID] [--end-use ID]
                 [--model propagate|reallocate] [--top N] [--format table|json|csv] [--output FILE] [--quiet]

What one tonne more, or less, of anything anywhere does to a shortfall: capacity of each plant, openness of
each route (or a quota), a reserve or a loss at each place, recovery of each separation, demand of each end
use. All at once, one-sided and exact: where a tonne less is missed but a tonne more helps nobody, both
are said. What helps most per tonne comes first.

--material, --country, --end-use   which shortfall: of a material, of a country, of one end use, or of
                                   what all given ones describe; without them the total, weighted
--model    propagate (if not given): nobody reroutes; reallocate: the least shortfall any allocation
           reaches
--top N    how many rows (10 of each list in the table, all in json and csv)

Without --scenario it runs the lead scenario of the built-in data set (or of a copy of it); any other
folder is run without shocks.

Examples
  lode sensitivity --scenario china-full-stop --material dy
  lode sensitivity --scenario lynas-outage --country JPN --model reallocate --top 5
)";

constexpr std::string_view exposure =
    R"(lode exposure [--data DIR|NAME] [--scenario FILE|NAME]... [--material ID] [--country ID]
              [--format table|json|csv] [--output FILE] [--quiet]

Through whose hands a material passes on its way to its users, behind tier one too: of what reaches the end
uses of each country, the share that each country and operator mined, separated, made into metal and into
magnets. Plants mix what they receive; a tonne counts for the last plant of a stage it passed, so shares of
a stage add up to 1, with reserves and what comes from nowhere the data know (old scrap).

--material ID   one material
--country ID    all of one country: shares by country and operator, and where what it handles ends up

Without --scenario it traces the base year; with it, what propagate leaves of the flows.

Examples
  lode exposure --material dy
  lode exposure --country JPN --material tb --scenario myanmar-closure-2024
)";

constexpr std::string_view reconcile =
    R"(lode reconcile [--data DIR|NAME] [--output DIR] [--format table|json|csv] [--quiet]

Published figures never agree. This finds the closest base year that balances: weighted least squares
over all flows, baselines and demands (and the published totals of totals.csv), each weighted by its
standard uncertainty (flow_sd, baseline_sd, demand_sd, sd; 10 % of the figure where there is none, exact
where it is 0), subject to every balance, to capacities, and to nothing being negative. An empty figure is
solved for where the balances determine it; where they do not, the report says so and gives its interval.

The report on stdout lists the adjustments, worst first; |z| above 3 marks a gross error. With --output
the balanced data set is written to DIR, which must not exist yet or be empty; it appears whole or not at
all, with the uncertainties that remain, and the note of each row that was moved says what was found.
If exact figures and capacities contradict each other, a smallest set that does is listed, and the program
ends with 1. Ctrl-C stops it; nothing is written then.

Examples
  lode reconcile --data my-figures
  lode reconcile --data my-figures --output my-data
)";

constexpr std::string_view backtest =
    R"(lode backtest DIR [--format table|json|csv|svg] [--output FILE] [--quiet]

Forecasts put to the test. A case is a folder: case.json (data set, metric, periods, uncertain options),
a scenario, inputs.csv and base.csv (what was known before the shock), observed.csv (what was reported
later). DIR is one, or a folder of cases. The scenario is simulated with the medians, and then with every
uncertain number drawn anew, sample by sample. For each period: observed, predicted, the interval from 5
to 95 % of the samples, and two naive predictions: no change, and the shock's full effect at once and for
good. Then the errors, and whether the model was better or worse. A miss is a result: the program ends
with 0 whenever the comparison ran. --format svg draws one case.

Examples
  lode backtest tests/validation
  lode backtest my-case --format svg --output my-case.svg
)";

constexpr std::string_view export_data = R"(lode export --output DIR [--data DIR|NAME] [--quiet]

Writes a data set as a folder: datapackage.json, one CSV file a table, scenarios/*.json. The folder
must not exist yet or be empty; it appears whole or not at all. lode reads it back as the same data.

Example
  lode export --data rare-earth-magnets-2024 --output my-data
)";

}  // namespace

std::string_view help_text() {
  return overview;
}

std::string_view help_text(Command command) {
  switch (command) {
    case Command::info:
      return info;
    case Command::validate:
      return validate;
    case Command::scenarios:
      return scenarios;
    case Command::propagate:
      return propagate;
    case Command::reallocate:
      return reallocate;
    case Command::bracket:
      return bracket;
    case Command::equilibrium:
      return equilibrium;
    case Command::simulate:
      return simulate;
    case Command::rank:
      return rank;
    case Command::ensemble:
      return ensemble;
    case Command::risk:
      return risk;
    case Command::sensitivity:
      return sensitivity;
    case Command::exposure:
      return exposure;
    case Command::reconcile:
      return reconcile;
    case Command::backtest:
      return backtest;
    case Command::export_data:
      return export_data;
  }
  return overview;
}

}  // namespace program
