#include "burn/device_opener.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "block/memory.h"
#include "burn/writer.h"
#include "support/fake_udisks.h"
#include "support/loop_card.h"

namespace kraken {
namespace {

using namespace std::chrono_literals;
using test::FakeAnswer;
using test::kCard;
using test::run;

// A user who may not open the device, for as long as it lives.
class Nobody {
 public:
  Nobody() {
    groups_.resize(static_cast<std::size_t>(::getgroups(0, nullptr)));
    EXPECT_GE(::getgroups(static_cast<int>(groups_.size()), groups_.data()), 0);
    EXPECT_EQ(::setgroups(0, nullptr), 0);
    EXPECT_EQ(::setegid(kNobody), 0);
    EXPECT_EQ(::seteuid(kNobody), 0);
  }
  Nobody(const Nobody&) = delete;
  Nobody& operator=(const Nobody&) = delete;
  ~Nobody() {
    EXPECT_EQ(::seteuid(0), 0);
    EXPECT_EQ(::setegid(0), 0);
    EXPECT_EQ(::setgroups(groups_.size(), groups_.data()), 0);
  }

 private:
  static constexpr unsigned kNobody = 65534;
  std::vector<gid_t> groups_;
};

class CardOfAnotherUser : public test::LoopCard {
 protected:
  void SetUp() override {
    LoopCard::SetUp();
    if (IsSkipped()) return;
    if (!bus_.is_running()) GTEST_SKIP() << "there is no dbus-daemon here";
    // The pretended sysfs is read as nobody.
    std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
    policy_.image_size = kMiB;
    policy_.roots = pretended();
    policy_.permission.announce = [this](const std::string& what) { announced_.push_back(what); };
  }

  FakeAnswer card() const { return {.file = device_}; }
  void serve(std::vector<FakeAnswer> answers) {
    const auto known = query_block_device(device_);
    ASSERT_TRUE(known.ok());
    service_.emplace(bus_, std::vector<test::FakeBlock>{{"card", known->number}}, std::move(answers));
  }

  void expect_refused_as_nobody(const std::string& words) {
    const Nobody nobody;
    const auto target = open_device_target(device_, policy_);
    ASSERT_FALSE(target.ok());
    EXPECT_EQ(target.error().code(), ErrorCode::kTargetRefused) << target.error().what();
    EXPECT_NE(target.error().what().find(words), std::string::npos) << target.error().what();
    EXPECT_EQ(target.error().what().find(device_), 0U) << target.error().what();
  }
  void expect_untouched_and_free() const {
    EXPECT_EQ(content(), std::string(kCard, '\xA5'));
    EXPECT_TRUE(open_file(device_, O_RDWR | O_EXCL).ok());
  }

