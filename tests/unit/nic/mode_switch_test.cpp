#include "nic/mode_switch.h"

#include <gtest/gtest.h>

#include <cerrno>

#include "nic/known_adapters.h"
#include "nic/nic.h"
#include "nic/switch_rule.h"
#include "support/fake_sysfs.h"
#include "support/temp_folder.h"
#include "system/rooted_system.h"

namespace kraken {
namespace {

using test::Board;
using test::FakeSysfs;

TEST(ModeSwitches, AreTheAdaptersThatPretendToBeACdrom) {
  const test::TempFolder folder;
  FakeSysfs sysfs(folder.path());
  sysfs.add_board(Board::kPi3B);
  sysfs.plug_cdrom("sr1", "1-1.3", "0bda:8151");
  sysfs.plug_cdrom("sr0", "1-1.2", "2357:0600");
  const auto found = find_mode_switches(folder.path());
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].device, "/dev/sr0");
  EXPECT_EQ(found[0].usb, (UsbId{0x2357, 0x0600}));
  EXPECT_EQ(found[0].usb_port, "1-1.2");
  EXPECT_EQ(found[0].product, "TP-Link UE300");
  EXPECT_EQ(found[1].device, "/dev/sr1");
  EXPECT_EQ(read_nics(folder.path(), {}).size(), 1U);
}

TEST(ModeSwitches, AreNoRealDrivesAndNoOtherDisks) {
  const test::TempFolder folder;
  EXPECT_TRUE(find_mode_switches(folder.path()).empty());
  FakeSysfs sysfs(folder.path());
  sysfs.add_board(Board::kPi4);
  sysfs.plug_cdrom("sr0", "1-1.2", "152d:0578");   // a drive
  sysfs.plug_cdrom("sda", "1-1.3", "0bda:8151");   // the adapter's id, but no CD-ROM
  sysfs.plug_cdrom("sr0x", "1-1.4", "0bda:8151");  // not a name that the kernel gives
  EXPECT_TRUE(find_mode_switches(folder.path()).empty());
}

TEST(ModeSwitches, AreGoneOnceTheyAreAdapters) {
  const test::TempFolder folder;
  FakeSysfs sysfs(folder.path());
  sysfs.add_board(Board::kPi3B);
  sysfs.plug_cdrom("sr0", "1-1.2", "0bda:8151");
  ASSERT_EQ(find_mode_switches(folder.path()).size(), 1U);
  sysfs.unplug("1-1.2");
  sysfs.plug(test::r8152("eth1", "1-1.2"));
  EXPECT_TRUE(find_mode_switches(folder.path()).empty());
  EXPECT_EQ(read_nics(folder.path(), {}).size(), 2U);
}

TEST(SwitchRule, NamesEveryKnownCdromAndNoOther) {
  const std::string rule = switch_rule();
  for (const KnownCdrom& known : known_cdroms()) {
    const std::string id = format_usb_id(known.id);
    const std::string line =
        "ATTRS{idVendor}==\"" + id.substr(0, 4) + "\", ATTRS{idProduct}==\"" + id.substr(5) + "\", ";
    EXPECT_NE(rule.find(line), std::string::npos) << id;
  }
  const std::string wants = "SYSTEMD_WANTS}+=\"kraken-eject@$name.service\"\n";
  std::size_t lines = 0;
  for (auto at = rule.find(wants); at != std::string::npos; at = rule.find(wants, at + 1)) ++lines;
  EXPECT_EQ(lines, known_cdroms().size());
  EXPECT_EQ(kSwitchUnit, "/etc/systemd/system/kraken-eject@.service");
  EXPECT_NE(switch_unit().find("\nExecStart=/usr/lib/kraken/kraken-firstboot eject /dev/%i\n"), std::string_view::npos);
}

TEST(Ejecting, IsForTheRunningMachineAlone) {
  const test::TempFolder folder;
  FakeSysfs(folder.path()).put("dev/sr0", "");
  const Status refused = DetachedSystem(folder.path()).eject_cdrom("/dev/sr0");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kUnsupported);
}

TEST(Ejecting, SaysWhatIsWrong) {
  LinuxSystem machine;
  const Status no_drive = machine.eject_cdrom("/dev/null");
  ASSERT_FALSE(no_drive.ok());
  EXPECT_EQ(no_drive.error().sys_errno(), ENOTTY);
  EXPECT_NE(no_drive.error().what().find("CDROMEJECT) /dev/null"), std::string::npos) << no_drive.error().what();
  EXPECT_EQ(machine.eject_cdrom("/dev/no-such-drive").error().code(), ErrorCode::kNotFound);
}

}  // namespace
}  // namespace kraken
