// What is waited for before the network's turn: above all adapters that are CD-ROMs after every power-up.
#include "run/await_network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>

#include "facts/network_facts.h"
#include "run/eject_adapters.h"
#include "support/fake_stack.h"
#include "support/fake_system.h"
#include "support/node_records.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::Board;
using test::FakeNetwork;
using test::FakeSysfs;
using test::FakeSystem;

constexpr int kHalfAMinute = 60;  // pauses
constexpr std::string_view kEject = "eject /dev/sr0";

Status errno_status(int sys_errno) {
  return Error::from_errno(sys_errno, "eject");
}

// A Raspberry Pi 3B with an adapter that is a CD-ROM, on a network where a settled node is proved at once.
class Node {
 public:
  explicit Node(Board board = Board::kPi3B) : sysfs_(root()) {
    sysfs_.add_board(board);
    network.network.links = {test::fake_link(test::kOnboardLink, "eth0")};
    network.network.addresses = {{test::kOnboardLink, record.network.address, record.network.prefix}};
    network.network.routes = {{test::kOnboardLink, {}, record.network.gateway, 50}};
    system.set_while_waiting([this] { wait(); });
    system.set_ejected([this](std::string_view /*device*/) -> Status {
      if (std::cmp_less_equal(ejects(), failures)) return errno_status(failure);
      ejected_ = true;
      return ok_status();
    });
  }

  const std::filesystem::path& root() const { return folder_.path(); }
  void plug_cdrom(const std::string& usb_id = "0bda:8151") { sysfs_.plug_cdrom("sr0", "1-1.2", usb_id); }
  // The onboard interface alone carries the address, as when the adapter is away.
  void settle() {
    const auto nics = read_nics(root(), {});
    sysfs_.put(std::filesystem::path(kSettledNetworkPath).relative_path().string(),
               format_settled_network({identity_of(nics.at(0)), std::nullopt}));
  }
  Ejected await(Await what = Await::kAll) { return await_network(root(), record, {system, network}, what); }
  std::string primary() const {
    const auto nics = read_nics(root(), {});
    const NicChoice choice = choose_nics(nics, record.nic);
    return choice.primary == nullptr ? "" : choice.primary->name;
  }
  std::ptrdiff_t ejects() const { return std::ranges::count(system.changes(), kEject); }

  int failures = 0;  // of the first tries to eject
  int failure = EBUSY;
  bool comes_back = true;
  int pauses = 0;
  NodeRecord record = test::sample_record();
  FakeNetwork network = test::fake_network_of_board(record);

 private:
  // What the adapter does some seconds after it was ejected.
  void wait() {
    ++pauses;
    if (!ejected_ || !comes_back || ++pauses_since_ != 4) return;
    sysfs_.unplug("1-1.2");
    sysfs_.plug(test::r8152("eth1", "1-1.2"));
    network.network.links.push_back(test::fake_link(test::kAdapterLink, "eth1"));
  }

  test::TempFolder folder_;
  FakeSysfs sysfs_;
  bool ejected_ = false;
  int pauses_since_ = 0;

 public:
  FakeSystem system{folder_.path(), 0};
};

TEST(AwaitNetwork, EjectsAtEveryBootWhatIsAnAdapterAndWaitsForIt) {
  for (const bool settled : {false, true}) {
    Node node;
    if (settled) node.settle();
    node.plug_cdrom();
    node.failures = 2;
    node.await();
    EXPECT_EQ(node.ejects(), 3) << "in use when it was tried first";
    EXPECT_EQ(node.primary(), "eth1") << (settled ? "settled" : "fresh");
    EXPECT_LT(node.pauses, 10);
  }
}

TEST(AwaitNetwork, TakesNoTimeWhereNoAdapterIsACdrom) {
  Node node;
  node.settle();
  node.await();
  EXPECT_EQ(node.pauses, 0);
  Node with_a_drive;
  with_a_drive.settle();
  with_a_drive.plug_cdrom("152d:0578");
  with_a_drive.await();
  EXPECT_EQ(with_a_drive.pauses, 0);
  EXPECT_EQ(with_a_drive.ejects(), 0);
}

