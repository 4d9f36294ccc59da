// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#pragma once

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

/// Runs the program as a shell would, without a shell.
namespace lode_test {

inline std::string read_file(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::filesystem::path& file, const std::string& text) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A folder of its own for each test, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lode-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int exit_code = -1;  ///< 128 + signal if it was killed
  std::string out, err;
};

struct RunOptions {
  std::filesystem::path folder = {};  ///< working directory
  std::string stdout_to = {};         ///< instead of being captured; "closed" closes it
  bool no_file_may_grow = false;      ///< a file size limit of 0 stands for a full disk
};

inline Outcome run(const std::vector<std::string>& arguments, const RunOptions& options = {}) {
  const TemporaryFolder capture;
  const std::string out = options.stdout_to.empty() ? (capture.path() / "out").string() : options.stdout_to;
  const std::string err = (capture.path() / "err").string();
  std::vector<char*> argv{const_cast<char*>(LODE_PROGRAM)};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    const int null = ::open("/dev/null", O_RDONLY);
    const int error = ::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::dup2(null, 0);
    ::dup2(error, 2);
    if (out == "closed") {
      ::close(1);
    } else {
      ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    }
    if (!options.folder.empty() && ::chdir(options.folder.c_str()) != 0) ::_exit(125);
    if (options.no_file_may_grow) {
      // stderr is captured in a file too, so it stays silent here.
      const rlimit none{0, 0};
      ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ::execv(LODE_PROGRAM, argv.data());
    ::_exit(126);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (options.stdout_to.empty()) outcome.out = read_file(out);
  outcome.err = read_file(err);
  return outcome;
}

}  // namespace lode_test
