// The System of a Linux machine whose root folder is "/" or, for a tree that is not the running system's, another one.
// RootedSystem does the files and the root file system; its two ends differ in what the kernel has one of.
#pragma once

#include <filesystem>
#include <string>

#include "system/system.h"

namespace kraken {

// What replace_file() writes to first: the file's name and this.
inline constexpr std::string_view kNewFileSuffix = ".kraken-new";

// `path` ("/etc/hosts") below `root`.
std::filesystem::path below(const std::filesystem::path& root, std::string_view path);
// Whether something lies there. What cannot be looked at counts as not there.
bool is_there(const std::filesystem::path& root, std::string_view path);

class RootedSystem : public System {
 public:
  void pause(std::chrono::milliseconds time) override;
  Status resize_root(std::uint64_t blocks) override;
  Status replace_file(std::string_view path, std::string_view content, FileMode mode) override;
  Status copy_file(std::string_view from, std::string_view to, FileMode mode) override;
  Status append_file(std::string_view path, std::string_view content) override;
  Status set_modification_time(std::string_view path, UnixTime time) override;
  Status make_folder(std::string_view path) override;
  Status remove_file(std::string_view path) override;
  Status erase_file(std::string_view path) override;
  Status write_kernel_file(std::string_view path, std::string_view value) override;

 protected:
  explicit RootedSystem(std::filesystem::path root) : root_(std::move(root)) {}
  const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_;
};

// The machine that the program runs on.
class LinuxSystem final : public RootedSystem {
 public:
  LinuxSystem() : RootedSystem("/") {}
  UnixTime now() const override;
  Status set_clock(UnixTime time) override;
  Status set_host_name(std::string_view name) override;
  Status eject_cdrom(std::string_view path) override;
  Status run_program(const std::vector<std::string>& argv, std::chrono::seconds limit) override;
  Result<std::string> ask_program(const std::vector<std::string>& argv, std::chrono::seconds limit) override;
  Status swap_off(std::string_view path) override;
};

// A tree below another folder: never touches this machine's clock (a pretended one starts at its time) or host name
// (written to the tree's proc/sys/kernel/hostname, where the facts are read from) or swap (taken out of the tree's
// proc/swaps), and grows only a file system that is mounted at that very folder: never the one of this machine that a
// mere folder lies on. Runs no program and ejects no disc: it would change this machine.
class DetachedSystem final : public RootedSystem {
 public:
  explicit DetachedSystem(std::filesystem::path root) : RootedSystem(std::move(root)) {}
  UnixTime now() const override;
  Status set_clock(UnixTime time) override;
  Status set_host_name(std::string_view name) override;
  Status resize_root(std::uint64_t blocks) override;
  Status eject_cdrom(std::string_view path) override;
  Status run_program(const std::vector<std::string>& argv, std::chrono::seconds limit) override;
  Result<std::string> ask_program(const std::vector<std::string>& argv, std::chrono::seconds limit) override;
  Status swap_off(std::string_view path) override;

 private:
  UnixTime ahead_ = 0;  // of this machine's clock
};

}  // namespace kraken
