#include <gtest/gtest.h>

#include <cerrno>
#include <fstream>

#include "block/memory.h"
#include "burn/writer.h"
#include "support/loop_card.h"

namespace kraken {
namespace {

using test::kCard;
using test::LoopCard;
using test::run;

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
  EXPECT_EQ(found.find_first_not_of('\xA5', wanted.size()), kCard - kMiB);
  EXPECT_EQ(found.find_first_not_of('\0', kCard - kMiB), std::string::npos);
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

TEST_F(LoopCard, RefusesWhatAnotherLoopDeviceIsOver) {
  const auto attached = run("losetup --find --show " + device_);
  ASSERT_EQ(attached.status, 0) << attached.output;
  const std::string upper(trim(attached.output));
  expect_refused("in use by " + upper.substr(5));
  run("losetup -d " + upper);
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
    EXPECT_EQ(refusal().sys_errno(), EBUSY);
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
