// systemd-networkd 252 read these files without a complaint about an option or a value.
#include <gtest/gtest.h>

#include "stack/stack.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::content_of;
using test::stack_of;

constexpr const char* kPrefix = "/etc/systemd/network/05-kraken-";

StackConfig render(const WantedNetwork& wanted) {
  auto config = render_config(stack_of(StackKind::kNetworkd), wanted);
  EXPECT_TRUE(config.ok());
  return config.ok() ? std::move(*config) : StackConfig{};
}

std::string file(const StackConfig& config, const std::string& name) {
  return content_of(config, kPrefix + name);
}

TEST(Networkd, BondsTwoInterfaces) {
  const StackConfig config = render(test::wanted_network());
  EXPECT_EQ(file(config, "kr-bond0.netdev"),
            "# Written by kraken-firstboot.\n[NetDev]\nName=kr-bond0\nKind=bond\n\n[Bond]\nMode=active-backup\n"
            "PrimaryReselectPolicy=always\nFailOverMACPolicy=none\nGratuitousARP=3\nARPIntervalSec=1000ms\n"
            "ARPIPTargets=192.168.3.1 192.168.3.11 192.168.3.12\nARPValidate=none\n");
  EXPECT_EQ(file(config, "kr-bond0.network"),
            "# Written by kraken-firstboot.\n[Match]\nName=kr-bond0\n\n[Network]\nAddress=192.168.3.13/24\n"
            "ConfigureWithoutCarrier=yes\nDNS=192.168.3.1\nDNS=1.1.1.1\n\n[Route]\nGateway=192.168.3.1\nMetric=50\n");
  EXPECT_EQ(file(config, "kr-usb0.network"),
            "# Written by kraken-firstboot.\n[Match]\nPermanentMACAddress=00:e0:4c:68:00:2a\n\n[Link]\n"
            "RequiredForOnline=no\n\n[Network]\nBond=kr-bond0\nPrimarySlave=yes\n");
  EXPECT_EQ(file(config, "kr-lan0.network"),
            "# Written by kraken-firstboot.\n[Match]\nPermanentMACAddress=b8:27:eb:12:34:56\n\n[Link]\n"
            "RequiredForOnline=no\n\n[Network]\nBond=kr-bond0\n");
  EXPECT_EQ(config.interface, "kr-bond0");
  EXPECT_EQ(config.commands, (std::vector<std::vector<std::string>>{{"networkctl", "reload"}}));
}

TEST(Networkd, ConfiguresASingleInterfaceByItsPlace) {
  WantedNetwork wanted = test::single_network();
  wanted.primary.mac_is_random = true;
  const StackConfig config = render(wanted);
  EXPECT_EQ(file(config, "kr-usb0.network"),
            "# Written by kraken-firstboot.\n[Match]\nPath=platform-3f980000.usb-usb-0:1.2:1.0\n\n[Network]\n"
            "Address=192.168.3.13/24\nConfigureWithoutCarrier=yes\nDNS=192.168.3.1\nDNS=1.1.1.1\n\n"
            "[Route]\nGateway=192.168.3.1\nMetric=50\n");
  EXPECT_EQ(file(config, "kr-bond0.netdev"), "(no such file)");
  EXPECT_EQ(config.interface, "kr-usb0");
}

// networkd takes the first file that matches, by name: netplan's are called 10-netplan-*.
TEST(Networkd, ComesBeforeNetplan) {
  for (const StackFile& made : render(test::wanted_network()).files) {
    EXPECT_LT(std::filesystem::path(made.path).filename().string(), "10-netplan-a") << made.path;
  }
}

}  // namespace
}  // namespace kraken
