// `ifquery` and `ifup --no-act` of ifupdown 0.8.41 read these stanzas as they are meant; the bond's words are those
// that ifenslave 2.13 knows.
#include <gtest/gtest.h>

#include "stack/stack.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::content_of;

constexpr const char* kMain = "/etc/network/interfaces";
constexpr const char* kOurs = "/etc/network/interfaces.d/kraken";
constexpr const char* kBondLines =
    "\tbond-mode active-backup\n\tbond-primary kr-usb0\n\tbond-primary-reselect always\n\tbond-fail-over-mac none\n"
    "\tbond-num-grat-arp 3\n\tbond-arp-ip-target 192.168.3.1 192.168.3.11 192.168.3.12\n"
    "\tbond-arp-interval 1000\n\tbond-arp-validate none\n";
constexpr const char* kPortLines =
    "\tpre-up [ -d /sys/class/net/kr-bond0 ] || ip link add kr-bond0 type bond mode active-backup || true\n"
    "\tbond-master kr-bond0\n";
constexpr const char* kAddressLines =
    "\taddress 192.168.3.13/24\n\tgateway 192.168.3.1\n\tmetric 50\n\tdns-nameservers 192.168.3.1 1.1.1.1\n";

StackConfig render(bool can_bond, const WantedNetwork& wanted) {
  Stack stack = test::stack_of(StackKind::kIfupdown, can_bond);
  stack.existing[kMain] = "auto lo\niface lo inet loopback\nallow-hotplug eth0\niface eth0 inet dhcp\n";
  stack.existing["/etc/network/interfaces.d/usb"] = "auto eth1\niface eth1 inet dhcp\n";
  auto config = render_config(stack, wanted);
  EXPECT_TRUE(config.ok());
  return config.ok() ? std::move(*config) : StackConfig{};
}

TEST(Ifupdown, BondsTwoInterfacesWithIfenslave) {
  const StackConfig config = render(true, test::wanted_network());
  EXPECT_EQ(content_of(config, kOurs),
            std::string("# Written by kraken-firstboot.\nauto kr-bond0\niface kr-bond0 inet static\n") + kAddressLines +
                "\tbond-slaves none\n" + kBondLines + "\nallow-hotplug kr-usb0\niface kr-usb0 inet manual\n" +
                kPortLines + kBondLines + "\nallow-hotplug kr-lan0\niface kr-lan0 inet manual\n" + kPortLines +
                kBondLines);
  EXPECT_EQ(config.interface, "kr-bond0");
}

TEST(Ifupdown, TakesTheInterfacesFromTheirStanzas) {
  const StackConfig config = render(true, test::wanted_network());
  EXPECT_EQ(content_of(config, kMain),
            "auto lo\niface lo inet loopback\n# kraken took over: allow-hotplug eth0\niface eth0 inet dhcp\n"
            "\tmetric 100\nsource /etc/network/interfaces.d/kraken\n");
  EXPECT_EQ(content_of(config, "/etc/network/interfaces.d/usb"),
            "# kraken took over: auto eth1\niface eth1 inet dhcp\n\tmetric 100\n");
  // The onboard interface is the image's own affair when it does not stand by.
  const StackConfig single = render(true, test::single_network());
  EXPECT_NE(content_of(single, kMain).find("\nallow-hotplug eth0\n"), std::string::npos);
}

TEST(Ifupdown, ConfiguresThePrimaryAloneWithoutIfenslave) {
  const std::string alone = std::string("# Written by kraken-firstboot.\nauto kr-usb0\nallow-hotplug kr-usb0\n") +
                            "iface kr-usb0 inet static\n" + kAddressLines;
  const StackConfig config = render(false, test::wanted_network());
  EXPECT_EQ(content_of(config, kOurs), alone);
  EXPECT_EQ(config.interface, "kr-usb0");
  EXPECT_NE(config.way.find("without ifenslave"), std::string::npos) << config.way;
  const StackConfig single = render(true, test::single_network());
  EXPECT_EQ(content_of(single, kOurs), alone);
  EXPECT_EQ(single.way.find("without ifenslave"), std::string::npos) << single.way;
}

// A service that has failed, or fails for another interface, brings up no port.
TEST(Ifupdown, BringsItsInterfacesUpWhateverBecomesOfTheService) {
  using Commands = std::vector<std::vector<std::string>>;
  const StackConfig bond = render(true, test::wanted_network());
  EXPECT_EQ(bond.commands, (Commands{{"ifdown", "--force", "kr-usb0"},
                                     {"ifdown", "--force", "kr-lan0"},
                                     {"systemctl", "restart", "networking.service"},
                                     {"ifup", "kr-usb0"},
                                     {"ifup", "kr-lan0"}}));
  EXPECT_EQ(bond.returns, (Commands{{"ifup", "--allow=hotplug", "eth1"}, {"ifup", "--allow=hotplug", "eth0"}}));
  EXPECT_EQ(render(true, test::single_network()).commands, (Commands{{"ifdown", "--force", "kr-usb0"},
                                                                     {"systemctl", "restart", "networking.service"},
                                                                     {"ifup", "kr-usb0"}}));
}

TEST(Ifupdown, KeepsASecretFileSecret) {
  Stack stack = test::stack_of(StackKind::kIfupdown, true);
  stack.existing = {{kMain, "iface wlan0 inet dhcp\n\twpa-psk secret\n"},
                    {"/etc/network/interfaces.d/a", "auto eth0\n"}};
  stack.secret = {kMain};
  const auto config = render_config(stack, test::wanted_network());
  ASSERT_TRUE(config.ok());
  for (const StackFile& file : config->files) {
    EXPECT_EQ(file.mode, file.path == kMain ? FileMode::kPrivate : FileMode::kPublic) << file.path;
  }
}

}  // namespace
}  // namespace kraken
