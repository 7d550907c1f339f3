// A loop device over a file full of old data: the nearest to a card that a test machine has. Skipped without root.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/text.h"
#include "burn/target.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken::test {

inline constexpr Bytes kCard = 8 * kMiB;

class LoopCard : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "loop devices need root";
    backing_ = (folder_ / "card").string();
    ASSERT_TRUE(write_file_atomically(backing_, std::string(kCard, '\xA5'), 0600).ok());
    attach("");
    if (device_.empty()) GTEST_SKIP() << "no loop device to be had";
  }
  void TearDown() override { detach(); }

  void attach(const std::string& option) {
    const auto attached = run("losetup --find --show " + option + " " + backing_);
    if (attached.status == 0) device_ = std::string(trim(attached.output));
    // A loop device keeps the lock switch that an earlier user of it has set.
    if (!device_.empty() && option.empty()) run("blockdev --setrw " + device_);
  }

  void detach() {
    if (!device_.empty()) run("losetup -d " + device_);
    device_.clear();
  }

  Error refusal(const SystemRoots& roots = {}) {
    const auto target = open_device_target(device_, DevicePolicy{kMiB, roots});
    return target.ok() ? Error(ErrorCode::kInternal, "it was opened") : target.error();
  }

  void expect_refused(const std::string& words, const SystemRoots& roots = {}) {
    const Error error = refusal(roots);
    EXPECT_EQ(error.code(), ErrorCode::kTargetRefused) << error.what();
    EXPECT_NE(error.what().find(words), std::string::npos) << error.what();
    EXPECT_EQ(content(), std::string(kCard, '\xA5'));
  }

  // A sysfs and a procfs in which the loop device is alone, and in no use: the machine's own are not the test's to
  // change.
  SystemRoots pretended() {
    struct stat info = {};
    EXPECT_EQ(::stat(device_.c_str(), &info), 0);
    const std::string number = std::to_string(major(info.st_rdev)) + ":" + std::to_string(minor(info.st_rdev));
    std::filesystem::create_directories(sysfs_device() / "holders");
    put(sysfs_device() / "dev", number + "\n");
    put(sysfs_device() / "size", std::to_string(kCard / 512) + "\n");
    std::filesystem::create_directories(folder_ / "sys/dev/block");
    std::filesystem::create_directory_symlink(sysfs_device(), folder_ / ("sys/dev/block/" + number));
    std::filesystem::create_directories(folder_ / "proc/self");
    put(folder_ / "proc/self/mountinfo", "");
    SystemRoots roots;
    roots.sys = folder_ / "sys";
    roots.proc = folder_ / "proc";
    return roots;
  }
  std::filesystem::path sysfs_device() const {
    return folder_ / ("sys/devices/whole/" + std::filesystem::path(device_).filename().string());
  }
  static void put(const std::filesystem::path& path, const std::string& text) {
    EXPECT_TRUE(write_file_atomically(path, text, 0644).ok()) << path;
  }

  std::string content() const { return read_whole_file(backing_, kGiB).value(); }

  test::TempFolder folder_;
  std::string backing_;
  std::string device_;
};

}  // namespace kraken::test
