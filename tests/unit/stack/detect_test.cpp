#include <gtest/gtest.h>

#include <functional>

#include "base/units.h"
#include "stack/layout.h"
#include "stack/stack.h"
#include "support/image_tree.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::ImageTree;

constexpr const char* kNetworkManager = "NetworkManager.service";
constexpr const char* kNetworkd = "systemd-networkd.service";
constexpr const char* kDhcpcd = "dhcpcd.service";
constexpr const char* kNetworking = "networking.service";

constexpr const char* kDebianInterfaces =
    "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n\n"
    "allow-hotplug eth0\niface eth0 inet dhcp\n";
constexpr const char* kOnlyLoopback = "source /etc/network/interfaces.d/*\n\nauto lo\niface lo inet loopback\n";

void with_netplan(ImageTree& tree) {
  tree.link("/usr/lib/systemd/system-generators/netplan", "/usr/libexec/netplan/generate");
  tree.put("/usr/libexec/netplan/generate", "ELF");
}

struct Case {
  const char* name;
  StackKind kind;
  StackKind renderer;
  std::function<void(ImageTree&)> make;
};

const Case kCases[] = {
    {"Raspberry Pi OS bullseye", StackKind::kDhcpcd, StackKind::kDhcpcd,
     [](ImageTree& tree) {
       tree.enable(kDhcpcd).enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback);
       tree.install(kNetworkManager).install(kNetworkd).put("/etc/dhcpcd.conf", "hostname\n");
     }},
    {"Raspberry Pi OS bookworm", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).install(kNetworkd).install(kDhcpcd);
       tree.link("/etc/systemd/system/dbus-org.freedesktop.nm-dispatcher.service", "/lib/systemd/system/x.service");
     }},
    {"Raspberry Pi OS trixie, as shipped", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       with_netplan(tree);
       tree.enable(kNetworkManager).install(kNetworkd).folder("/etc/netplan");
     }},
    {"Raspberry Pi OS trixie with a profile", StackKind::kNetplan, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       with_netplan(tree);
       tree.enable(kNetworkManager).install(kNetworkd);
       tree.put("/etc/netplan/90-NM-75a1216a-9d1a-30cd-8aca-ace5526ec021.yaml",
                "network:\n  version: 2\n  ethernets:\n    NM-75a1:\n      renderer: NetworkManager\n"
                "      match: {}\n      dhcp4: true\n");
     }},
    {"cloud-init's netplan, NetworkManager for all", StackKind::kNetplan, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       with_netplan(tree);
       tree.enable(kNetworkManager).install(kNetworkd);
       tree.put("/lib/netplan/00-network-manager-all.yaml", "network:\n  version: 2\n  renderer: NetworkManager\n");
       tree.put("/etc/netplan/50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n");
     }},
    {"cloud-init's netplan, default renderer", StackKind::kNetplan, StackKind::kNetworkd,
     [](ImageTree& tree) {
       with_netplan(tree);
       tree.install(kNetworkd);
       tree.put("/etc/netplan/50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n");
     }},
    {"netplan for networkd, which is masked", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       with_netplan(tree);
       tree.enable(kNetworkManager)
           .install(kNetworkd)
           .link("/etc/systemd/system/systemd-networkd.service", "/dev/null");
       tree.put("/etc/netplan/50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n");
     }},
    {"netplan's files without netplan", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) {
       tree.enable(kNetworking).install(kNetworkd).put("/etc/network/interfaces", kDebianInterfaces);
       tree.put("/etc/netplan/50-cloud-init.yaml", "network:\n  ethernets:\n    eth0:\n      dhcp4: true\n");
     }},
    {"Debian with ifupdown", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) { tree.enable(kNetworking).put("/etc/network/interfaces", kDebianInterfaces); }},
    {"Debian with ifupdown and its interface in interfaces.d", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) {
       tree.enable(kNetworking).enable(kNetworkManager).put("/etc/network/interfaces", kOnlyLoopback);
       tree.put("/etc/network/interfaces.d/50-cloud-init", "auto eth0\niface eth0 inet dhcp\n");
     }},
    {"Debian with NetworkManager and ifupdown's loopback", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback);
     }},
    {"a wired stanza, but networking.service is off", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).install(kNetworking).put("/etc/network/interfaces", kDebianInterfaces);
     }},
    {"Debian with networkd", StackKind::kNetworkd, StackKind::kNetworkd,
     [](ImageTree& tree) {
       tree.enable(kNetworkd).enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback);
       tree.put("/etc/systemd/network/20-wired.network", "[Match]\nName=e*\n[Network]\nDHCP=yes\n");
     }},
    {"networkd without files beside ifupdown's loopback", StackKind::kNetworkd, StackKind::kNetworkd,
     [](ImageTree& tree) {
       tree.enable(kNetworkd).enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback);
       tree.put("/usr/lib/systemd/network/80-container-host0.network", "[Match]\nName=host0\n");
       tree.link("/etc/systemd/network/20-off.network", "/dev/null");
     }},
    {"networkd without files beside ifupdown", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) {
       tree.enable(kNetworkd).enable(kNetworking).put("/etc/network/interfaces", kDebianInterfaces);
     }},
    {"networkd with files of ours alone beside ifupdown", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) {
       tree.enable(kNetworkd).enable(kNetworking).put("/etc/network/interfaces", kDebianInterfaces);
       tree.put("/etc/systemd/network/05-kraken-kr-usb0.network", "[Match]\nName=kr-usb0\n");
     }},
    {"NetworkManager and networkd", StackKind::kNetworkManager, StackKind::kNetworkManager,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).enable(kNetworkd).put("/etc/systemd/network/20-wg.network", "[Match]\nName=wg0\n");
     }},
    {"only the loopback", StackKind::kIfupdown, StackKind::kIfupdown,
     [](ImageTree& tree) { tree.enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback); }},
    {"installed and not enabled", StackKind::kNone, StackKind::kNone,
     [](ImageTree& tree) { tree.install(kNetworkManager).install(kNetworkd).install(kDhcpcd).install(kNetworking); }},
    {"enabled and then removed", StackKind::kNone, StackKind::kNone,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager);
       std::filesystem::remove(tree.path("/lib/systemd/system/NetworkManager.service"));
     }},
    {"enabled and masked", StackKind::kDhcpcd, StackKind::kDhcpcd,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).enable(kDhcpcd).link("/etc/systemd/system/NetworkManager.service", "/dev/null");
     }},
    {"masked for this boot", StackKind::kDhcpcd, StackKind::kDhcpcd,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).enable(kDhcpcd).link("/run/systemd/system/NetworkManager.service", "/dev/null");
     }},
    {"masked by an empty file", StackKind::kDhcpcd, StackKind::kDhcpcd,
     [](ImageTree& tree) {
       tree.enable(kNetworkManager).enable(kDhcpcd).put("/etc/systemd/system/NetworkManager.service", "");
     }},
    {"enabled by a static link", StackKind::kNetworkd, StackKind::kNetworkd,
     [](ImageTree& tree) {
       tree.install(kNetworkd).link("/usr/lib/systemd/system/sysinit.target.wants/systemd-networkd.service",
                                    "../systemd-networkd.service");
     }},
    {"a static link taken away in /etc", StackKind::kNone, StackKind::kNone,
     [](ImageTree& tree) {
       tree.install(kNetworkd).link("/usr/lib/systemd/system/sysinit.target.wants/systemd-networkd.service",
                                    "../systemd-networkd.service");
       tree.link("/etc/systemd/system/sysinit.target.wants/systemd-networkd.service", "/dev/null");
     }},
    {"a link in a folder that is no dependency", StackKind::kNone, StackKind::kNone,
     [](ImageTree& tree) {
       tree.install(kNetworkd).link("/etc/systemd/system/backup.d/systemd-networkd.service", "/lib/systemd/system/x");
     }},
    {"an alias alone", StackKind::kNone, StackKind::kNone,
     [](ImageTree& tree) {
       tree.install(kNetworkd).link("/etc/systemd/system/dbus-org.freedesktop.network1.service",
                                    "/lib/systemd/system/systemd-networkd.service");
     }},
    {"an empty tree", StackKind::kNone, StackKind::kNone, [](ImageTree&) {}},
};

