// What all stacks have in common.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "stack/files.h"
#include "stack/resolv_conf.h"
#include "stack/stack.h"
#include "support/wanted_network.h"

namespace kraken {
namespace {

using test::content_of;
using test::single_network;
using test::stack_of;
using test::wanted_network;

constexpr StackKind kRenderers[] = {StackKind::kNetworkManager, StackKind::kNetworkd, StackKind::kDhcpcd,
                                    StackKind::kIfupdown};

TEST(RenderConfig, NamesTheInterfacesForGood) {
  for (const StackKind kind : kRenderers) {
    const auto config = render_config(stack_of(kind), wanted_network());
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(
        content_of(*config, "/etc/systemd/network/05-kraken-kr-usb0.link"),
        "# Written by kraken-firstboot.\n[Match]\nPermanentMACAddress=00:e0:4c:68:00:2a\n\n[Link]\nName=kr-usb0\n");
    EXPECT_EQ(
        content_of(*config, "/etc/systemd/network/05-kraken-kr-lan0.link"),
        "# Written by kraken-firstboot.\n[Match]\nPermanentMACAddress=b8:27:eb:12:34:56\n\n[Link]\nName=kr-lan0\n");
    ASSERT_EQ(config->renames.size(), 2U);
    EXPECT_EQ(config->renames[0].index, 3);
    EXPECT_EQ(config->renames[0].from, "eth1");
    EXPECT_EQ(config->renames[0].to, "kr-usb0");
    EXPECT_EQ(config->renames[1].to, "kr-lan0");
    EXPECT_NE(config->way.find("kr-usb0"), std::string::npos) << config->way;
    EXPECT_FALSE(config->commands.empty());
  }
}

// The unit that ifupdown's udev rule starts goes by the interface's name; dhcpcd must not see the renaming.
TEST(RenderConfig, HasTheStackLetGoOfTheOldNames) {
  using Commands = std::vector<std::vector<std::string>>;
  for (const StackKind kind : kRenderers) {
    const auto config = render_config(stack_of(kind), wanted_network());
    ASSERT_TRUE(config.ok());
    Commands expected;
    if (kind == StackKind::kDhcpcd) expected = {{"systemctl", "stop", "dhcpcd.service"}};
    if (kind == StackKind::kIfupdown) {
      expected = {{"systemctl", "stop", "ifup@eth1.service"},
                  {"ifdown", "eth1"},
                  {"systemctl", "reset-failed", "ifup@eth1.service"},
                  {"systemctl", "stop", "ifup@eth0.service"},
                  {"ifdown", "eth0"},
                  {"systemctl", "reset-failed", "ifup@eth0.service"}};
    }
    EXPECT_EQ(config->farewells, expected);
  }
}

TEST(RenderConfig, LeavesTheStackInPeaceWhenNothingIsRenamed) {
  WantedNetwork wanted = wanted_network();
  wanted.primary.name = "kr-usb0";
  wanted.fallback->name = "kr-lan0";
  for (const StackKind kind : kRenderers) {
    const auto config = render_config(stack_of(kind), wanted);
    ASSERT_TRUE(config.ok());
    EXPECT_TRUE(config->farewells.empty());
  }
}

TEST(RenderConfig, RenamesNothingTwice) {
  WantedNetwork wanted = wanted_network();
  wanted.primary.name = "kr-usb0";
  const auto config = render_config(stack_of(StackKind::kNetworkd), wanted);
  ASSERT_TRUE(config.ok());
  ASSERT_EQ(config->renames.size(), 1U);
  EXPECT_EQ(config->renames[0].from, "eth0");
}

TEST(RenderConfig, KnowsAnAdapterWithARandomAddressByItsPlace) {
  WantedNetwork wanted = wanted_network();
  wanted.primary.mac_is_random = true;
  wanted.fallback->permanent_mac.reset();
  for (const StackKind kind : kRenderers) {
    const auto config = render_config(stack_of(kind), wanted);
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(
        content_of(*config, "/etc/systemd/network/05-kraken-kr-usb0.link"),
        "# Written by kraken-firstboot.\n[Match]\nPath=platform-3f980000.usb-usb-0:1.2:1.0\n\n[Link]\nName=kr-usb0\n");
    EXPECT_NE(
        content_of(*config, "/etc/systemd/network/05-kraken-kr-lan0.link").find("Path=platform-3f980000.usb-usb-0:1.1"),
        std::string::npos);
    for (const StackFile& file : config->files) EXPECT_EQ(file.content.find("00:e0"), std::string::npos) << file.path;
  }
}

TEST(RenderConfig, RefusesWhatItCannotTellApart) {
  const auto refused = [](const std::function<void(WantedNetwork&)>& change) {
    WantedNetwork wanted = wanted_network();
    change(wanted);
    const auto config = render_config(stack_of(StackKind::kNetworkManager), wanted);
    return !config.ok() && config.error().code() == ErrorCode::kUnsupported;
  };
  EXPECT_FALSE(refused([](WantedNetwork&) {}));
  EXPECT_TRUE(refused([](WantedNetwork& w) { w.primary.permanent_mac.reset(), w.primary.path.clear(); }));
  EXPECT_TRUE(refused([](WantedNetwork& w) { w.fallback->mac_is_random = true, w.fallback->path.clear(); }));
  EXPECT_TRUE(refused([](WantedNetwork& w) { w.fallback->permanent_mac = w.primary.permanent_mac; }));
  for (const std::string bad :
       {"a\nb", "a b", "a;b", "a*", "a?", "[a]", "a\"b", "a'b", "a\\b", "!a", "a=b", "a#b", "ä"}) {
    EXPECT_TRUE(refused([&](WantedNetwork& w) { w.primary.permanent_mac.reset(), w.primary.path = bad; })) << bad;
    EXPECT_TRUE(refused([&](WantedNetwork& w) { w.primary.name = bad; })) << bad;
    // Not used, so not looked at.
    EXPECT_FALSE(refused([&](WantedNetwork& w) { w.primary.path = bad; })) << bad;
  }
  EXPECT_TRUE(refused([](WantedNetwork& w) { w.primary.name = std::string(16, 'e'); }));
  EXPECT_TRUE(
      refused([](WantedNetwork& w) { w.primary.permanent_mac.reset(), w.primary.path = std::string(999, 'p'); }));
}

TEST(RenderConfig, GivesTwoOfAKindTwoNames) {
  WantedNetwork wanted = wanted_network();
  wanted.fallback->onboard = false;
  const auto usb = render_config(stack_of(StackKind::kNetworkd), wanted);
  ASSERT_TRUE(usb.ok());
  EXPECT_EQ(usb->renames[1].to, "kr-usb1");
  wanted.fallback->usb.reset();
  const auto other = render_config(stack_of(StackKind::kNetworkd), wanted);
  ASSERT_TRUE(other.ok());
  EXPECT_EQ(other->renames[1].to, "kr-eth0");
}

TEST(RenderConfig, TakesAwayWhatAnotherConfigurationLeft) {
  std::set<std::string> all;
  const std::vector<std::string> own = all_own_files();
  all.insert(own.begin(), own.end());
  EXPECT_EQ(all.size(), own.size());
  for (const StackKind kind : kRenderers) {
    for (const WantedNetwork& wanted : {wanted_network(), single_network()}) {
      const auto config = render_config(stack_of(kind), wanted);
      ASSERT_TRUE(config.ok());
      std::set<std::string> seen(config->obsolete.begin(), config->obsolete.end());
      for (const StackFile& file : config->files) {
        EXPECT_FALSE(seen.contains(file.path)) << file.path;
        // Everything of ours is on the list, so that another stack's configuration takes it away.
        const bool edited = file.path == "/etc/dhcpcd.conf" || file.path == "/etc/network/interfaces";
        EXPECT_EQ(all.contains(file.path), !edited) << file.path;
        if (!edited) seen.insert(file.path);
      }
      EXPECT_EQ(seen, all);
      EXPECT_TRUE(seen.contains("/etc/netplan/90-NM-f9a733b8-c3c0-4fc5-b03a-c0106625ec72.yaml"));
    }
  }
}

TEST(RenderConfig, HasUuidsThatDiffer) {
  std::set<std::string_view> uuids = {uuid_of(kBondName)};
  for (const std::string_view name : kPortNames) {
    const std::string_view uuid = uuid_of(name);
    ASSERT_EQ(uuid.size(), 36U) << name;
    EXPECT_EQ(uuid[14], '4') << name;
    EXPECT_TRUE(uuids.insert(uuid).second) << name;
    EXPECT_LT(name.size(), 16U);
  }
}

TEST(RenderConfig, IsEmptyWithoutAStack) {
  const auto config = render_config(Stack{}, wanted_network());
  ASSERT_TRUE(config.ok());
  EXPECT_TRUE(config->files.empty() && config->obsolete.empty() && config->commands.empty());
  EXPECT_EQ(config->interface, "");
}

TEST(RenderConfig, SaysWhichLinksCarryTheAddressUnderAnyName) {
  const auto carriers = [](StackKind kind, bool can_bond, const WantedNetwork& wanted) {
    return render_config(stack_of(kind, can_bond), wanted)->carriers;
  };
  const std::vector<int> usb = {3};
  for (const StackKind kind : {StackKind::kNetworkManager, StackKind::kNetworkd, StackKind::kIfupdown}) {
    EXPECT_TRUE(carriers(kind, true, wanted_network()).empty()) << "the bond";
    EXPECT_EQ(carriers(kind, true, test::single_network()), usb);
  }
  EXPECT_EQ(carriers(StackKind::kIfupdown, false, wanted_network()), usb);
  EXPECT_EQ(carriers(StackKind::kDhcpcd, false, wanted_network()), (std::vector<int>{3, 2}));
  EXPECT_EQ(carriers(StackKind::kDhcpcd, false, test::single_network()), usb);
}

TEST(RenderConfig, WritesTheNameServersWhereNobodyElseDoes) {
  Stack stack = stack_of(StackKind::kNetworkd);
  const auto written = [&](const WantedNetwork& wanted) -> std::string {
    const auto config = render_config(stack, wanted);
    return config->resolv_conf ? config->resolv_conf->content : "(nothing)";
  };
  EXPECT_EQ(written(wanted_network()), "(nothing)");
  stack.keeps_resolv_conf = false;
  EXPECT_EQ(written(wanted_network()), "nameserver 192.168.3.1\nnameserver 1.1.1.1\n");
  std::string& existing = stack.existing[std::string(kResolvConfPath)];
  existing = "# mine\nnameserver 9.9.9.9\nsearch lan\n\toptions edns0";
  const std::string text = written(wanted_network());
  EXPECT_EQ(text, "nameserver 192.168.3.1\nnameserver 1.1.1.1\n# mine\nsearch lan\n\toptions edns0\n");
  for (const std::string& good : {text, "nameserver 10.8.0.1 \n" + text}) {
    existing = good;
    EXPECT_EQ(written(wanted_network()), "(nothing)") << "whoever else is asked";
  }
  existing = "nameserver 192.168.3.1\n#nameserver 1.1.1.1\n";
  EXPECT_NE(written(wanted_network()), "(nothing)");
  WantedNetwork none = wanted_network();
  none.dns.clear();
  EXPECT_EQ(written(none), "(nothing)");
}

}  // namespace
}  // namespace kraken
