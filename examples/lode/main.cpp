// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors

/// The program `lode`: from a data set and a scenario to a table of shortfalls. docs/cli.md is its reference.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <variant>

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <lode/error.hpp>
#include <lode/log.hpp>

#include "command_line.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "output.hpp"

namespace program {
namespace {

/// The library's log goes to stderr: warnings and worse, or what the usual variable SPDLOG_LEVEL asks for.
std::shared_ptr<spdlog::logger> start_log(bool quiet) {
  const auto log = std::make_shared<spdlog::logger>("lode", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  log->set_pattern("lode: %l: %v");
  const char* const wanted = std::getenv("SPDLOG_LEVEL");
  log->set_level(quiet               ? spdlog::level::off
                 : wanted != nullptr ? spdlog::level::from_str(wanted)
                                     : spdlog::level::warn);
  lode::set_logger(log);
  return log;
}

/// The problems, then what can be said of the data all the same. That is never written to a file, which might be taken
/// for the summary of a valid data set; and it does not change how the program ends.
ExitCode refuse(const InvalidInputs& error, const CommandLine& line) {
  write_error(error.what());
  if (line.command != Command::validate) return ExitCode::bad_input;
  try {
    if (const std::optional<std::string> facts = summarise_invalid(error, line.format)) {
      write_result(*facts, std::nullopt);
    }
  } catch (const Failure& failure) {
    write_error(failure.what());
  }
  return ExitCode::bad_input;
}

void run(const CommandLine& line) {
  const auto log = start_log(line.quiet);
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  };
  const Remarks remarks(line.quiet);
  if (line.command == Command::reconcile) return write_result(run_reconcile(line, remarks), std::nullopt);
  if (line.command == Command::backtest) return write_result(run_backtest(line, remarks), line.output);
  const Inputs inputs = read_inputs(line, remarks);
  log->debug("read {} with {} routes in {:.1f} ms", inputs.dataset->about.name, inputs.dataset->network.routes().size(),
             elapsed());
  std::string result;
  bool interrupted = false;
  switch (line.command) {
    case Command::info:
      result = describe(inputs, line.format);
      break;
    case Command::validate:
      result = summarise_valid(inputs, line.format);
      break;
    case Command::scenarios:
      result = list_scenarios(inputs, line.format);
      break;
    case Command::propagate:
      result = run_propagate(inputs, line.format, remarks);
      break;
    case Command::reallocate:
      result = run_reallocate(inputs, line, remarks);
      break;
    case Command::bracket:
      result = run_bracket(inputs, line, remarks);
      break;
    case Command::equilibrium:
      result = run_equilibrium(inputs, line, remarks);
      break;
    case Command::simulate:
      result = run_simulate(inputs, line, remarks);
      break;
    case Command::ensemble:
      result = run_ensemble(inputs, line, remarks, interrupted);
      break;
    case Command::rank:
      result = run_rank(inputs, line, remarks);
      break;
    case Command::risk:
      result = run_risk(inputs, line, remarks);
      break;
    case Command::sensitivity:
      result = run_sensitivity(inputs, line, remarks);
      break;
    case Command::exposure:
      result = run_exposure(inputs, line, remarks);
      break;
    case Command::reconcile:
    case Command::backtest:
      break;
    case Command::export_data:
      return export_data(inputs, *line.output, remarks);
  }
  log->debug("{} done after {:.1f} ms", to_string(line.command), elapsed());
  write_result(result, line.output);
  if (interrupted)
    throw Failure(ExitCode::failed, "lode: interrupted; the result is that of the samples that were done");
}

ExitCode parse_and_run(int argc, const char* const* argv) {
  const std::variant<CommandLine, Answer> parsed = parse(argc, argv);
  if (const Answer* answer = std::get_if<Answer>(&parsed)) {
    write_result(answer->text, std::nullopt);
    return ExitCode::done;
  }
  const CommandLine& line = std::get<CommandLine>(parsed);
  try {
    run(line);
    return ExitCode::done;
  } catch (const InvalidInputs& error) {
    return refuse(error, line);
  }
}

ExitCode guarded_main(int argc, const char* const* argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const Failure& failure) {
    write_error(failure.what());
    return failure.code();
  } catch (const lode::InvalidArgument& error) {
    write_error(std::string("lode: internal error: ") + error.what() + "; please report it with the command you gave");
    return ExitCode::failed;
  } catch (const lode::Error& error) {
    write_error(error.what());
    return ExitCode::bad_input;
  } catch (const std::bad_alloc&) {
    write_error("lode: not enough memory for this data set; close other programs or use a smaller one");
    return ExitCode::failed;
  } catch (const std::exception& error) {
    write_error(std::string("lode: internal error: ") + error.what() + "; please report it with the command you gave");
    return ExitCode::failed;
  } catch (...) {
    write_error("lode: internal error of unknown kind; please report it with the command you gave");
    return ExitCode::failed;
  }
}

}  // namespace
}  // namespace program

int main(int argc, char** argv) {
  // A reader that goes away and a file that may not grow are errors to report, not reasons to die without a word.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return static_cast<int>(program::guarded_main(argc, argv));
}
