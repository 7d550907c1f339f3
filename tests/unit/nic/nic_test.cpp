#include "nic/nic.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/fake_sysfs.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::Board;
using test::FakeNic;
using test::FakeSysfs;

struct Tree {
  test::TempFolder folder;
  FakeSysfs sysfs{folder.path()};

  explicit Tree(Board board) { sysfs.add_board(board); }
  std::vector<Nic> nics(const std::vector<Link>& links = {}) const { return read_nics(folder.path(), links); }
  Nic nic(const std::string& name, const std::vector<Link>& links = {}) const {
    const auto all = nics(links);
    const auto found = std::ranges::find(all, name, &Nic::name);
    EXPECT_NE(found, all.end()) << name;
    return found == all.end() ? Nic() : *found;
  }
};

std::vector<std::string> names(const std::vector<Nic>& nics) {
  std::vector<std::string> found;
  for (const Nic& nic : nics) found.push_back(nic.name);
  return found;
}

Link link_named(const std::string& name, std::optional<MacAddress> permanent) {
  Link link;
  link.name = name;
  link.permanent_mac = permanent;
  return link;
}

TEST(ReadNics, SeeARaspberryPi3BWithAnAdapter) {
  Tree tree(Board::kPi3B);
  tree.sysfs.plug(test::r8152("eth1", "1-1.2"));
  const auto nics = tree.nics();
  ASSERT_EQ(names(nics), (std::vector<std::string>{"eth0", "eth1"}));

  EXPECT_EQ(nics[0].driver, "smsc95xx");
  EXPECT_EQ(nics[0].usb, (UsbId{0x0424, 0xec00}));
  EXPECT_EQ(nics[0].usb_port, "1-1.1");
  EXPECT_EQ(nics[0].path, "platform-3f980000.usb-usb-0:1.1:1.0");
  EXPECT_EQ(nics[0].permanent_mac, parse_mac("b8:27:eb:12:34:56"));
  EXPECT_EQ(nics[0].speed_mbit, 100);
  EXPECT_TRUE(nics[0].onboard);
  EXPECT_NE(nics[0].onboard_reason.find("/soc/usb@7e980000/usb1@1/ethernet@1"), std::string::npos);

  EXPECT_EQ(nics[1].index, 3);
  EXPECT_EQ(nics[1].driver, "r8152");
  EXPECT_EQ(nics[1].usb, (UsbId{0x0bda, 0x8153}));
  EXPECT_EQ(nics[1].path, "platform-3f980000.usb-usb-0:1.2:1.0");
  EXPECT_EQ(nics[1].speed_mbit, 1000);
  EXPECT_EQ(nics[1].carrier, true);
  EXPECT_TRUE(nics[1].up);
  EXPECT_FALSE(nics[1].onboard);
  EXPECT_NE(nics[1].onboard_reason, "");
}

// The expected paths are udev's own, as `udevadm info` printed them on such boards.
TEST(ReadNics, ComposeThePathThatUdevHas) {
  struct Case {
    Board board;
    std::string port;
    std::string path;
  };
  for (const Case& c : {
           Case{Board::kPi3B, "1-1.1.2", "platform-3f980000.usb-usb-0:1.1.2:1.0"},
           Case{Board::kPi3BPlus, "1-1.3", "platform-3f980000.usb-usb-0:1.3:1.0"},
           Case{Board::kPi4, "1-1.3", "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:1.3:1.0"},
           Case{Board::kPi4, "2-2", "platform-fd500000.pcie-pci-0000:01:00.0-usb-0:2:1.0"},
           Case{Board::kPi5, "2-1", "platform-xhci-hcd.0-usb-0:1:1.0"},
           Case{Board::kPi5, "3-1", "platform-xhci-hcd.1-usb-0:1:1.0"},
       }) {
    Tree tree(c.board);
    tree.sysfs.plug(test::r8152("usb0", c.port));
    EXPECT_EQ(tree.nic("usb0").path, c.path);
    EXPECT_EQ(tree.nic("usb0").usb_port, c.port);
  }
  EXPECT_EQ(Tree(Board::kPi4).nic("eth0").path, "platform-fd580000.ethernet");
  EXPECT_EQ(Tree(Board::kPi5).nic("eth0").path, "platform-1f00100000.ethernet");
}

