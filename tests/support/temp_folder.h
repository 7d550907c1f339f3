// A folder for one test, removed with everything in it when the test ends.
#pragma once

#include <filesystem>
#include <string>

namespace kraken::test {

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// Runs a program of another people's making, an oracle, through /bin/sh; its output (both streams) and exit status.
struct Ran {
  int status = -1;
  std::string output;
};
Ran run(const std::string& command);

}  // namespace kraken::test
