#include "nic/choice.h"

#include <gtest/gtest.h>

#include "choice_rows.h"

namespace kraken {
namespace {

using namespace test;  // NOLINT(google-build-using-namespace): the rows read as a table

std::vector<Row> usb_gigabit_rows() {
  return {
      {"both",
       {onboard(), gigabit()},
       kFailover,
       kAsWanted,
       "eth1",
       "eth0",
       "The USB adapter eth1 (RTL8153, 0bda:8153 at USB port 1-1.2, driver driver) is the primary interface, and the "
       "onboard interface eth0 (driver smsc95xx) stands by."},
      {"both, single", {onboard(), gigabit()}, kSingle, kAsWanted, "eth1", "", "it alone is used"},
      {"fallback none", {onboard(), gigabit()}, kFailoverAlone, kAsWanted, "eth1", "", "nothing stands by"},
      {"links not known yet",
       {onboard(kDown), gigabit("eth1", "1-1.2", kDown)},
       kFailover,
       kAsWanted,
       "eth1",
       "eth0",
       "stands by"},
      {"links not known yet, single", {onboard(), gigabit("eth1", "1-1.2", kDown)}, kSingle, kAsWanted, "eth1", "", ""},

      {"no adapter",
       {onboard()},
       kFailover,
       kNoAdapter,
       "eth0",
       "",
       "There is no USB adapter: the onboard interface eth0 (driver smsc95xx) is the primary interface."},
      {"no adapter, no link", {onboard(kOut)}, kFailover, kNoAdapter, "eth0", "", "no USB adapter"},
      {"no adapter, single", {onboard()}, kSingle, kNoAdapter, "eth0", "", "no USB adapter"},
      {"no adapter, fallback none", {onboard()}, kFailoverAlone, kNothing, "", "", "the profile allows no fallback"},
      {"a PCI card is no USB adapter", {onboard(), pci()}, kFailover, kNoAdapter, "eth0", "", "no USB adapter"},
      {"no interface", {}, kFailover, kNothing, "", "", "neither a USB adapter nor an onboard interface"},

      {"onboard missing", {gigabit()}, kFailover, kAsWanted, "eth1", "", "there is no onboard interface to stand by"},
      {"onboard missing, no link",
       {gigabit("eth1", "1-1.2", kOut)},
       kFailover,
       kNoLink,
       "eth1",
       "",
       "has no link, and nothing can take its place"},

      {"no link",
       {onboard(), gigabit("eth1", "1-1.2", kOut)},
       kFailover,
       kNoLink,
       "eth1",
       "eth0",
       "has no link: the onboard interface eth0 (driver smsc95xx) carries the address until it has one."},
      {"no link anywhere",
       {onboard(kOut), gigabit("eth1", "1-1.2", kOut)},
       kFailover,
       kNoLink,
       "eth1",
       "eth0",
       "and neither has the onboard interface"},
      {"no link, fallback none",
       {onboard(), gigabit("eth1", "1-1.2", kOut)},
       kFailoverAlone,
       kNoLink,
       "eth1",
       "",
       "nothing can take its place"},
      {"no link, single", {onboard(), gigabit("eth1", "1-1.2", kOut)}, kSingle, kNoLink, "eth0", "", "is used instead"},
      {"no link anywhere, single",
       {onboard(kOut), gigabit("eth1", "1-1.2", kOut)},
       kSingle,
       kNoLink,
       "eth1",
       "",
       "and neither has"},
      {"no link, single, fallback none",
       {onboard(), gigabit("eth1", "1-1.2", kOut)},
       kSingleAlone,
       kNoLink,
       "eth1",
       "",
       "nothing can take its place"},

      {"unknown", {onboard(), unknown()}, kFailover, kAsWanted, "eth1", "eth0", "0525:a4a2 at USB port 1-1.2"},
      {"unknown at 100",
       {onboard(), adapter("eth1", {0x0525, 0xa4a2}, "1-1.2", kIn, 100)},
       kFailover,
       kOnly100,
       "eth0",
       "eth1",
       "is no gigabit adapter"},
      {"unknown at 1000",
       {onboard(), adapter("eth1", {0x0525, 0xa4a2}, "1-1.2", kIn, 1000)},
       kFailover,
       kAsWanted,
       "eth1",
       "eth0",
       ""},
      {"gigabit at 100",
       {onboard(), adapter("eth1", {0x0bda, 0x8153}, "1-1.2", kIn, 100)},
       kFailover,
       kAsWanted,
       "eth1",
       "eth0",
       ""},
  };
}

TEST(ChooseNics, UsbGigabit) {
  expect_rows(usb_gigabit_rows());
}

std::string notes_of(const std::vector<Nic>& nics, const NodeRecord::Nic& policy) {
  std::string all;
  for (const std::string& note : choose_nics(nics, policy).notes) all += note + "\n";
  return all;
}

TEST(ChooseNics, SayWhatMayWantChanging) {
  EXPECT_EQ(notes_of({onboard(), gigabit("eth1", "2-1")}, kFailover), "");
  EXPECT_EQ(notes_of({onboard(), gigabit("eth1", "2-1")}, kSingle), "");  // what single means is no news
  EXPECT_EQ(notes_of({gigabit("eth1", "1-1.2"), gigabit("eth2", "1-1.3")}, kFailover),
            "The USB adapter eth2 (RTL8153, 0bda:8153 at USB port 1-1.3, driver driver) is not used.\n");
  EXPECT_EQ(notes_of({adapter("eth1", {0x0bda, 0x8153}, "1-1.2", kIn, 100)}, kFailover),
            "eth1 could do 1000 Mbit/s, but its link runs at 100 Mbit/s: look at the cable and the switch.\n");
  EXPECT_EQ(notes_of({unknown()}, kFailover),
            "How fast eth1 is, is not known (0525:a4a2 is no adapter that this program knows): it is taken to be "
            "gigabit.\n");
  Nic random = gigabit();
  random.mac_is_random = true;
  EXPECT_EQ(notes_of({random}, kFailover),
            "eth1 has no address of its own, so it is recognised by its USB port: leave it there.\n");
}

TEST(ChooseNics, SayThatOneHubTakesBothInterfacesWithIt) {
  const std::string note =
      "eth1 and eth0 are behind the same USB hub (1-1): what takes the hub down takes both down.\n";
  EXPECT_EQ(notes_of({onboard(), gigabit()}, kFailover), note);
  EXPECT_EQ(notes_of({onboard(), gigabit("eth1", "1-1.3.1")}, kFailover), note);
  EXPECT_EQ(notes_of({onboard(), gigabit()}, kFailoverAlone), "") << "nothing stands by";
  Nic on_a_pi_4 = onboard();
  on_a_pi_4.usb.reset();
  on_a_pi_4.usb_port.clear();
  EXPECT_EQ(notes_of({on_a_pi_4, gigabit()}, kFailover), "");
}

TEST(SharedUsbHub, IsTheLowestOneAboveBoth) {
  EXPECT_EQ(shared_usb_hub("1-1.1", "1-1.2"), "1-1");
  EXPECT_EQ(shared_usb_hub("1-1.1.1", "1-1.1.2"), "1-1.1");
  EXPECT_EQ(shared_usb_hub("1-1.1.1", "1-1.3"), "1-1");
  EXPECT_EQ(shared_usb_hub("1-1.10.1", "1-1.1.1"), "1-1");
  EXPECT_EQ(shared_usb_hub("1-1", "1-2"), "") << "each has a socket of the controller's own";
  EXPECT_EQ(shared_usb_hub("1-1.2", "2-1.2"), "");
  EXPECT_EQ(shared_usb_hub("", "1-1.2"), "");
  EXPECT_EQ(shared_usb_hub("", ""), "");
}

TEST(ChooseNics, GiveReasonsForEveryScore) {
  const std::vector<Nic> nics = {onboard(), gigabit()};
  const NicChoice choice = choose_nics(nics, kFailover);
  ASSERT_EQ(choice.scores.size(), 2U);
  EXPECT_EQ(choice.scores[0].name, "eth0");
  EXPECT_LT(choice.scores[0].score, choice.scores[1].score);
  EXPECT_EQ(choice.scores[0].reasons,
            (std::vector<std::string>{"is onboard: the device tree says so", "does 100 Mbit/s at most",
                                      "has a link of 100 Mbit/s"}));
  EXPECT_EQ(choice.scores[1].reasons, (std::vector<std::string>{"is not onboard: the device tree names another",
                                                                "does 1000 Mbit/s", "has a link of 1000 Mbit/s"}));
}

// No sum of what changes with a cable makes up for what the hardware can do.
TEST(ScoreNic, KeepsTheClassesApart) {
  Nic worst_gigabit = gigabit("eth1", "1-1.2", kOut);
  worst_gigabit.mac_is_random = true;
  Nic worst_unknown = unknown("eth1", "1-1.2", kOut);
  worst_unknown.mac_is_random = true;
  EXPECT_GT(score_nic(worst_gigabit).score, score_nic(unknown()).score);
  EXPECT_GT(score_nic(worst_unknown).score, score_nic(slow()).score);
}

}  // namespace
}  // namespace kraken