TEST(AwaitNetwork, EjectsAlsoWhereTheOnboardInterfaceWouldDo) {
  Node node;
  node.record.nic.primary = "auto";
  node.plug_cdrom();
  node.await();
  EXPECT_EQ(node.primary(), "eth1");
}

TEST(AwaitNetwork, WaitsForASilentGatewayOnlyAtABoot) {
  for (const Await what : {Await::kAll, Await::kAddress}) {
    Node node;
    node.settle();
    node.network.clear_answers();
    static_cast<void>(node.await(what));
    EXPECT_EQ(node.pauses > 0, what == Await::kAll);
    node.network.network.addresses.clear();
    node.pauses = 0;
    static_cast<void>(node.await(what));
    EXPECT_GT(node.pauses, 10) << "an address that is on its way is waited for";
  }
}

TEST(AwaitNetwork, SaysWhatBecameOfTheCdroms) {
  Node node;
  node.settle();
  node.plug_cdrom();
  const Ejected ejected = node.await();
  ASSERT_EQ(ejected.done.size(), 1U);
  EXPECT_NE(ejected.done[0].find("0bda:8151 at USB port 1-1.2"), std::string::npos) << ejected.done[0];
  EXPECT_TRUE(ejected.failed.empty());
}

TEST(AwaitNetwork, WaitsNoLongerThanForALateAdapter) {
  Node lost;
  lost.settle();
  lost.plug_cdrom();
  lost.comes_back = false;
  lost.await();
  EXPECT_EQ(lost.ejects(), 1) << "once is enough";
  EXPECT_EQ(lost.pauses, kHalfAMinute);
}

TEST(AwaitNetwork, GivesUpADriveThatStaysInUseOrCannotBeEjected) {
  Node in_use;
  in_use.settle();
  in_use.plug_cdrom();
  in_use.failures = 1000;
  in_use.await();
  EXPECT_GT(in_use.ejects(), 10);
  EXPECT_LT(in_use.pauses, kHalfAMinute);
  Node broken;
  broken.settle();
  broken.plug_cdrom();
  broken.failures = 1000;
  broken.failure = ENOSYS;
  const Ejected ejected = broken.await();
  EXPECT_EQ(broken.ejects(), 1);
  ASSERT_EQ(ejected.failed.size(), 1U);
  EXPECT_NE(ejected.failed[0].find("could not be made a network adapter"), std::string::npos) << ejected.failed[0];
  EXPECT_EQ(broken.pauses, 0);
}

TEST(EjectAdapter, EjectsTheOneThatItIsGiven) {
  Node node;
  node.plug_cdrom();
  node.failures = 3;
  const auto said = eject_adapter(node.root(), "/dev/sr0", node.system);
  ASSERT_TRUE(said.ok()) << said.error().what();
  EXPECT_NE(said->find("0bda:8151 at USB port 1-1.2"), std::string::npos) << *said;
  EXPECT_EQ(node.ejects(), 4);
}

TEST(EjectAdapter, RefusesEveryOtherDrive) {
  Node node;
  node.plug_cdrom("152d:0578");
  for (const char* device : {"/dev/sr0", "/dev/sr1", "/dev/sda", "sr0", "", "/dev/../dev/sr0"}) {
    const auto said = eject_adapter(node.root(), device, node.system);
    ASSERT_FALSE(said.ok()) << device;
    EXPECT_EQ(said.error().code(), ErrorCode::kInvalidArgument) << device;
  }
  EXPECT_TRUE(node.system.changes().empty());
}

TEST(EjectAdapter, SaysThatADriveStayedInUse) {
  Node node;
  node.plug_cdrom();
  node.failures = 1000;
  const auto said = eject_adapter(node.root(), "/dev/sr0", node.system);
  ASSERT_FALSE(said.ok());
  EXPECT_EQ(said.error().sys_errno(), EBUSY);
}

TEST(EjectAdapter, IsContentWhenSomebodyElseWasQuicker) {
  Node node;
  node.plug_cdrom();
  node.system.set_ejected([&](std::string_view) -> Status {
    std::filesystem::remove_all(node.root() / "sys/class/block/sr0");
    return errno_status(ENODEV);
  });
  EXPECT_TRUE(eject_adapter(node.root(), "/dev/sr0", node.system).ok());
}

}  // namespace
}  // namespace kraken
