#include "nic/choice.h"

#include <gtest/gtest.h>

#include "choice_rows.h"

namespace kraken {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the rows read as a table

std::vector<Row> several_adapter_rows() {
  return {
      {"only 100",
       {onboard(), slow()},
       kFailover,
       kOnly100,
       "eth0",
       "eth1",
       "is no gigabit adapter: the onboard interface eth0 (driver smsc95xx) is the primary interface, and the adapter "
       "stands by."},
      {"only 100, fallback none",
       {onboard(), slow()},
       kFailoverAlone,
       kOnly100,
       "eth1",
       "",
       "for want of another that the profile allows"},
      {"only 100, onboard missing", {slow()}, kFailover, kOnly100, "eth1", "", "for want of another"},
      {"only 100, single", {onboard(), slow()}, kSingle, kOnly100, "eth0", "", "is the primary interface."},
      {"only 100, single, onboard without link",
       {onboard(kOut), slow()},
       kSingle,
       kOnly100,
       "eth1",
       "",
       "but is the primary interface: the onboard interface eth0 (driver smsc95xx) has no link"},
      {"only 100, single, no link anywhere",
       {onboard(kOut), slow("eth1", "1-1.2", kOut)},
       kSingle,
       kOnly100,
       "eth0",
       "",
       ""},

      {"two alike: by USB port",
       {onboard(), gigabit("eth2", "1-1.2"), gigabit("eth1", "1-1.3")},
       kFailover,
       kAsWanted,
       "eth2",
       "eth0",
       "eth2"},
      {"the faster one",
       {onboard(), gigabit("eth1", "1-1.2"), adapter("eth2", {0x0bda, 0x8156}, "1-1.3", kIn, 2500)},
       kFailover,
       kAsWanted,
       "eth2",
       "eth0",
       "RTL8156"},
      {"the one with a link",
       {onboard(), gigabit("eth1", "1-1.2", kOut), gigabit("eth2", "1-1.3")},
       kFailover,
       kAsWanted,
       "eth2",
       "eth0",
       ""},
      {"unknown ones: the one with a link",
       {onboard(), unknown("eth1", "1-1.2", kOut), unknown("eth2", "1-1.3")},
       kFailover,
       kAsWanted,
       "eth2",
       "eth0",
       ""},
      {"the one with its own address",
       {[] {
          Nic nic = gigabit("eth1", "1-1.2");
          nic.mac_is_random = true;
          return nic;
        }(),
        gigabit("eth2", "1-1.3")},
       kFailover,
       kAsWanted,
       "eth2",
       "",
       ""},
      {"gigabit rather than 100",
       {onboard(), slow("eth1", "1-1.2"), gigabit("eth2", "1-1.3")},
       kFailover,
       kAsWanted,
       "eth2",
       "eth0",
       ""},
      {"gigabit without a link rather than an unknown one",
       {onboard(), unknown("eth1", "1-1.2"), gigabit("eth2", "1-1.3", kOut)},
       kFailover,
       kNoLink,
       "eth2",
       "eth0",
       "eth2"},
      {"single: an unknown one with a link rather than gigabit without",
       {onboard(), unknown("eth1", "1-1.2"), gigabit("eth2", "1-1.3", kOut)},
       kSingle,
       kAsWanted,
       "eth1",
       "",
       "eth1"},
      {"unknown rather than 100",
       {onboard(), slow("eth1", "1-1.2"), unknown("eth2", "1-1.3", kOut)},
       kFailover,
       kNoLink,
       "eth2",
       "eth0",
       ""},
  };
}

TEST(ChooseNics, SeveralAdapters) {
  expect_rows(several_adapter_rows());
}

std::vector<Row> other_policy_rows() {
  Nic pi4 = onboard();
  pi4.driver = "bcmgenet";
  pi4.usb.reset();
  pi4.usb_port = "";
  pi4.speed_mbit = 1000;
  return {
      {"onboard", {onboard(), gigabit()}, kOnboard, kAsWanted, "eth0", "", "The onboard interface eth0"},
      {"onboard, failover",
       {onboard(), gigabit()},
       {"onboard", "none", "failover"},
       kAsWanted,
       "eth0",
       "",
       "nothing stands by"},
      {"onboard as its own fallback",
       {onboard(), gigabit()},
       {"onboard", "onboard", "failover"},
       kAsWanted,
       "eth0",
       "",
       "nothing stands by"},
      {"onboard without link", {onboard(kOut), gigabit()}, kOnboard, kNoLink, "eth0", "", "nothing can take its place"},
      {"onboard missing", {gigabit()}, kOnboard, kNothing, "", "", "There is no onboard interface, and"},
      {"onboard, no interface", {}, kOnboard, kNothing, "", "", "This node has no wired interface."},

      {"auto on a 3B", {onboard(), gigabit()}, kAuto, kAsWanted, "eth1", "eth0", ""},
      {"auto on a 4", {pi4, gigabit()}, kAuto, kAsWanted, "eth0", "eth1", ""},
      {"auto: 2.5 Gbit/s beats the 4's own",
       {pi4, adapter("eth1", {0x0bda, 0x8156}, "2-1", kIn, 2500)},
       kAuto,
       kAsWanted,
       "eth1",
       "eth0",
       ""},
      {"auto: unless the switch is not up to it",
       {pi4, adapter("eth1", {0x0bda, 0x8156}, "2-1", kIn, 1000)},
       kAuto,
       kAsWanted,
       "eth0",
       "eth1",
       ""},
      {"auto with a PCI card", {pi4, pci()}, kAuto, kAsWanted, "eth1", "eth0", ""},
      {"auto: a card rather than an adapter that is as fast",
       {gigabit("eth2"),
        [] {
          Nic nic = pci();
          nic.speed_mbit = 1000;
          return nic;
        }()},
       kAuto,
       kAsWanted,
       "eth1",
       "",
       ""},
      {"auto, slow adapter", {onboard(), slow()}, kAuto, kAsWanted, "eth0", "eth1", ""},
      {"auto, fallback none", {onboard(), gigabit()}, kAutoAlone, kAsWanted, "eth1", "", "nothing stands by"},
      {"auto, onboard alone", {onboard()}, kAuto, kAsWanted, "eth0", "", "nothing stands by"},
      {"auto, adapter alone", {unknown()}, kAuto, kAsWanted, "eth1", "", "no onboard interface to stand by"},
      {"auto, no link", {onboard(), gigabit("eth1", "1-1.2", kOut)}, kAuto, kNoLink, "eth1", "eth0", ""},
      {"auto, no link, single", {onboard(), gigabit("eth1", "1-1.2", kOut)}, kAutoSingle, kAsWanted, "eth0", "", ""},
      {"auto, no interface", {}, kAuto, kNothing, "", "", "no wired interface"},
  };
}

TEST(ChooseNics, OnboardAndAuto) {
  expect_rows(other_policy_rows());
}

}  // namespace
}  // namespace kraken