TEST(DetectStack, GoesByWhatIsEnabled) {
  for (const Case& c : kCases) {
    ImageTree tree;
    tree.merged_usr();
    c.make(tree);
    const Stack stack = detect_stack(tree.root());
    EXPECT_EQ(stack.kind, c.kind) << c.name << ": " << stack.evidence;
    EXPECT_EQ(stack.renderer, c.renderer) << c.name << ": " << stack.evidence;
    EXPECT_NE(stack.evidence, "") << c.name;
    EXPECT_EQ(stack.problem, "") << c.name;
    EXPECT_EQ(stack.service.empty(), c.kind == StackKind::kNone) << c.name;
  }
}

TEST(DetectStack, AnswersTheSameAfterItsConfigurationWasWritten) {
  for (const Case& c : kCases) {
    ImageTree tree;
    tree.merged_usr();
    c.make(tree);
    const Stack before = detect_stack(tree.root());
    const auto config = render_config(before, test::wanted_network());
    ASSERT_TRUE(config.ok()) << c.name;
    for (const StackFile& file : config->files) tree.put(file.path, file.content);
    const Stack after = detect_stack(tree.root());
    EXPECT_EQ(after.kind, before.kind) << c.name << ": " << after.evidence;
    EXPECT_EQ(after.keeps_resolv_conf, before.keeps_resolv_conf) << c.name;
    // And then there is nothing more to write.
    WantedNetwork wanted = test::wanted_network();
    if (!config->renames.empty()) wanted.primary.name = config->renames.front().to;
    const auto again = render_config(after, wanted);
    ASSERT_TRUE(again.ok()) << c.name;
    for (const StackFile& file : again->files) {
      EXPECT_EQ(file.content, test::content_of(*config, file.path)) << c.name << ": " << file.path;
    }
  }
}

