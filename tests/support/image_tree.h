// Files of an operating system image below a temporary folder, with what makes systemd start a unit.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>

#include "support/temp_folder.h"

namespace kraken::test {

class ImageTree {
 public:
  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name.substr(1); }

  ImageTree& put(const std::string& name, const std::string& content) {
    std::filesystem::create_directories(path(name).parent_path());
    std::ofstream(path(name), std::ios::binary) << content;
    return *this;
  }
  ImageTree& link(const std::string& name, const std::string& target) {
    std::filesystem::create_directories(path(name).parent_path());
    std::filesystem::remove(path(name));
    std::filesystem::create_symlink(target, path(name));
    return *this;
  }
  ImageTree& folder(const std::string& name) {
    std::filesystem::create_directories(path(name));
    return *this;
  }
  // Merged /usr, as all releases since bullseye have it.
  ImageTree& merged_usr() {
    folder("/usr/lib");
    folder("/usr/sbin");
    link("/lib", "usr/lib");
    return link("/sbin", "usr/sbin");
  }

  ImageTree& install(const std::string& unit) {
    return put("/lib/systemd/system/" + unit, "[Service]\nExecStart=/bin/true\n");
  }
  ImageTree& enable(const std::string& unit, const std::string& wanted_by = "multi-user.target") {
    install(unit);
    return link("/etc/systemd/system/" + wanted_by + ".wants/" + unit, "/lib/systemd/system/" + unit);
  }

 private:
  TempFolder folder_;
};

}  // namespace kraken::test
