#include "nic/onboard.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "nic/nic.h"
#include "support/fake_sysfs.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::Board;
using test::FakeNic;
using test::FakeSysfs;

enum class DeviceTree { kWhole, kNoAlias, kNoNodes };

std::set<std::string> onboard_of(Board board, const std::vector<FakeNic>& adapters, DeviceTree device_tree,
                                 const std::string& hub = "") {
  const test::TempFolder folder;
  FakeSysfs sysfs(folder.path());
  sysfs.add_board(board);
  if (!hub.empty()) sysfs.plug_hub("1-1", hub);
  for (const FakeNic& adapter : adapters) sysfs.plug(adapter);
  if (device_tree == DeviceTree::kNoAlias) sysfs.remove_alias();
  if (device_tree == DeviceTree::kNoNodes) sysfs.remove_tree_nodes();
  std::set<std::string> onboard;
  const auto nics = read_nics(folder.path(), {});
  EXPECT_EQ(nics.size(), adapters.size() + 1);
  for (const Nic& nic : nics) {
    EXPECT_NE(nic.onboard_reason, "") << nic.name;
    if (nic.onboard) onboard.insert(nic.name);
  }
  return onboard;
}

TEST(Onboard, IsTheBoardsOwnOnEveryBoardAndWithEveryTree) {
  for (const Board board : {Board::kPi3B, Board::kPi3BPlus, Board::kPi4, Board::kPi5}) {
    const std::string hub = board == Board::kPi5 ? "1-" : "1-1.";
    std::vector<FakeNic> adapters;
    for (const auto& make : {test::r8152, test::ax88179, test::ax88179a_ncm, test::ax88179a_ether, test::lan78xx,
                             test::smsc95xx, test::asix_100, test::r8152_100, test::qemu_usb_net}) {
      const std::string number = std::to_string(adapters.size() + 2);
      adapters.push_back(make("eth" + number, hub + number));
    }
    for (const DeviceTree tree : {DeviceTree::kWhole, DeviceTree::kNoAlias, DeviceTree::kNoNodes}) {
      EXPECT_EQ(onboard_of(board, adapters, tree), std::set<std::string>{"eth0"})
          << static_cast<int>(board) << " " << static_cast<int>(tree);
    }
  }
}

// On a Pi 4 the port 1-1.1 is a socket, behind a hub of another maker.
TEST(Onboard, IsNoAdapterWithTheChipOfAnotherBoard) {
  for (const DeviceTree tree : {DeviceTree::kWhole, DeviceTree::kNoAlias, DeviceTree::kNoNodes}) {
    EXPECT_EQ(onboard_of(Board::kPi4, {test::smsc95xx("eth1", "1-1.1")}, tree), std::set<std::string>{"eth0"});
    EXPECT_EQ(onboard_of(Board::kPi4, {test::lan78xx("eth1", "1-1.1.1")}, tree), std::set<std::string>{"eth0"});
    EXPECT_EQ(onboard_of(Board::kPi3B, {test::lan78xx("eth1", "1-1.1.1")}, tree), std::set<std::string>{"eth0"});
  }
}

// The whole chip of a 3B, hub and all, in a socket of a Pi 5: at the very place where a 3B has it.
TEST(Onboard, IsNotOnUsbWhereTheBoardHasAnotherOne) {
  for (const DeviceTree tree : {DeviceTree::kWhole, DeviceTree::kNoAlias, DeviceTree::kNoNodes}) {
    const FakeNic twin = test::smsc95xx("eth1", "1-1.1");
    EXPECT_EQ(onboard_of(Board::kPi5, {twin}, tree, "0424:9514"), std::set<std::string>{"eth0"});
  }
}

// The board's own interface switched off, and a dongle with the same chip plugged into a socket.
TEST(Onboard, NeedsTheBoardsPlaceAndHubAndNotJustTheChip) {
  struct Case {
    Board board;
    std::string own_port;
    FakeNic adapter;
  };
  for (const Case& c : {Case{Board::kPi3B, "1-1.1", test::smsc95xx("eth1", "1-1.2")},
                        Case{Board::kPi3B, "1-1.1", test::lan78xx("eth1", "1-1.1.1")},
                        Case{Board::kPi3BPlus, "1-1.1.1", test::lan78xx("eth1", "1-1.1.2")},
                        Case{Board::kQemuPi3B, "1-1.1", test::smsc95xx("eth1", "1-1.1")}}) {
    const test::TempFolder folder;
    FakeSysfs sysfs(folder.path());
    sysfs.add_board(c.board);
    sysfs.unplug(c.own_port);
    sysfs.plug(c.adapter);
    const auto nics = read_nics(folder.path(), {});
    ASSERT_EQ(nics.size(), 1U);
    EXPECT_FALSE(nics[0].onboard) << c.own_port << ": " << nics[0].onboard_reason;
  }
}

// Both say the same of themselves; the device tree alone tells them apart.
TEST(Onboard, IsFoundByTheTreeWhereTheChipSaysNothing) {
  EXPECT_EQ(onboard_of(Board::kQemuPi3B, {test::qemu_usb_net("eth1", "1-1.2")}, DeviceTree::kWhole),
            std::set<std::string>{"eth0"});
  EXPECT_EQ(onboard_of(Board::kQemuPi3B, {test::qemu_usb_net("eth1", "1-1.2")}, DeviceTree::kNoAlias),
            std::set<std::string>{});
}

TEST(Onboard, IsNotTheCardOnThePciBusWhenTheTreeNamesAnother) {
  const test::TempFolder folder;
  FakeSysfs sysfs(folder.path());
  sysfs.add_board(Board::kPi5);
  sysfs.add_pci_nic("eth1", "r8169");
  const auto nics = read_nics(folder.path(), {});
  ASSERT_EQ(nics.size(), 2U);
  EXPECT_TRUE(nics[0].onboard);
  EXPECT_EQ(nics[1].name, "eth1");
  EXPECT_FALSE(nics[1].onboard) << nics[1].onboard_reason;
}

}  // namespace
}  // namespace kraken
