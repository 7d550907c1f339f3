#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <fstream>

#include "base/text.h"
#include "block/memory.h"
#include "burn/writer.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using test::run;

constexpr Bytes kCard = 8 * kMiB;

// A loop device over a file full of old data: the nearest to a card that a test machine has.
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

std::string pattern(Bytes size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; i += 7) text[i] = static_cast<char>(i * 31);
  text[510] = '\x55';
  text[511] = '\xAA';
  return text;
}

TEST_F(LoopCard, EndsIdenticalToTheImageThoughDirty) {
  std::string wanted = pattern(5 * kMiB + 512);
  std::fill(wanted.begin() + kMiB, wanted.begin() + 3 * kMiB, '\0');
  const MemoryStore image(wanted);
  auto target = open_device_target(device_, DevicePolicy{image.size(), {}});
  ASSERT_TRUE(target.ok()) << target.error().what();
  EXPECT_EQ((*target)->capacity(), kCard);
  EXPECT_EQ((*target)->name(), device_);
  const auto report = burn_image(image, **target, {});
  ASSERT_TRUE(report.ok()) << report.error().what();
  target->reset();
  const auto found = content();
  EXPECT_EQ(found.compare(0, wanted.size(), wanted), 0);
  EXPECT_EQ(found.find_first_not_of('\xA5', wanted.size()), std::string::npos);
}

TEST_F(LoopCard, ReadsBackPastThePageCache) {
  const MemoryStore image(pattern(4 * kMiB));
  auto target = open_device_target(device_, DevicePolicy{image.size(), {}});
  ASSERT_TRUE(target.ok());
  BurnOptions options;
  // Changes the medium, but not the loop device's own page cache.
  options.progress = [&](const BurnProgress& progress) {
    if (progress.phase != BurnPhase::kFlush) return;
    ASSERT_TRUE((*target)->sync().ok());
    std::fstream file(backing_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(3 * kMiB + 5));
    file.put('\x77');
  };
  const auto report = burn_image(image, **target, options);
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().what().find("byte " + std::to_string(3 * kMiB + 5)), std::string::npos)
      << report.error().what();
  EXPECT_EQ(content().substr(0, 4096), std::string(4096, '\0'));
}

TEST_F(LoopCard, RefusesWhatIsTooSmall) {
  const auto target = open_device_target(device_, DevicePolicy{kCard + 512, {}});
  EXPECT_EQ(target.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(target.error().what().find("holds 8 MiB"), std::string::npos) << target.error().what();
  EXPECT_EQ(open_device_target(device_, DevicePolicy{kCard + 1, {}}).error().code(), ErrorCode::kTargetRefused);
  EXPECT_TRUE(open_device_target(device_, DevicePolicy{kCard, {}}).ok());
}

TEST_F(LoopCard, RefusesACardThatWasExchanged) {
  const auto known = query_block_device(device_);
  ASSERT_TRUE(known.ok());
  DevicePolicy policy;
  policy.image_size = kMiB;
  policy.expected = identity_of(*known);
  EXPECT_TRUE(open_device_target(device_, policy).ok());
  if (known->sequence == 0) GTEST_SKIP() << "this kernel does not count media";
  // The same file in the same device again: only the count tells.
  const std::string name = device_;
  detach();
  ASSERT_EQ(run("losetup " + name + " " + backing_).status, 0);
  device_ = name;
  const auto target = open_device_target(device_, policy);
  ASSERT_FALSE(target.ok());
  EXPECT_EQ(target.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(target.error().what().find("exchanged"), std::string::npos) << target.error().what();
}

TEST_F(LoopCard, RefusesACardThatWasExchangedBeforeItWasOpened) {
  const SystemRoots roots = pretended();
  const auto known = query_block_device(device_);
  if (!known.ok() || known->sequence == 0) GTEST_SKIP() << "this kernel does not count media";
  put(sysfs_device() / "diskseq", std::to_string(known->sequence) + "\n");
  EXPECT_TRUE(open_device_target(device_, DevicePolicy{kMiB, roots}).ok());
  put(sysfs_device() / "diskseq", std::to_string(known->sequence - 1) + "\n");
  expect_refused("changed while it was looked at", roots);
}

TEST_F(LoopCard, RefusesAPartition) {
  const SystemRoots roots = pretended();
  EXPECT_TRUE(open_device_target(device_, DevicePolicy{kMiB, roots}).ok());
  put(sysfs_device() / "partition", "1\n");
  expect_refused("a partition of whole; name the whole device", roots);
}

TEST_F(LoopCard, RefusesSwapAndWhatAnotherDeviceIsMadeOf) {
  const SystemRoots roots = pretended();
  put(roots.proc / "swaps", "Filename Type Size Used Priority\n" + device_ + " partition 8188 0 -2\n");
  expect_refused("in use as swap", roots);
  put(roots.proc / "swaps", "Filename Type Size Used Priority\n");
  EXPECT_TRUE(open_device_target(device_, DevicePolicy{kMiB, roots}).ok());
  std::filesystem::create_directories(sysfs_device() / "holders/dm-0");
  expect_refused("in use by dm-0", roots);
}

TEST_F(LoopCard, RefusesTheSystemsOwnDisk) {
  const SystemRoots roots = pretended();
  put(roots.proc / "self/mountinfo", "22 1 0:25 / / rw shared:1 - btrfs " + device_ + " rw\n");
  expect_refused("the running system is on it", roots);
}

TEST_F(LoopCard, RefusesWhatIsReadOnly) {
  // Not with blockdev --setro: that would outlast the test.
  detach();
  attach("--read-only");
  ASSERT_FALSE(device_.empty());
  expect_refused("read-only");
}

TEST_F(LoopCard, RefusesWhatIsMountedAndWhatAnotherProgramHolds) {
  {
    const auto first = open_device_target(device_, DevicePolicy{kMiB, {}});
    ASSERT_TRUE(first.ok()) << first.error().what();
    expect_refused("another program or the kernel holds it");
  }
  ASSERT_EQ(run("mkfs.ext4 -q -F " + device_).status, 0);
  const auto mounted =
      run("mkdir " + (folder_ / "at").string() + " && mount " + device_ + " " + (folder_ / "at").string());
  if (mounted.status != 0) GTEST_SKIP() << "mounting is not permitted here: " << mounted.output;
  const Error error = refusal();
  EXPECT_EQ(run("umount " + (folder_ / "at").string()).status, 0);
  EXPECT_EQ(error.code(), ErrorCode::kTargetRefused);
  EXPECT_NE(error.what().find("mounted at " + (folder_ / "at").string()), std::string::npos) << error.what();
}

TEST(DeviceTarget, RefusesWhatIsNoDevice) {
  const test::TempFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "file", "x", 0600).ok());
  for (const auto& path : {folder / "file", folder.path(), folder / "none", std::filesystem::path("/dev/null")}) {
    EXPECT_EQ(open_device_target(path, {}).error().code(), ErrorCode::kTargetRefused) << path;
  }
}

}  // namespace
}  // namespace kraken