TEST(ReadNics, GiveNoPathToADeviceWithoutAController) {
  Tree tree(Board::kPi4);
  const std::string usb = "sys/devices/lost/1-1/";
  tree.sysfs.put(usb + "uevent", "");
  tree.sysfs.put(usb + "net/eth5/type", "1\n");
  std::filesystem::create_directory_symlink("../../bus/usb", tree.sysfs.path(usb + "subsystem"));
  std::filesystem::create_directory_symlink("../..", tree.sysfs.path(usb + "net/eth5/device"));
  std::filesystem::create_directory_symlink("../../devices/lost/1-1/net/eth5", tree.sysfs.path("sys/class/net/eth5"));
  EXPECT_EQ(tree.nic("eth5").path, "");
}

TEST(ReadNics, LeaveOutWhatIsNoWiredHardware) {
  Tree tree(Board::kPi3B);
  for (const char* name : {"docker0", "veth12ab", "kr-bond0"}) tree.sysfs.add_virtual_nic(name);
  tree.sysfs.add_wireless_nic("wlan0");
  tree.sysfs.plug(test::r8152("wwan0", "1-1.3"));  // a modem: Ethernet by its type alone
  tree.sysfs.put("sys/class/net/wwan0/uevent", "DEVTYPE=wwan\nINTERFACE=wwan0\n");
  tree.sysfs.plug(test::r8152("can0", "1-1.4"));
  tree.sysfs.put("sys/class/net/can0/type", "280\n");
  EXPECT_EQ(names(tree.nics()), std::vector<std::string>{"eth0"});
}

TEST(ReadNics, SortByPlaceAndNotByName) {
  Tree tree(Board::kPi3B);
  tree.sysfs.plug(test::r8152("eth1", "1-1.10"));
  tree.sysfs.plug(test::r8152("eth3", "1-1.2"));
  tree.sysfs.plug(test::r8152("eth2", "1-1.2.1"));
  EXPECT_EQ(names(tree.nics()), (std::vector<std::string>{"eth0", "eth3", "eth2", "eth1"}));
}

TEST(ReadNics, KnowNoCarrierOfAnInterfaceThatIsDown) {
  Tree tree(Board::kPi3B);
  tree.sysfs.plug(test::r8152("eth1", "1-1.2").with_link(std::nullopt, ""));
  tree.sysfs.plug(test::r8152("eth2", "1-1.3").with_link(false, "-1"));
  tree.sysfs.plug(test::r8152("eth3", "1-1.4").with_link(true, "4294967295"));
  tree.sysfs.plug(test::r8152("eth4", "1-1.5").with_link(false, "10"));  // the last link's
  EXPECT_EQ(tree.nic("eth1").carrier, std::nullopt);
  EXPECT_FALSE(tree.nic("eth1").up);
  EXPECT_EQ(tree.nic("eth2").carrier, false);
  EXPECT_TRUE(tree.nic("eth2").up);
  EXPECT_EQ(tree.nic("eth3").carrier, true);
  for (const char* name : {"eth1", "eth2", "eth3", "eth4"}) EXPECT_EQ(tree.nic(name).speed_mbit, std::nullopt) << name;
}

