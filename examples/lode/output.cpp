// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The Lode authors
#include "output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

#include <nlohmann/json.hpp>

#include "exit_code.hpp"

namespace program {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& name, int error, const std::string& mend) {
  throw Failure(ExitCode::failed, name + ": can not be written: " + std::strerror(error) + "; " + mend);
}

/// 0, or what kept some byte from reaching the system.
int write_all(std::FILE* stream, std::string_view text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stream) == text.size() && std::fflush(stream) == 0) return 0;
  return errno != 0 ? errno : EIO;
}

/// Writes and closes; a file system may report a full disk only on closing.
int write_and_close(std::FILE* stream, std::string_view text) {
  const int error = write_all(stream, text);
  errno = 0;
  if (std::fclose(stream) != 0 && error == 0) return errno != 0 ? errno : EIO;
  return error;
}

/// A new file beside `target`, removed again unless it takes the target's place.
class Replacement {
 public:
  explicit Replacement(fs::path target) : target_(std::move(target)) {
    // The name does not depend on the target's, which may be as long as names can be.
    for (int attempt = 0; stream_ == nullptr && attempt < 100; ++attempt) {
      path_ = target_.parent_path() / (".lode-" + std::to_string(::getpid()) + '-' + std::to_string(attempt) + ".tmp");
      stream_ = std::fopen(path_.c_str(), "wbx");
      if (stream_ == nullptr && errno != EEXIST) return;
    }
  }
  ~Replacement() {
    std::error_code ignored;
    if (stream_ != nullptr) fs::remove(path_, ignored);
  }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }

  /// 0, or the error that left the target as it was.
  int commit(std::string_view text) {
    if (const int error = write_and_close(stream_, text); error != 0) return error;
    std::error_code error;
    if (const fs::file_status old = fs::status(target_, error); fs::exists(old)) {
      fs::permissions(path_, old.permissions(), error);
    }
    fs::rename(path_, target_, error);
    return error.value();
  }

 private:
  fs::path target_;
  fs::path path_;
  std::FILE* stream_ = nullptr;
};

void write_file(std::string_view text, const std::string& name) {
  std::error_code error;
  const fs::file_status status = fs::status(name, error);
  if (fs::is_directory(status)) refuse(name, EISDIR, "name a file");
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    // A device or a pipe can not be replaced, only written to.
    std::FILE* stream = std::fopen(name.c_str(), "wb");
    const int failed = stream == nullptr ? errno : write_and_close(stream, text);
    if (failed != 0) refuse(name, failed, "name another file");
    return;
  }
  // Through links, so that a link stays one.
  const fs::path resolved = fs::weakly_canonical(name, error);
  Replacement replacement(error ? fs::path(name) : resolved);
  if (!replacement.is_open()) refuse(name, errno, "name a file in a folder that exists and that you may write to");
  if (const int failed = replacement.commit(text); failed != 0) {
    refuse(name, failed, "make room or name another file; what was there before is unchanged");
  }
}

}  // namespace

void write_result(std::string_view text, const std::optional<std::string>& file) {
  if (file && *file != "-") {
    write_file(text, *file);
  } else if (const int error = write_all(stdout, text); error != 0) {
    refuse("stdout", error, "send it elsewhere or use --output FILE");
  }
}

void write_error(std::string_view line) noexcept {
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fputc('\n', stderr);
}

void Remarks::note(const std::string& text) const {
  if (!quiet_) write_error("note: " + text);
}

void Remarks::warn(const std::vector<lode::Issue>& warnings) const {
  if (quiet_ || warnings.empty()) return;
  const std::string lines = lode::to_string(warnings);
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    write_error("warning: " + lines.substr(begin, end - begin));
    begin = end + 1;
  }
}

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) row += ',';
    if (fields[i].find_first_of(",\"\r\n") == std::string::npos) {
      row += fields[i];
      continue;
    }
    row += '"';
    for (const char c : fields[i]) row += c == '"' ? std::string("\"\"") : std::string(1, c);
    row += '"';
  }
  return row + '\n';
}

std::string dump(const nlohmann::ordered_json& document) {
  return document.dump(2) + '\n';
}

}  // namespace program
