#include "udisks/udisks_block.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <optional>
#include <thread>

#include "support/fake_udisks.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using namespace std::chrono_literals;
using test::FakeAnswer;

constexpr DeviceNumber kCard{8, 16};

class Udisks : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!bus_.is_running()) GTEST_SKIP() << "there is no dbus-daemon here";
    ASSERT_TRUE(write_file_atomically(folder_ / "card", "content", 0600).ok());
  }

  void serve(std::vector<FakeAnswer> answers) {
    service_.emplace(bus_, std::vector<test::FakeBlock>{{"sda", {8, 0}}, {"sdb", kCard}}, std::move(answers));
  }
  FakeAnswer card() const { return {.file = folder_ / "card"}; }

  Result<UniqueFd> open(const UdisksPatience& patience = {}) {
    KRAKEN_ASSIGN(UdisksBlock block, UdisksBlock::find(kCard, patience));
    return block.open(O_EXCL);
  }

  void expect_error(const FakeAnswer& answer, const std::string& words, const UdisksPatience& patience = {}) {
    serve({answer});
    const auto opened = open(patience);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code(), ErrorCode::kIo) << opened.error().what();
    EXPECT_NE(opened.error().what().find(words), std::string::npos) << opened.error().what();
  }

  test::TempFolder folder_;
  test::PrivateBus bus_{folder_.path()};
  std::optional<test::FakeUdisks> service_;
};

TEST_F(Udisks, OpensTheDeviceOfThatNumberAsAsked) {
  serve({card()});
  const auto opened = open();
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  EXPECT_EQ(::fcntl(opened->get(), F_GETFL) & O_ACCMODE, O_RDWR);
  EXPECT_EQ(::fcntl(opened->get(), F_GETFD), FD_CLOEXEC);
  std::string content(7, '\0');
  EXPECT_EQ(::pread(opened->get(), content.data(), content.size(), 0), 7);
  EXPECT_EQ(content, "content");
  EXPECT_EQ(service_->calls(), std::vector{"OpenDevice sdb rw " + std::to_string(O_EXCL | O_CLOEXEC) + " interactive"});
}

TEST_F(Udisks, ToleratesThatAnotherDeviceWasPulledMeanwhile) {
  service_.emplace(bus_, std::vector<test::FakeBlock>{{"pulled", {}}, {"sdb", kCard}}, std::vector{card()});
  EXPECT_TRUE(open().ok());
}

TEST_F(Udisks, TellsThatItDoesNotKnowTheDevice) {
  serve({card()});
  const auto block = UdisksBlock::find({8, 32}, {});
  ASSERT_FALSE(block.ok());
  EXPECT_EQ(block.error().code(), ErrorCode::kNotFound);
  EXPECT_NE(block.error().what().find("does not know this device"), std::string::npos) << block.error().what();
}

TEST_F(Udisks, TellsWhyItIsNotPermitted) {
  const std::string prefix = "org.freedesktop.UDisks2.Error.";
  expect_error({.error = prefix + "NotAuthorized"}, "polkit does not permit it");
  expect_error({.error = prefix + "NotAuthorizedCanObtain"}, "no program in this session can ask for it");
  expect_error({.error = prefix + "NotAuthorizedDismissed"}, "was dismissed");
  expect_error({.error = prefix + "Failed"}, "as the test wants it");
  expect_error({.file = folder_ / "none"}, "No such file or directory");
}

TEST_F(Udisks, TellsThatTheDeviceWentAwayWhenItWasToBeOpened) {
  serve({{.error = "org.freedesktop.DBus.Error.UnknownObject"}});
  EXPECT_EQ(open().error().code(), ErrorCode::kNotFound);
}

TEST_F(Udisks, DoesNotWaitForever) {
  UdisksPatience patience;
  patience.permission = 100ms;
  expect_error({.hangs = true}, "did not answer in time", patience);
}

TEST_F(Udisks, EndsWaitingWhenToldTo) {
  serve({{.hangs = true}});
  std::atomic<bool> stop = false;
  std::thread user([&] {
    while (service_->calls().empty()) std::this_thread::sleep_for(10ms);
    stop = true;
  });
  UdisksPatience patience;
  patience.stop = &stop;
  const auto opened = open(patience);
  user.join();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code(), ErrorCode::kInterrupted);
}

TEST_F(Udisks, TellsThatTheServiceEnded) {
  expect_error({}, "ended before it answered");
}

TEST_F(Udisks, TellsThatThereIsNoService) {
  const auto block = UdisksBlock::find(kCard, {});
  ASSERT_FALSE(block.ok());
  EXPECT_EQ(block.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(block.error().what().find("not installed"), std::string::npos) << block.error().what();
}

TEST_F(Udisks, TellsThatThereIsNoBus) {
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + (folder_ / "none").string()).c_str(), 1);
  const auto block = UdisksBlock::find(kCard, {});
  ASSERT_FALSE(block.ok());
  EXPECT_EQ(block.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(block.error().what().find("system bus"), std::string::npos) << block.error().what();
}

TEST_F(Udisks, DoesNotWaitForeverForABusThatIsSilent) {
  const std::string path = folder_ / "silent";
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.c_str(), path.size());
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets API has it so
  ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  ASSERT_EQ(::listen(listener.get(), 1), 0);
  ::setenv("DBUS_SYSTEM_BUS_ADDRESS", ("unix:path=" + path).c_str(), 1);
  UdisksPatience patience;
  patience.answer = 100ms;
  const auto block = UdisksBlock::find(kCard, patience);
  ASSERT_FALSE(block.ok());
  EXPECT_NE(block.error().what().find("did not answer in time"), std::string::npos) << block.error().what();
}

TEST_F(Udisks, RescansWithoutAskingForAPassword) {
  serve({card()});
  auto block = UdisksBlock::find(kCard, {});
  ASSERT_TRUE(block.ok());
  block->rescan();
  EXPECT_EQ(service_->calls(), std::vector<std::string>{"Rescan sdb quiet"});
}

TEST_F(Udisks, DoesNotWaitForeverForARescan) {
  serve({{.hangs = true}});
  UdisksPatience patience;
  patience.rescan = 100ms;
  auto block = UdisksBlock::find(kCard, patience);
  ASSERT_TRUE(block.ok());
  block->rescan();
  EXPECT_EQ(service_->calls().size(), 1U);
}

}  // namespace
}  // namespace kraken
