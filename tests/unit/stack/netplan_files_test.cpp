#include "stack/netplan_files.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

constexpr auto kNone = NetplanRenderer::kNone;
constexpr auto kNetworkd = NetplanRenderer::kNetworkd;
constexpr auto kNetworkManager = NetplanRenderer::kNetworkManager;

constexpr const char* kAllByNm = "network:\n  version: 2\n  renderer: NetworkManager\n";
constexpr const char* kEth0 = "network:\n  version: 2\n  ethernets:\n    eth0:\n      dhcp4: true\n";

TEST(NetplanFiles, NameTheRenderer) {
  EXPECT_EQ(netplan_renderer({}), kNone);
  EXPECT_EQ(netplan_renderer({""}), kNone);
  EXPECT_EQ(netplan_renderer({"network:\n  version: 2\n"}), kNone);
  EXPECT_EQ(netplan_renderer({kAllByNm}), kNetworkManager);
  EXPECT_EQ(netplan_renderer({kEth0}), kNetworkd);  // the default
  EXPECT_EQ(netplan_renderer({kAllByNm, kEth0}), kNetworkManager);
  EXPECT_EQ(netplan_renderer({kEth0, kAllByNm}), kNetworkManager);  // wherever it stands
  EXPECT_EQ(netplan_renderer({kAllByNm, "network:\n    renderer: 'networkd' # back\n"}), kNetworkd);
}

TEST(NetplanFiles, HaveARendererForEachInterface) {
  const std::string by_nm =
      "network:\n  version: 2\n  ethernets:\n    NM-1:\n      renderer: NetworkManager\n      networkmanager:\n"
      "        uuid: \"1\"\n        renderer: networkd\n";
  EXPECT_EQ(netplan_renderer({by_nm}), kNetworkManager);
  EXPECT_EQ(netplan_renderer({by_nm, kEth0}), kNetworkd);
  EXPECT_EQ(netplan_renderer({"network:\n  bonds:\n    b:\n      renderer: NetworkManager\n", kEth0}), kNetworkd);
  EXPECT_EQ(netplan_renderer({kAllByNm, "network:\n  bonds:\n    b:\n      renderer: networkd\n"}), kNetworkd);
  // Of all in a section; `netplan generate` 0.106 agrees with this and with the cases above.
  EXPECT_EQ(netplan_renderer({kAllByNm, "network:\n  ethernets:\n    renderer: networkd\n    eth0: {dhcp4: true}\n"}),
            kNetworkd);
  // A later file changes one key of an interface that an earlier one defined.
  EXPECT_EQ(netplan_renderer({kEth0, "network:\n  ethernets:\n    eth0:\n      renderer: NetworkManager\n"}),
            kNetworkManager);
}

TEST(NetplanFiles, OfWirelessInterfacesDoNotCount) {
  EXPECT_EQ(netplan_renderer({"network:\n  wifis:\n    wlan0:\n      dhcp4: true\n"}), kNone);
  EXPECT_EQ(netplan_renderer({"network:\n  wifis:\n    wlan0:\n      renderer: networkd\n", kAllByNm}),
            kNetworkManager);
}

TEST(NetplanFiles, AreReadWhateverTheyHold) {
  EXPECT_EQ(netplan_renderer({"#network:\n#  ethernets:\n#    eth0:\n"}), kNone);
  EXPECT_EQ(netplan_renderer({"network:\n# by: hand\n  renderer: NetworkManager\n"}), kNetworkManager);
  EXPECT_EQ(netplan_renderer({":::\n- - -\n\t:\n  '\n\"\n"}), kNone);
  EXPECT_EQ(netplan_renderer({"other:\n  ethernets:\n    eth0:\n      dhcp4: true\n"}), kNone);
  EXPECT_EQ(netplan_renderer({"network:\n  ethernets:\n"}), kNone);
}

}  // namespace
}  // namespace kraken