  test::PrivateBus bus_{folder_.path()};
  std::optional<test::FakeUdisks> service_;
  DevicePolicy policy_;
  std::vector<std::string> announced_;
};

TEST_F(CardOfAnotherUser, IsBurnedThroughUdisks) {
  serve({card()});
  // A size off the grid of direct transfers, so that both of the opened files are used.
  std::string wanted(5 * kMiB + 512, '\x5A');
  wanted.replace(510, 2, "\x55\xAA");
  const MemoryStore image(wanted);
  {
    const Nobody nobody;
    auto target = open_device_target(device_, policy_);
    ASSERT_TRUE(target.ok()) << target.error().what();
    const auto report = burn_image(image, **target, {});
    ASSERT_TRUE(report.ok()) << report.error().what();
    EXPECT_EQ((*target)->name(), device_);
    EXPECT_EQ((*target)->capacity(), kCard);
  }
  EXPECT_EQ(content().substr(0, wanted.size()), wanted);
  EXPECT_EQ(content().find_first_not_of('\xA5', wanted.size()), kCard - kMiB) << "the end is cleared";
  ASSERT_EQ(announced_.size(), 1U);
  EXPECT_NE(announced_[0].find(device_), std::string::npos);
  const std::string open = "OpenDevice card rw ";
  EXPECT_EQ(service_->calls(), (std::vector<std::string>{open + std::to_string(O_EXCL | O_CLOEXEC) + " interactive",
                                                         open + std::to_string(O_DIRECT | O_CLOEXEC) + " interactive",
                                                         "Rescan card quiet"}));
}

TEST_F(CardOfAnotherUser, IsHeldExclusivelyUntilItIsDone) {
  serve({card()});
  std::optional<Nobody> nobody(std::in_place);
  auto target = open_device_target(device_, policy_);
  nobody.reset();
  ASSERT_TRUE(target.ok()) << target.error().what();
  EXPECT_EQ(open_file(device_, O_RDWR | O_EXCL).error().sys_errno(), EBUSY);
  ASSERT_TRUE((*target)->publish().ok());
  // The partitions can only be looked at anew when nobody holds it.
  EXPECT_TRUE(open_file(device_, O_RDWR | O_EXCL).ok());
}

TEST_F(CardOfAnotherUser, IsReadBackPastThePageCache) {
  serve({card()});
  const MemoryStore image(std::string(4 * kMiB, '\x5A'));
  std::optional<Nobody> nobody(std::in_place);
  auto target = open_device_target(device_, policy_);
  nobody.reset();
  ASSERT_TRUE(target.ok()) << target.error().what();
  BurnOptions options;
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
}

TEST_F(CardOfAnotherUser, IsNotAskedForAsLongAsOpeningIsPermitted) {
  serve({card()});
  EXPECT_TRUE(open_device_target(device_, policy_).ok());
  EXPECT_TRUE(service_->calls().empty());
  EXPECT_TRUE(announced_.empty());
}

TEST_F(CardOfAnotherUser, IsRefusedWhenUdisksDoesNotHelp) {
  expect_refused_as_nobody("not permitted; run this as root or join the group that owns it");
  EXPECT_TRUE(announced_.empty());
  serve({{.error = "org.freedesktop.UDisks2.Error.NotAuthorizedDismissed"}});
  expect_refused_as_nobody("the question for the password was dismissed");
  // The second question is dismissed.
  serve({card(), {.error = "org.freedesktop.UDisks2.Error.NotAuthorizedDismissed"}});
  expect_refused_as_nobody("the question for the password was dismissed");
  serve({card(), {}});
  expect_refused_as_nobody("ended before it answered");
  policy_.permission.patience.permission = 100ms;
  serve({{.hangs = true}});
  expect_refused_as_nobody("did not answer in time");
  expect_untouched_and_free();
}

TEST_F(CardOfAnotherUser, IsNotTakenForWhatElseUdisksHandsOut) {
  const auto made = run("truncate -s 8M " + (folder_ / "other").string() + " && losetup --find --show " +
                        (folder_ / "other").string());
  ASSERT_EQ(made.status, 0) << made.output;
  const std::string other(trim(made.output));
  const std::string changed = "changed while it was looked at";
  for (const std::string& file : {other, backing_, std::string("/dev/null")}) {
    serve({{.file = file}});
    expect_refused_as_nobody(changed);
    serve({card(), {.file = file, .ignored_flags = O_DIRECT}});
    expect_refused_as_nobody(changed);
  }
  EXPECT_EQ(run("losetup -d " + other).status, 0);
  expect_untouched_and_free();
}

TEST_F(CardOfAnotherUser, IsNotWrittenThroughThePageCacheUnseen) {
  serve({card(), {.file = device_, .ignored_flags = O_DIRECT}});
  expect_refused_as_nobody("did not open it in the way it was asked to");
  serve({{.file = device_, .ignored_flags = O_RDWR}});
  expect_refused_as_nobody("did not open it in the way it was asked to");
  expect_untouched_and_free();
}

TEST_F(CardOfAnotherUser, IsLookedAtAgainOnceThePasswordWasTyped) {
  const auto use_as_swap = [this] {
    put(folder_ / "proc/swaps", "Filename Type Size Used Priority\n" + device_ + " partition 8188 0 -2\n");
  };
  serve({{.file = device_, .before = use_as_swap}});
  expect_refused_as_nobody("in use as swap");
  put(folder_ / "proc/swaps", "");
  const auto exchange = [this] { put(sysfs_device() / "device/serial", "another\n"); };
  std::filesystem::create_directories(sysfs_device() / "device");
  put(sysfs_device() / "device/serial", "one\n");
  serve({{.file = device_, .before = exchange}});
  expect_refused_as_nobody("exchanged");
  expect_untouched_and_free();
}

TEST_F(CardOfAnotherUser, IsLeftAloneWhenTheUserDoesNotWantToWait) {
  serve({{.hangs = true}});
  const std::atomic<bool> stop = true;
  policy_.permission.patience.stop = &stop;
  const Nobody nobody;
  EXPECT_EQ(open_device_target(device_, policy_).error().code(), ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kraken