TEST(DetectStack, SaysWhereABondCanBeMade) {
  const auto can_bond = [](const std::function<void(ImageTree&)>& make) {
    ImageTree tree;
    tree.merged_usr();
    make(tree);
    return detect_stack(tree.root()).can_bond;
  };
  const auto ifupdown = [](ImageTree& tree) {
    tree.enable(kNetworking).put("/etc/network/interfaces", kDebianInterfaces);
  };
  const auto ifenslave = [&](ImageTree& tree) {
    ifupdown(tree);
    tree.put("/etc/network/if-pre-up.d/ifenslave", "#!/bin/sh\n");
  };
  EXPECT_TRUE(can_bond([](ImageTree& tree) { tree.enable(kNetworkManager); }));
  EXPECT_TRUE(can_bond([](ImageTree& tree) { tree.enable(kNetworkd); }));
  EXPECT_FALSE(can_bond([](ImageTree& tree) { tree.enable(kDhcpcd); }));
  EXPECT_FALSE(can_bond(ifupdown));
  EXPECT_TRUE(can_bond(ifenslave));
  EXPECT_FALSE(can_bond([&](ImageTree& tree) { ifenslave(tree), tree.folder("/usr/share/ifupdown2"); }));
  EXPECT_FALSE(can_bond([&](ImageTree& tree) { ifenslave(tree), tree.folder("/usr/libexec/ifupdown-ng"); }));
}

TEST(DetectStack, ReadsWhatItWouldEdit) {
  ImageTree tree;
  tree.enable(kNetworking).put("/etc/network/interfaces", kOnlyLoopback);
  tree.put("/etc/network/interfaces.d/wlan", "iface wlan0 inet dhcp\n").put("/etc/resolv.conf", "search lan\n");
  Stack stack = detect_stack(tree.root());
  EXPECT_EQ(stack.existing.at("/etc/network/interfaces"), kOnlyLoopback);
  EXPECT_EQ(stack.existing.at("/etc/network/interfaces.d/wlan"), "iface wlan0 inet dhcp\n");
  EXPECT_EQ(stack.existing.at("/etc/resolv.conf"), "search lan\n");
  EXPECT_TRUE(stack.secret.empty());
  std::filesystem::permissions(tree.path("/etc/network/interfaces"), std::filesystem::perms(0600));
  EXPECT_EQ(detect_stack(tree.root()).secret, std::set<std::string>{"/etc/network/interfaces"});
  // What cannot be read must not be overwritten either.
  tree.put("/etc/network/interfaces", std::string(2 * kMiB, '#'));
  stack = detect_stack(tree.root());
  EXPECT_NE(stack.problem.find("/etc/network/interfaces"), std::string::npos) << stack.problem;
  EXPECT_EQ(render_config(stack, test::wanted_network()).error().code(), ErrorCode::kIo);
}

TEST(DetectStack, FindsOutWhoKeepsResolvConf) {
  ImageTree tree;
  tree.merged_usr().enable(kNetworkd);
  EXPECT_FALSE(detect_stack(tree.root()).keeps_resolv_conf);
  tree.put("/etc/resolv.conf", "nameserver 9.9.9.9\n");
  EXPECT_FALSE(detect_stack(tree.root()).keeps_resolv_conf);
  tree.put("/usr/sbin/resolvconf", "");  // networkd does not call it
  EXPECT_FALSE(detect_stack(tree.root()).keeps_resolv_conf);
  tree.link("/etc/resolv.conf", "/run/systemd/resolve/stub-resolv.conf");
  EXPECT_FALSE(detect_stack(tree.root()).keeps_resolv_conf) << "whoever made the link is gone";
  tree.put("/run/systemd/resolve/stub-resolv.conf", "nameserver 127.0.0.53\n");
  EXPECT_TRUE(detect_stack(tree.root()).keeps_resolv_conf);
  std::filesystem::remove(tree.path("/etc/resolv.conf"));
  tree.enable("systemd-resolved.service");
  EXPECT_TRUE(detect_stack(tree.root()).keeps_resolv_conf);

  ImageTree debian;
  debian.merged_usr().enable(kNetworking);
  EXPECT_FALSE(detect_stack(debian.root()).keeps_resolv_conf);
  debian.put("/usr/sbin/resolvconf", "");
  EXPECT_TRUE(detect_stack(debian.root()).keeps_resolv_conf);
}

}  // namespace
}  // namespace kraken
