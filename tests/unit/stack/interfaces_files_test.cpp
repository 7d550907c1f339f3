#include "stack/interfaces_files.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

const std::string kMain = "/etc/network/interfaces";
const std::string kMore = "/etc/network/interfaces.d/50-cloud-init";

TEST(InterfacesFiles, TellAWiredInterface) {
  const auto wired = [](const std::string& text) { return configures_wired({{kMain, text}}); };
  EXPECT_TRUE(wired("iface eth0 inet dhcp\n"));
  EXPECT_TRUE(wired("auto lo\niface lo inet loopback\n\tiface enx0 inet6 auto"));
  EXPECT_TRUE(wired("iface br0 inet static\n\taddress 10.0.0.1/8\n"));
  EXPECT_FALSE(wired("iface lo inet loopback\n"));
  EXPECT_FALSE(wired("iface eth0 inet manual\n"));
  EXPECT_FALSE(wired("iface wlan0 inet dhcp\n"));
  EXPECT_FALSE(wired("#iface eth0 inet dhcp\n"));
  EXPECT_FALSE(wired("auto eth0\niface eth0\n"));
  EXPECT_FALSE(configures_wired({{std::string(kOwnInterfacesPath), "iface kr-usb0 inet static\n"}}));
  EXPECT_FALSE(configures_wired({{"/etc/resolv.conf", "iface eth0 inet dhcp\n"}}));
}

TEST(InterfacesFiles, MakeRoomForOurs) {
  const Files files = {{kMain, "source /etc/network/interfaces.d/*\nauto lo eth0\niface eth0 inet dhcp\n"},
                       {kMore, "allow-hotplug eth1\niface eth1 inet dhcp\nauto eth10\n"},
                       {"/etc/network/interfaces.d/other", "auto br0\n"}};
  Files room = make_room(files, {"eth1", "eth0"});
  ASSERT_EQ(room.size(), 2U);
  EXPECT_EQ(room[kMain],
            "source /etc/network/interfaces.d/*\n# kraken took over: auto lo eth0\nauto lo\niface eth0 inet dhcp\n"
            "\tmetric 100\n");
  EXPECT_EQ(room[kMore], "# kraken took over: allow-hotplug eth1\niface eth1 inet dhcp\n\tmetric 100\nauto eth10\n");
  EXPECT_TRUE(make_room(room, {"eth1", "eth0"}).empty());
}

// Without one it is 0, and before ours: of DHCP on the interface that is left alone, or on Wi-Fi.
TEST(InterfacesFiles, GiveOthersAMetric) {
  const std::string reads = "source-directory /etc/network/interfaces.d\n";
  const auto changed = [&](const std::string& text) {
    const Files room = make_room({{kMain, reads + text}}, {"kr-usb0"});
    return room.empty() ? text : room.at(kMain).substr(reads.size());
  };
  EXPECT_EQ(changed("iface eth0 inet dhcp"), "iface eth0 inet dhcp\n\tmetric 100");
  EXPECT_EQ(
      changed("iface wlan0 inet dhcp\n  wpa-ssid x\n\niface eth1 inet static\n  gateway 10.0.0.1\n  metric 7\n"),
      "iface wlan0 inet dhcp\n\tmetric 100\n  wpa-ssid x\n\niface eth1 inet static\n  gateway 10.0.0.1\n  metric 7\n");
  for (const char* same :
       {"iface lo inet static\n", "iface eth0 inet manual\n", "iface eth0 inet6 auto\n", "auto eth0\n",
        "iface eth0 inet dhcp\n# way\n\tmetric 0\nauto eth0\n", "iface eth0 inet dhcp \\\n x 1\n"}) {
    EXPECT_EQ(changed(same), same);
  }
}

TEST(InterfacesFiles, ReadOurs) {
  const auto added = [](const std::string& text) { return make_room({{kMain, text}}, {"eth0"}); };
  for (const char* reads : {"source /etc/network/interfaces.d/*\n", "source-directory /etc/network/interfaces.d\n",
                            "source interfaces.d/*", " source /etc/network/interfaces.d/kraken\n"}) {
    EXPECT_TRUE(added(reads).empty()) << reads;
  }
  EXPECT_EQ(added("auto lo").at(kMain), "auto lo\nsource /etc/network/interfaces.d/kraken\n");
  EXPECT_EQ(added("#source /etc/network/interfaces.d/*\n").at(kMain),
            "#source /etc/network/interfaces.d/*\nsource /etc/network/interfaces.d/kraken\n");
  EXPECT_EQ(make_room({}, {"eth0"}).at(kMain),
            "auto lo\niface lo inet loopback\n\nsource /etc/network/interfaces.d/kraken\n");
}

}  // namespace
}  // namespace kraken
