// How far a node got on its network, from what the kernel and the gateway say.
#include <gtest/gtest.h>

#include "facts/network_facts.h"
#include "support/fake_stack.h"
#include "support/node_records.h"

namespace kraken {
namespace {

using test::kAdapterLink;
using test::kOnboardLink;

class NetworkProofTest : public ::testing::Test {
 protected:
  void give_address(int link) {
    network_.network.addresses.push_back({link, record_.network.address, record_.network.prefix});
  }
  void give_route(int link, std::uint32_t metric) {
    network_.network.routes.push_back({link, {}, record_.network.gateway, metric});
  }
  NetworkProof prove() { return prove_network(record_, network_); }

  NodeRecord record_ = test::sample_record();
  test::FakeNetwork network_ = test::fake_network_of_board(record_);
};

TEST_F(NetworkProofTest, SaysWhatIsMissing) {
  EXPECT_EQ(prove().reach, Reach::kNothing);
  give_address(kAdapterLink);
  EXPECT_EQ(prove().reach, Reach::kAddress);
  EXPECT_EQ(prove().detail, "there is no default route");
  give_route(kAdapterLink, 100);
  EXPECT_EQ(prove().reach, Reach::kGateway) << prove().detail;
  network_.clear_answers();
  EXPECT_EQ(prove().reach, Reach::kRoute);
}

TEST_F(NetworkProofTest, WantsTheRouteWhereTheAddressIs) {
  give_address(kAdapterLink);
  give_route(kOnboardLink, 100);
  EXPECT_EQ(prove().reach, Reach::kAddress);
  EXPECT_EQ(prove().detail, "the default route goes through eth0 to 192.168.3.1, not through eth1 to 192.168.3.1");
}

TEST_F(NetworkProofTest, DoesNotTakeAnAddressOfAnotherSubnetForTheNodesOwn) {
  network_.network.addresses.push_back({kAdapterLink, record_.network.address, 32});
  give_route(kAdapterLink, 100);
  EXPECT_EQ(prove().reach, Reach::kNothing);
}

TEST_F(NetworkProofTest, AsksForTheAddressOnTheInterfaceThatIsToHaveIt) {
  StackConfig bond;
  bond.interface = "kr-bond0";
  StackConfig single;
  single.interface = "kr-usb0";
  single.carriers = {kAdapterLink};
  give_address(kOnboardLink);
  give_route(kOnboardLink, 100);
  EXPECT_EQ(prove().reach, Reach::kGateway);
  for (const StackConfig& config : {bond, single}) {
    const NetworkProof proof = prove_network(record_, config, network_);
    EXPECT_EQ(proof.reach, Reach::kNothing);
    EXPECT_EQ(proof.detail, "eth0 has the address 192.168.3.13/24, and not " + config.interface);
  }
  give_address(kAdapterLink);
  network_.network.routes.front().link = kAdapterLink;
  EXPECT_EQ(prove_network(record_, single, network_).reach, Reach::kGateway) << "as eth1, which it kept";
  network_.network.links.back().index = 7;
  EXPECT_EQ(prove_network(record_, bond, network_).reach, Reach::kNothing);
  network_.network.links.back().name = "kr-bond0";
  network_.network.addresses.back().link = network_.network.routes.front().link = 7;
  EXPECT_EQ(prove_network(record_, bond, network_).reach, Reach::kGateway);
}

// As dhcpcd does it: the kernel may list either interface first.
TEST_F(NetworkProofTest, LooksAtTheInterfaceThatIsUsedWhenSeveralHaveTheAddress) {
  give_address(kOnboardLink);
  give_address(kAdapterLink);
  give_route(kOnboardLink, 200);
  give_route(kAdapterLink, 100);
  EXPECT_EQ(prove().reach, Reach::kGateway) << prove().detail;
  EXPECT_NE(prove().detail.find("on eth1,"), std::string::npos) << prove().detail;
  EXPECT_EQ(network_.questions().back().link, kAdapterLink);
  network_.network.routes[0].metric = 50;
  EXPECT_NE(prove().detail.find("on eth0,"), std::string::npos) << prove().detail;
}

}  // namespace
}  // namespace kraken
