// `nmcli --offline connection modify` 1.42.4 read these keyfiles and gave back every line (MAC addresses in capitals).
#include <gtest/gtest.h>

#include "stack/stack.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::content_of;
using test::stack_of;

constexpr const char* kFolder = "/etc/NetworkManager/system-connections/";

StackConfig render(const WantedNetwork& wanted) {
  auto config = render_config(stack_of(StackKind::kNetworkManager), wanted);
  EXPECT_TRUE(config.ok());
  return config.ok() ? std::move(*config) : StackConfig{};
}

std::string keyfile(const StackConfig& config, const std::string& name) {
  return content_of(config, kFolder + name + ".nmconnection");
}

TEST(NetworkManager, BondsTwoInterfaces) {
  const StackConfig config = render(test::wanted_network());
  EXPECT_EQ(keyfile(config, "kr-bond0"),
            "# Written by kraken-firstboot.\n[connection]\nid=kr-bond0\nuuid=f9a733b8-c3c0-4fc5-b03a-c0106625ec72\n"
            "type=bond\nautoconnect-priority=100\nautoconnect-retries=0\ninterface-name=kr-bond0\n"
            "autoconnect-slaves=1\n\n[bond]\nmode=active-backup\nprimary=kr-usb0\nprimary_reselect=always\n"
            "fail_over_mac=none\nnum_grat_arp=3\narp_interval=1000\n"
            "arp_ip_target=192.168.3.1,192.168.3.11,192.168.3.12\narp_validate=none\n\n[ipv4]\nmethod=manual\n"
            "address1=192.168.3.13/24,192.168.3.1\nroute-metric=50\ndns=192.168.3.1;1.1.1.1;\n\n[ipv6]\nmethod=auto\n");
  EXPECT_EQ(keyfile(config, "kr-usb0"),
            "# Written by kraken-firstboot.\n[connection]\nid=kr-usb0\nuuid=afba7bbd-35ad-434e-b4e3-cba229212b01\n"
            "type=ethernet\nautoconnect-priority=100\nautoconnect-retries=0\nmaster=kr-bond0\nslave-type=bond\n\n"
            "[ethernet]\nmac-address=00:e0:4c:68:00:2a\n");
  EXPECT_NE(keyfile(config, "kr-lan0").find("mac-address=b8:27:eb:12:34:56\n"), std::string::npos);
  EXPECT_EQ(config.interface, "kr-bond0");
  const std::vector<std::vector<std::string>> commands = {
      {"nmcli", "connection", "reload"}, {"nmcli", "--wait", "45", "connection", "up", "id", "kr-bond0"}};
  EXPECT_EQ(config.commands, commands);
}

TEST(NetworkManager, KeepsItsKeyfilesToRoot) {
  int keyfiles = 0;
  for (const StackFile& file : render(test::wanted_network()).files) {
    const bool keyfile = file.path.starts_with(kFolder);
    keyfiles += keyfile ? 1 : 0;
    EXPECT_EQ(file.mode, keyfile ? FileMode::kPrivate : FileMode::kPublic) << file.path;
  }
  EXPECT_EQ(keyfiles, 3);
}

TEST(NetworkManager, AsksTheGatewayAndTwoPeersAtMost) {
  WantedNetwork wanted = test::wanted_network();
  wanted.peers.clear();
  EXPECT_NE(keyfile(render(wanted), "kr-bond0").find("arp_ip_target=192.168.3.1\n"), std::string::npos);
  wanted.peers = {wanted.address, wanted.gateway, {0xc0a8030b}};
  EXPECT_NE(keyfile(render(wanted), "kr-bond0").find("arp_ip_target=192.168.3.1,192.168.3.11\n"), std::string::npos);
}

TEST(NetworkManager, ConfiguresASingleInterface) {
  const StackConfig config = render(test::single_network());
  EXPECT_EQ(keyfile(config, "kr-usb0"),
            "# Written by kraken-firstboot.\n[connection]\nid=kr-usb0\nuuid=afba7bbd-35ad-434e-b4e3-cba229212b01\n"
            "type=ethernet\nautoconnect-priority=100\nautoconnect-retries=0\n\n[ethernet]\n"
            "mac-address=00:e0:4c:68:00:2a\n\n[ipv4]\nmethod=manual\naddress1=192.168.3.13/24,192.168.3.1\n"
            "route-metric=50\ndns=192.168.3.1;1.1.1.1;\n\n[ipv6]\nmethod=auto\n");
  EXPECT_EQ(keyfile(config, "kr-bond0"), "(no such file)");
  EXPECT_EQ(keyfile(config, "kr-lan0"), "(no such file)");
  EXPECT_EQ(config.interface, "kr-usb0");
  EXPECT_EQ(config.commands.back().back(), "kr-usb0");
}

TEST(NetworkManager, MatchesAPathAndLeavesOutWhatIsNotThere) {
  WantedNetwork wanted = test::single_network();
  wanted.primary.mac_is_random = true;
  wanted.dns.clear();
  const std::string file = keyfile(render(wanted), "kr-usb0");
  EXPECT_NE(file.find("[ethernet]\n\n[match]\npath=platform-3f980000.usb-usb-0:1.2:1.0;\n\n[ipv4]"), std::string::npos);
  EXPECT_EQ(file.find("dns="), std::string::npos);
}

// Below netplan the same files: see networkmanager.cpp.
TEST(NetworkManager, IsToldDirectlyWhereNetplanRendersToIt) {
  Stack stack = stack_of(StackKind::kNetworkManager);
  stack.kind = StackKind::kNetplan;
  const auto config = render_config(stack, test::wanted_network());
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(keyfile(*config, "kr-bond0"), keyfile(render(test::wanted_network()), "kr-bond0"));
}

}  // namespace
}  // namespace kraken