TEST(ReadNics, TakeThePermanentAddressFromWhoeverKnowsIt) {
  const auto made_with = parse_mac("00:e0:4c:00:00:aa");
  Tree tree(Board::kPi3B);
  FakeNic in_bond = test::r8152("eth1", "1-1.2");
  in_bond.mac = "b8:27:eb:12:34:56";  // the bond's
  in_bond.addr_assign_type = "3";
  tree.sysfs.plug(in_bond);

  EXPECT_EQ(tree.nic("eth1", {link_named("eth1", made_with)}).permanent_mac, made_with);
  EXPECT_FALSE(tree.nic("eth1", {link_named("eth1", made_with)}).mac_is_random);
  EXPECT_EQ(tree.nic("eth1").permanent_mac, std::nullopt);

  tree.sysfs.put("sys/class/net/eth1/bonding_slave/perm_hwaddr", "00:e0:4c:00:00:bb\n");
  EXPECT_EQ(tree.nic("eth1").permanent_mac, parse_mac("00:e0:4c:00:00:bb"));
  EXPECT_EQ(tree.nic("eth1", {link_named("eth1", made_with)}).permanent_mac, made_with);
}

TEST(ReadNics, TellARandomAddressFromAPermanentOne) {
  Tree tree(Board::kPi3B);
  tree.sysfs.plug(test::r8152("eth1", "1-1.2").with_random_mac());
  for (const auto& links : {std::vector<Link>(), {link_named("eth1", std::nullopt)}}) {
    EXPECT_TRUE(tree.nic("eth1", links).mac_is_random);
    EXPECT_EQ(tree.nic("eth1", links).permanent_mac, std::nullopt);
  }
  EXPECT_FALSE(tree.nic("eth0").mac_is_random);

  // In a bond: the sign is overwritten, and what the bond remembers is the random address.
  tree.sysfs.put("sys/class/net/eth1/addr_assign_type", "3\n");
  tree.sysfs.put("sys/class/net/eth1/bonding_slave/perm_hwaddr", "8a:31:00:00:00:07\n");
  EXPECT_TRUE(tree.nic("eth1", {link_named("eth1", std::nullopt)}).mac_is_random);
  EXPECT_EQ(tree.nic("eth1", {link_named("eth1", std::nullopt)}).permanent_mac, std::nullopt);
}

TEST(ReadNics, SurviveHostileTrees) {
  const test::TempFolder empty;
  EXPECT_TRUE(read_nics(empty.path(), {}).empty());

  Tree tree(Board::kPi3B);
  tree.sysfs.plug(test::r8152("eth1", "1-1.2"));
  tree.sysfs.put("sys/class/net/eth1/ifindex", "99999999999999999999\n");
  tree.sysfs.put("sys/class/net/eth1/speed", std::string(100000, '1'));
  tree.sysfs.put("sys/class/net/eth1/flags", "0xffffffffffffffffffff\n");
  tree.sysfs.put("sys/class/net/eth1/address", std::string("\0\x1b[31m\n", 7));
  tree.sysfs.put("sys/class/net/eth1/device/../idVendor", "bd\n");
  tree.sysfs.put("proc/device-tree/aliases/ethernet0", "../../etc\n");
  const Nic nic = tree.nic("eth1");
  EXPECT_EQ(nic.index, 0);
  EXPECT_EQ(nic.speed_mbit, std::nullopt);
  EXPECT_FALSE(nic.up);
  EXPECT_EQ(nic.permanent_mac, std::nullopt);
  EXPECT_NE(nic.usb, (UsbId{0x0bda, 0x8153}));

  // Names that would break a configuration file, and devices that are not this tree's.
  tree.sysfs.plug(test::r8152("et;h\"2", "1-1.3"));
  std::filesystem::create_directories(tree.sysfs.path("sys/class/net/eth3"));
  std::filesystem::create_directory_symlink("/sys/kernel", tree.sysfs.path("sys/class/net/eth3/device"));
  std::filesystem::create_directory_symlink("eth4", tree.sysfs.path("sys/class/net/eth4"));
  tree.sysfs.put("sys/class/net/eth3/type", "1\n");
  EXPECT_EQ(tree.nics().size(), 2U);
}

}  // namespace
}  // namespace kraken
