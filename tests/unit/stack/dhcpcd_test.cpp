#include <gtest/gtest.h>

#include "stack/stack.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::content_of;

constexpr const char* kPath = "/etc/dhcpcd.conf";
constexpr const char* kBegin = "# BEGIN kraken (kraken-firstboot keeps these lines; put your own outside)\n";
constexpr const char* kDenied = "denyinterfaces veth* cni* flannel* docker* br-*\n# END kraken\n";
constexpr const char* kUsb =
    "interface kr-usb0\nmetric 100\nstatic ip_address=192.168.3.13/24\nstatic routers=192.168.3.1\n"
    "static domain_name_servers=192.168.3.1 1.1.1.1\n";
constexpr const char* kLan =
    "interface kr-lan0\nmetric 200\nstatic ip_address=192.168.3.13/24\nstatic routers=192.168.3.1\n"
    "static domain_name_servers=192.168.3.1 1.1.1.1\n";

StackConfig render(const std::string& existing, const WantedNetwork& wanted) {
  Stack stack = test::stack_of(StackKind::kDhcpcd, false);
  if (!existing.empty()) stack.existing[kPath] = existing;
  auto config = render_config(stack, wanted);
  EXPECT_TRUE(config.ok());
  return config.ok() ? std::move(*config) : StackConfig{};
}

std::string conf(const std::string& existing, const WantedNetwork& wanted = test::wanted_network()) {
  return content_of(render(existing, wanted), kPath);
}

TEST(Dhcpcd, KeepsWhatIsThereBetweenItsBlocks) {
  const std::string theirs = "hostname\n\noption rapid_commit\ninterface wlan0\nmetric 300";
  const std::string text = conf(theirs);
  EXPECT_EQ(text, std::string(kBegin) + kDenied + theirs + "\n" + kBegin + kUsb + kLan + "# END kraken\n");
  EXPECT_EQ(conf(text), text);
}

TEST(Dhcpcd, StartsWithoutAFile) {
  EXPECT_EQ(conf(""), std::string(kBegin) + kDenied + kBegin + kUsb + kLan + "# END kraken\n");
}

TEST(Dhcpcd, PutsItsBlocksBackWhereTheyBelong) {
  const std::string text = conf("slaac private\n");
  // Somebody added lines at both ends, where the last ones would be of kr-lan0 alone.
  EXPECT_EQ(conf("duid\n" + text + "persistent\n"), conf("duid\nslaac private\npersistent\n"));
  // A mark without its partner goes alone.
  EXPECT_EQ(conf(std::string(kBegin) + "duid\n" + text + "# END kraken\n"), conf("duid\nslaac private\n"));
}

TEST(Dhcpcd, ConfiguresASingleInterface) {
  WantedNetwork wanted = test::single_network();
  EXPECT_EQ(conf("", wanted), std::string(kBegin) + kDenied + kBegin + kUsb + "# END kraken\n");
  wanted.dns.clear();
  EXPECT_EQ(conf("", wanted).find("domain_name_servers"), std::string::npos);
}

TEST(Dhcpcd, SaysWhatItsFailoverIs) {
  const StackConfig config = render("", test::wanted_network());
  EXPECT_EQ(config.interface, "kr-usb0");
  EXPECT_NE(config.way.find("route metrics"), std::string::npos) << config.way;
  EXPECT_EQ(render("", test::single_network()).way.find("route metrics"), std::string::npos);
  const std::vector<std::string> restart = {"systemctl", "restart", "dhcpcd.service"};
  EXPECT_EQ(config.commands.back(), restart);
  EXPECT_EQ(render("", test::single_network()).commands, std::vector<std::vector<std::string>>{restart});
}

TEST(Dhcpcd, LetsOneOfTwoInterfacesAnswer) {
  const std::string path = "/etc/sysctl.d/90-kraken-failover.conf";
  const StackConfig config = render("", test::wanted_network());
  EXPECT_EQ(content_of(config, path),
            "# Written by kraken-firstboot.\n-net.ipv4.conf.kr-usb0.arp_filter = 1\n"
            "-net.ipv4.conf.kr-lan0.arp_filter = 1\n");
  EXPECT_EQ(config.commands.front(), (std::vector<std::string>{"sysctl", "-q", "-p", path}));
  EXPECT_EQ(content_of(render("", test::single_network()), path), "(no such file)");
}

}  // namespace
}  // namespace kraken
