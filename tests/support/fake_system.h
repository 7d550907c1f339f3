// A System whose power can be cut, or whose changes can be made to fail, at any one of them: before, in the middle,
// after. Files lie below a root folder; the clock and the growth of the root file system are pretended. A cut ends the
// process, so it belongs into a forked child.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/endian.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken::test {

inline constexpr int kPowerCut = 77;  // exit status of a child whose power was cut

struct Fault {
  enum class Kind { kNone, kError, kErrorOnFiles, kCutBefore, kCutTorn, kCutAfter };
  Kind kind = Kind::kNone;
  int at = 0;  // the first change is 1; 0 means every one
  int sys_errno = 0;
};

class FakeSystem final : public System {
 public:
  FakeSystem(std::filesystem::path root, UnixTime clock) : root_(root), files_(std::move(root)), clock_(clock) {}

  void set_fault(Fault fault) { fault_ = fault; }
  // "write /etc/hosts", ... in the order they were asked for.
  const std::vector<std::string>& changes() const { return changes_; }

  UnixTime now() const override { return clock_; }
  // Nothing is waited for; what happens meanwhile is the test's to say.
  void pause(std::chrono::milliseconds /*time*/) override {
    if (while_waiting_) while_waiting_();
  }
  void set_while_waiting(std::function<void()> what) { while_waiting_ = std::move(what); }
  Status set_clock(UnixTime time) override {
    return change("clock", [&] { return (clock_ = time, ok_status()); });
  }
  Status set_host_name(std::string_view name) override {
    return change("host name", [&] { return files_.set_host_name(name); });
  }
  // What the kernel would leave behind, as far as the facts look: the count of blocks.
  Status resize_root(std::uint64_t blocks) override {
    return change("resize", [&]() -> Status {
      std::array<std::byte, 4> count = {};
      static_cast<void>(write_le(std::span<std::byte>(count), 0, static_cast<std::uint32_t>(blocks)));
      KRAKEN_ASSIGN(const UniqueFd fd, open_file(root_ / "dev/mmcblk0p2", O_WRONLY));
      return write_all_at(fd.get(), 1024 + 4, count);
    });
  }
  Status replace_file(std::string_view path, std::string_view content, FileMode mode) override {
    const std::string torn_path = std::string(path) + std::string(kNewFileSuffix);
    return change(
        "write " + std::string(path), [&] { return files_.replace_file(path, content, mode); },
        [&] { std::ofstream(below(root_, torn_path), std::ios::binary) << content.substr(0, content.size() / 2); });
  }
  Status copy_file(std::string_view from, std::string_view to, FileMode mode) override {
    const std::string torn_path = std::string(to) + std::string(kNewFileSuffix);
    return change(
        "write " + std::string(to), [&] { return files_.copy_file(from, to, mode); },
        [&] { std::ofstream(below(root_, torn_path), std::ios::binary) << "torn"; });
  }
  Status append_file(std::string_view path, std::string_view content) override {
    return change(
        "append " + std::string(path), [&] { return files_.append_file(path, content); },
        [&] { static_cast<void>(files_.append_file(path, content.substr(0, content.size() / 2)).ok()); });
  }
  Status set_modification_time(std::string_view path, UnixTime time) override {
    return change("touch " + std::string(path), [&] { return files_.set_modification_time(path, time); });
  }
  // No change when it is there: it is not counted.
  Status make_folder(std::string_view path) override {
    if (std::filesystem::is_directory(below(root_, path))) return ok_status();
    return change("folder " + std::string(path), [&] { return files_.make_folder(path); });
  }
  Status remove_file(std::string_view path) override {
    if (!std::filesystem::exists(below(root_, path))) return ok_status();
    return change("remove " + std::string(path), [&] { return files_.remove_file(path); });
  }
  Status erase_file(std::string_view path) override {
    if (!std::filesystem::exists(below(root_, path))) return ok_status();
    return change("erase " + std::string(path), [&] { return files_.erase_file(path); });
  }
  Status write_kernel_file(std::string_view path, std::string_view value) override {
    return change("set " + std::string(path), [&] { return files_.write_kernel_file(path, value); });
  }
  // What an ejected adapter turns into is the test's to say; without that, every one succeeds and does nothing.
  void set_ejected(std::function<Status(std::string_view)> ejected) { ejected_ = std::move(ejected); }
  Status eject_cdrom(std::string_view path) override {
    return change("eject " + std::string(path), [&] { return ejected_ ? ejected_(path) : ok_status(); });
  }
  // What a program does is the test's to say; without that, every one succeeds and does nothing.
  void set_programs(std::function<Status(const std::vector<std::string>&)> programs) {
    programs_ = std::move(programs);
  }
  Status run_program(const std::vector<std::string>& argv, std::chrono::seconds /*limit*/) override {
    std::string line = "run";
    for (const std::string& word : argv) line += " " + word;
    return change(
        line, [&] { return programs_ ? programs_(argv) : ok_status(); },
        [&] {
          if (torn_programs_) torn_programs_(argv);
        });
  }
  // What one has done by the time that the power goes.
  void set_torn_programs(std::function<void(const std::vector<std::string>&)> programs) {
    torn_programs_ = std::move(programs);
  }
  // What a program answers; without that, there is none.
  void set_answers(std::function<Result<std::string>(const std::vector<std::string>&)> answers) {
    answers_ = std::move(answers);
  }
  Result<std::string> ask_program(const std::vector<std::string>& argv, std::chrono::seconds /*limit*/) override {
    if (answers_) return answers_(argv);
    return Error(ErrorCode::kNotFound, "run " + argv.front());
  }
  Status swap_off(std::string_view path) override {
    return change("swap off " + std::string(path), [&] { return files_.swap_off(path); });
  }

 private:
  template <typename Work>
  Status change(
      const std::string& what, const Work& work, const std::function<void()>& tear = [] {}) {
    changes_.push_back(what);
    using Kind = Fault::Kind;
    const bool is_file =
        what.find('/') != std::string::npos && !what.starts_with("run ") && !what.starts_with("eject ");
    const bool hit = fault_.at == 0 || std::cmp_equal(changes_.size(), fault_.at);
    if (!hit || fault_.kind == Kind::kNone || (fault_.kind == Kind::kErrorOnFiles && !is_file)) return work();
    if (fault_.kind == Kind::kError || fault_.kind == Kind::kErrorOnFiles) {
      return Error::from_errno(fault_.sys_errno, what);
    }
    if (fault_.kind == Kind::kCutTorn) tear();
    if (fault_.kind == Kind::kCutAfter) static_cast<void>(work().ok());
    ::_exit(kPowerCut);
  }

  std::filesystem::path root_;
  DetachedSystem files_;
  UnixTime clock_;
  Fault fault_;
  std::vector<std::string> changes_;
  std::function<Status(const std::vector<std::string>&)> programs_;
  std::function<void(const std::vector<std::string>&)> torn_programs_;
  std::function<Result<std::string>(const std::vector<std::string>&)> answers_;
  std::function<void()> while_waiting_;
  std::function<Status(std::string_view)> ejected_;
};

}  // namespace kraken::test
