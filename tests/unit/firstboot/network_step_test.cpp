// The network step against a pretended board and network: what it writes, proves, refuses and takes back.
#include <gtest/gtest.h>

#include <algorithm>

#include "facts/facts.h"
#include "nic/choice.h"
#include "steps/network_rollback.h"
#include "steps/registry.h"
#include "support/fake_stack.h"
#include "support/fake_system.h"
#include "support/image_tree.h"
#include "support/node_records.h"

namespace kraken {
namespace {

using test::Board;
using test::fake_link;
using test::FakeNetwork;
using test::FakeSysfs;
using test::FakeSystem;
using test::ImageTree;
using test::kAdapterLink;
using test::kBondLink;
using test::kOnboardLink;
using test::sample_record;

constexpr int kSecondAdapterLink = kAdapterLink + 1;
const MacAddress kStrangerMac = *parse_mac("aa:bb:cc:dd:ee:ff");
constexpr std::string_view kDebianInterfaces =
    "auto lo\niface lo inet loopback\n\nallow-hotplug eth0\niface eth0 inet dhcp\n\nsource "
    "/etc/network/interfaces.d/*\n";

// A Raspberry Pi 3B with NetworkManager, or ifupdown without ifenslave; by default with an adapter, and on a network
// where all goes well.
class Node {
 public:
  explicit Node(bool with_adapter = true, StackKind stack = StackKind::kNetworkManager)
      : sysfs_(tree_.root()), system_(tree_.root(), 1795000000) {
    if (stack == StackKind::kIfupdown) {
      tree_.merged_usr().enable("networking.service").put("/etc/network/interfaces", std::string(kDebianInterfaces));
    } else {
      tree_.merged_usr().enable("NetworkManager.service").folder("/etc/NetworkManager/system-connections");
    }
    sysfs_.add_board(Board::kPi3B);
    std::erase_if(network_.network.links, [](const Link& at) { return at.index == kAdapterLink; });
    if (with_adapter) plug_adapter();
    system_.set_programs([this](const std::vector<std::string>& argv) { return on_program(argv); });
  }

  void plug_adapter() {
    sysfs_.plug(test::r8152("eth1", "1-1.2"));
    network_.network.links.push_back(fake_link(std::stoi(get("/sys/class/net/eth1/ifindex")), "eth1"));
  }
  void plug_second_adapter() {
    auto other = test::r8152("eth2", "1-1.3");
    other.mac = "00:e0:4c:68:00:02";
    sysfs_.plug(other);
    network_.network.links.push_back(fake_link(kSecondAdapterLink, "eth2"));
  }
  void unplug_adapter() {
    sysfs_.unplug("1-1.2");
    std::erase_if(network_.network.links, [](const Link& at) { return at.index != kOnboardLink && at.kind.empty(); });
  }

  Facts facts() {
    Facts facts;
    facts.network = gather_network(tree_.root(), record_, network_);
    return facts;
  }
  Check check() { return step_->check(facts(), record_); }
  Status apply() { return step_->apply(facts(), record_, system_); }
  // To an interface that has its kernel's name.
  void pull_cable(const std::string& name) {
    sysfs_.put("sys/class/net/" + name + "/carrier", "0");
    std::ranges::find(network_.network.links, name, &Link::name)->carrier = false;
  }
  // What the kernel has at the start of the next boot.
  void reboot() {
    network_.network.addresses.clear();
    network_.network.routes.clear();
    std::erase_if(network_.network.links, [](const Link& at) { return at.index == kBondLink; });
    for (Link& link : network_.network.links)
      link = fake_link(link.index, link.index == kOnboardLink ? "eth0" : "eth1");
    programs.clear();
  }
  // As from a DHCP server that knows the node: its address, and the way to its gateway.
  void lease_address(int link) {
    network_.network.addresses.push_back({link, record_.network.address, record_.network.prefix});
    network_.network.routes.push_back({link, {}, record_.network.gateway, 100});
  }
  bool has(std::string_view path) const { return std::filesystem::exists(below(tree_.root(), path)); }
  std::string get(std::string_view path) const { return read_text_file(below(tree_.root(), path), kMiB).content; }
  std::vector<std::string> connections() const {
    std::vector<std::string> names;
    const auto folder = tree_.path("/etc/NetworkManager/system-connections");
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
    return names;
  }

  // What the stack makes of its files once it is told to; nothing: the address never comes.
  bool stack_works = true;
  std::vector<std::string> programs;

  ImageTree tree_;
  FakeSysfs sysfs_;
  NodeRecord record_ = sample_record();
  FakeNetwork network_ = test::fake_network_of_board(record_);
  FakeSystem system_;
  std::unique_ptr<const Step> step_ = make_network_step(network_);

 private:
  Status on_program(const std::vector<std::string>& argv) {
    programs.push_back(argv.front() + (argv.size() > 1 ? " " + argv[1] : ""));
    if (stack_works) test::play_network_manager(tree_.root(), record_, network_);
    return ok_status();
  }
};

TEST(NetworkStep, SetsUpProvesAndThenHasNothingToDo) {
  Node node;
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  const Status applied = node.apply();
  ASSERT_TRUE(applied.ok()) << applied.error().what();
  const Check after = node.check();
  EXPECT_EQ(after.state, Check::State::kDone) << after.reason;
  EXPECT_NE(after.reason.find("192.168.3.13/24"), std::string::npos) << after.reason;
  EXPECT_FALSE(node.connections().empty());
  EXPECT_TRUE(node.has(kSettledNetworkPath));
  EXPECT_FALSE(node.has(kNetworkRollbackPath)) << "what has been proved has no way back";
}

TEST(NetworkStep, LetsTheStackGoOfTheOldNamesFirstAndMindsNoFailureOfThat) {
  Node node;
  const std::vector<std::string> farewell = {"systemctl", "stop", "ifup@eth1.service"};
  node.system_.set_programs([&](const std::vector<std::string>& argv) -> Status {
    if (argv == farewell) return Error(ErrorCode::kIo, "not loaded");
    test::play_network_manager(node.tree_.root(), node.record_, node.network_);
    return ok_status();
  });
  Facts facts = node.facts();
  facts.network->config->farewells = {farewell};
  ASSERT_TRUE(node.step_->apply(facts, node.record_, node.system_).ok());
  const auto& changes = node.system_.changes();
  const auto at = [&](std::string_view what) {
    return std::ranges::find_if(changes, [&](const std::string& change) { return change.starts_with(what); });
  };
  ASSERT_NE(at("run systemctl stop ifup@eth1.service"), changes.end());
  EXPECT_LT(at("run systemctl stop ifup@eth1.service"), at("write /etc/NetworkManager/"));
}

TEST(NetworkStep, LetsTheStackGoOfTheNamesWheneverItRenames) {
  const std::vector<std::string> farewell = {"farewell", "to-names"};
  const auto farewells = [](const Node& node) { return std::ranges::count(node.programs, "farewell to-names"); };
  Node node;
  const auto apply = [&] {
    Facts facts = node.facts();
    facts.network->config->farewells = {farewell};
    return node.step_->apply(facts, node.record_, node.system_);
  };
  ASSERT_TRUE(apply().ok());
  EXPECT_EQ(farewells(node), 1);
  ASSERT_TRUE(node.network_.delete_link(kBondLink).ok());
  ASSERT_TRUE(apply().ok());
  EXPECT_EQ(farewells(node), 2) << "taken up again";

  Node failing;
  failing.stack_works = false;
  Facts facts = failing.facts();
  facts.network->config->farewells = {farewell};
  EXPECT_FALSE(failing.step_->apply(facts, failing.record_, failing.system_).ok());
  EXPECT_EQ(farewells(failing), 2) << "before the old names come back as well";
}

TEST(NetworkStep, AsksWhetherTheAddressIsTakenBeforeItTakesIt) {
  Node node;
  node.network_.set_answer(node.record_.network.address, kStrangerMac);
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("aa:bb:cc:dd:ee:ff"), std::string::npos) << applied.error().what();
  EXPECT_TRUE(node.connections().empty());
  EXPECT_TRUE(node.programs.empty());
  ASSERT_EQ(node.network_.questions().size(), 1U);
  EXPECT_EQ(node.network_.questions()[0].sender, Ipv4{}) << "a probe must not leave a trace";
}

TEST(NetworkStep, PutsTheOldConfigurationBackWhenTheNewOneIsNotProved) {
  Node node;
  node.stack_works = false;
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("previous network configuration is back"), std::string::npos)
      << applied.error().what();
  EXPECT_TRUE(node.connections().empty());
  EXPECT_FALSE(node.has(kSettledNetworkPath));
  EXPECT_FALSE(node.has(kNetworkRollbackPath));
  ASSERT_FALSE(node.programs.empty());
  EXPECT_EQ(node.programs.back(), "systemctl restart");
  EXPECT_NE(node.network_.network.find_link("eth1"), nullptr) << "the interface has its old name again";
}

TEST(NetworkStep, IsNotProvedByAnAddressThatAnotherInterfaceHas) {
  Node node;
  node.stack_works = false;
  node.lease_address(kOnboardLink);
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("has the address 192.168.3.13/24, and not kr-bond0"), std::string::npos)
      << applied.error().what();
  EXPECT_FALSE(node.has(kSettledNetworkPath));
  EXPECT_TRUE(node.connections().empty());
}

TEST(NetworkStep, IsNotDoneWhileAnotherInterfaceHasTheAddress) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.network_.delete_link(kBondLink).ok());
  node.lease_address(kOnboardLink);
  EXPECT_EQ(node.check().state, Check::State::kNeededThisBoot);
  EXPECT_TRUE(node.apply().ok()) << "the stack makes the bond once it is told to";
  EXPECT_NE(node.network_.network.find_link(kBondLink), nullptr);
}

TEST(NetworkStep, IsNotProvedWhileTheGatewayIsSilent) {
  Node node;
  node.network_.clear_answers();
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("192.168.3.1 does not answer"), std::string::npos) << applied.error().what();
  EXPECT_TRUE(node.connections().empty());
  EXPECT_EQ(node.network_.network.find_link(kBondLink), nullptr) << "the bond is gone";
}

TEST(NetworkStep, KeepsWhatWasProvedOnceWhenTheGatewayIsAwayLater) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  node.network_.clear_answers();
  node.programs.clear();
  const Check check = node.check();
  EXPECT_EQ(check.state, Check::State::kDone);
  EXPECT_NE(check.reason.find("but the gateway 192.168.3.1 does not answer on kr-bond0"), std::string::npos)
      << check.reason;
  EXPECT_TRUE(node.apply().ok());
  EXPECT_TRUE(node.programs.empty()) << "who uses the network keeps it";
  EXPECT_FALSE(node.connections().empty());
  EXPECT_TRUE(node.has(kSettledNetworkPath));
}

TEST(NetworkStep, TakesUpAgainWhatLostItsAddressAndIsContentWithASilentGateway) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  ASSERT_TRUE(node.network_.delete_link(kBondLink).ok());
  node.network_.clear_answers();
  node.programs.clear();
  EXPECT_EQ(node.check().state, Check::State::kNeededThisBoot);
  EXPECT_TRUE(node.apply().ok());
  EXPECT_EQ(node.programs, (std::vector<std::string>{"nmcli connection", "nmcli --wait"}));
}

TEST(NetworkStep, WantsTheGatewayOfAConfigurationThatARunWasCutOffAt) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  node.network_.clear_answers();
  ASSERT_TRUE(node.system_.replace_file(kNetworkRollbackPath, format_files_before({}), FileMode::kPrivate).ok());
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  EXPECT_FALSE(node.apply().ok());
  EXPECT_TRUE(node.has(kNetworkRollbackPath));
}

TEST(NetworkStep, GoesBackToWhatWasThereBeforeARunThatWasCutOff) {
  Node node;
  ASSERT_TRUE(node.system_.make_folder(kStateFolder).ok());
  // The cut-off run had written over this one, and kept it.
  const std::string name = gather_network(node.tree_.root(), node.record_, node.network_).config->files.back().path;
  ASSERT_TRUE(node.system_.make_folder(std::filesystem::path(name).parent_path().string()).ok());
  ASSERT_TRUE(node.system_.replace_file(name, "half-written", FileMode::kPrivate).ok());
  const FilesBefore before = {{name, FileBefore{"the owner's", FileMode::kPrivate}}};
  ASSERT_TRUE(node.system_.replace_file(kNetworkRollbackPath, format_files_before(before), FileMode::kPrivate).ok());
  node.stack_works = false;
  ASSERT_FALSE(node.apply().ok());
  EXPECT_EQ(node.get(name), "the owner's");
}

// What does not go back must not keep the rest from it, least of all the network's service.
TEST(NetworkStep, StartsTheServiceAgainWhateverElseCannotBePutBack) {
  Node full;
  full.system_.set_programs([&](const std::vector<std::string>& argv) -> Status {
    full.programs.push_back(argv.front() + " " + argv[1]);
    if (argv.front() == "systemctl") return ok_status();
    full.system_.set_fault({test::Fault::Kind::kErrorOnFiles, 0, ENOSPC});
    return Error(ErrorCode::kIo, "nmcli failed");
  });
  const Status applied = full.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("could not be put back"), std::string::npos) << applied.error().what();
  EXPECT_EQ(full.programs.back(), "systemctl restart");
  EXPECT_NE(full.network_.network.find_link("eth1"), nullptr);

  Node taken;
  taken.stack_works = false;
  taken.network_.set_failure("rename kr-usb0 eth1", Error(ErrorCode::kAlreadyExists, "rename: File exists"));
  taken.network_.set_failure("delete kr-bond0", Error(ErrorCode::kNotFound, "no such link"));
  Link bond = fake_link(kBondLink, "kr-bond0");
  bond.kind = "bond";
  taken.network_.network.links.push_back(bond);
  const Status refused = taken.apply();
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().what().find("File exists"), std::string::npos) << refused.error().what();
  EXPECT_EQ(taken.programs.back(), "systemctl restart");
  EXPECT_TRUE(std::ranges::all_of(taken.network_.network.links, &Link::up));
  EXPECT_NE(taken.network_.network.find_link("eth0"), nullptr);
}

TEST(NetworkStep, WritesNoFileBackThatIsStillAsItWas) {
  Node node;
  const std::string theirs = node.facts().network->config->files.front().path;
  ASSERT_TRUE(node.system_.replace_file(theirs, "the owner's", FileMode::kPrivate).ok());
  const auto is_write = [&](const std::string& change) { return change == "write " + theirs; };
  node.stack_works = false;
  const auto before = std::ranges::count_if(node.system_.changes(), is_write);
  // The state folder, what was there before, and then the first of the new files.
  node.system_.set_fault({test::Fault::Kind::kError, static_cast<int>(node.system_.changes().size()) + 3, ENOSPC});
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("configuration is back"), std::string::npos) << applied.error().what();
  EXPECT_EQ(std::ranges::count_if(node.system_.changes(), is_write), before + 1);
  EXPECT_EQ(node.get(theirs), "the owner's");
}

TEST(NetworkStep, TellsASettledStackAlsoWhenAnInterfaceKeepsItsName) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  node.reboot();
  node.stack_works = false;
  node.network_.set_failure("rename eth1 kr-usb0", Error(ErrorCode::kAlreadyExists, "rename: File exists"));
  EXPECT_FALSE(node.apply().ok());
  EXPECT_FALSE(node.programs.empty()) << "it may have been stopped for the renaming";
  EXPECT_TRUE(node.network_.network.find_link("eth1")->up);
}

TEST(NetworkStep, TouchesNothingWhenItCouldNotPutAFileBack) {
  Node node;
  const std::string path = "/etc/NetworkManager/system-connections/kr-usb0.nmconnection";
  node.tree_.put(path, std::string(2 * kMiB, '#'));
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find(path + " cannot be read"), std::string::npos) << applied.error().what();
  EXPECT_TRUE(node.programs.empty());
  EXPECT_TRUE(node.system_.changes().empty());
}

// ifenslave has left one out for being too early, and nobody would ever take it up again.
TEST(NetworkStep, TellsTheStackOfAnAdapterThatIsNotInTheBond) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  Link* adapter = &*std::ranges::find(node.network_.network.links, kAdapterLink, &Link::index);
  adapter->master = 0;
  const Check check = node.check();
  EXPECT_EQ(check.state, Check::State::kNeededThisBoot);
  EXPECT_NE(check.reason.find("kr-usb0 is not in kr-bond0"), std::string::npos) << check.reason;
  node.system_.set_programs([&](const std::vector<std::string>& /*argv*/) {
    adapter->master = kBondLink;
    return ok_status();
  });
  EXPECT_TRUE(node.apply().ok());
  EXPECT_EQ(node.check().state, Check::State::kDone) << node.check().reason;
  adapter->master = 0;
  adapter->carrier = false;
  EXPECT_EQ(node.check().state, Check::State::kDone) << "NetworkManager takes up none without a link";
}

TEST(NetworkStep, TellsTheStackOnceABootOfAnAdapterThatItDoesNotTake) {
  Node node;
  node.tree_.folder("/run");
  ASSERT_TRUE(node.apply().ok());
  Link* adapter = &*std::ranges::find(node.network_.network.links, kAdapterLink, &Link::index);
  adapter->master = 0;
  EXPECT_EQ(node.check().state, Check::State::kNeededThisBoot);
  EXPECT_TRUE(node.apply().ok()) << "the network is as good without";
  const Check check = node.check();
  EXPECT_EQ(check.state, Check::State::kDone);
  EXPECT_NE(check.reason.find("kr-usb0 is not in kr-bond0"), std::string::npos) << check.reason;
  EXPECT_NE(check.reason.find("no failover"), std::string::npos) << check.reason;
}

TEST(NetworkStep, LeavesTheBondAloneWhileItsAdapterIsAway) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  const auto before = node.connections();
  node.unplug_adapter();
  const Check check = node.check();
  EXPECT_EQ(check.state, Check::State::kDone) << check.reason;
  EXPECT_EQ(node.connections(), before);
}

TEST(NetworkStep, TakesUpAnAdapterThatComesAfterTheOnboardInterfaceWasSetUp) {
  Node node(false);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.check().state, Check::State::kDone);
  node.plug_adapter();
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
}

TEST(NetworkStep, TakesUpAnotherAdapterInPlaceOfOneThatIsGone) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  node.unplug_adapter();
  auto other = test::r8152("eth1", "1-1.3");
  other.mac = "00:e0:4c:68:00:02";
  node.sysfs_.plug(other);
  Link link = *node.network_.network.find_link(kOnboardLink);
  link.index = 7;
  link.name = "eth1";
  node.network_.network.links.push_back(link);
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
}

TEST(NetworkStep, MovesToTheOnboardInterfaceAndBackWhereTheStackCannotFailOver) {
  const std::string ours = "/etc/network/interfaces.d/kraken";
  Node node(true, StackKind::kIfupdown);
  const Status first = node.apply();
  ASSERT_TRUE(first.ok()) << first.error().what();
  EXPECT_NE(node.get(ours).find("iface kr-usb0 inet static"), std::string::npos);
  node.reboot();
  node.unplug_adapter();
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  const Status moved = node.apply();
  ASSERT_TRUE(moved.ok()) << moved.error().what();
  EXPECT_NE(node.get(ours).find("iface kr-lan0 inet static"), std::string::npos);
  EXPECT_EQ(node.check().state, Check::State::kDone) << node.check().reason;
  node.reboot();
  node.plug_adapter();
  ASSERT_TRUE(node.apply().ok());
  EXPECT_NE(node.get(ours).find("iface kr-usb0 inet static"), std::string::npos);
}

// Its service fails as well for want of any other interface of its files.
TEST(NetworkStep, BelievesTheProofAndNotIfupdownsExitStatus) {
  for (const bool works : {true, false}) {
    Node node(true, StackKind::kIfupdown);
    node.system_.set_programs([&](const std::vector<std::string>& argv) -> Status {
      if (works) test::play_network_manager(node.tree_.root(), node.record_, node.network_);
      return argv[1] == "restart" ? Status(Error(ErrorCode::kIo, "networking.service failed: eth7")) : ok_status();
    });
    const Status applied = node.apply();
    EXPECT_EQ(applied.ok(), works) << (applied.ok() ? "" : applied.error().what());
    EXPECT_FALSE(node.has(kNetworkRollbackPath)) << "a service that fails may have put everything back";
    if (works) continue;
    for (const char* part : {"configuration is back", "networking.service failed: eth7", "192.168.3.13"}) {
      EXPECT_NE(applied.error().what().find(part), std::string::npos) << applied.error().what();
    }
  }
}

TEST(NetworkStep, GivesTheNameOfAnAdapterWithoutALinkToTheOneThatHasOne) {
  for (const bool works : {true, false}) {
    Node node;
    node.record_.nic.mode = "single";
    ASSERT_TRUE(node.apply().ok());
    node.plug_second_adapter();
    node.sysfs_.put("sys/class/net/eth1/carrier", "0");
    node.pull_cable("eth0");
    ASSERT_EQ(node.check().state, Check::State::kNeeded) << node.check().reason;
    node.network_.network.addresses.clear();
    node.network_.network.routes.clear();
    node.stack_works = works;
    const Status applied = node.apply();
    EXPECT_EQ(applied.ok(), works) << (applied.ok() ? "" : applied.error().what());
    const Link* named = node.network_.network.find_link("kr-usb0");
    ASSERT_NE(named, nullptr);
    EXPECT_EQ(named->index, works ? kSecondAdapterLink : kAdapterLink) << "the old one has it again";
    const Link* first = node.network_.network.find_link(kAdapterLink);
    EXPECT_TRUE(first->up);
    EXPECT_EQ(first->name, works ? "kr-old0" : "kr-usb0");
  }
}

TEST(NetworkStep, FollowsTheCableWhereASingleInterfaceIsUsed) {
  Node node;
  node.record_.nic.mode = "single";
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.connections(), std::vector<std::string>{"kr-usb0.nmconnection"});
  node.reboot();
  node.pull_cable("eth1");
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.connections(), std::vector<std::string>{"kr-lan0.nmconnection"});
  EXPECT_EQ(node.check().state, Check::State::kDone) << node.check().reason;
}

TEST(NetworkStep, GivesNothingUpForAnInterfaceThatTurnsOutToHaveNoLinkEither) {
  Node node;
  node.record_.nic.mode = "single";
  ASSERT_TRUE(node.apply().ok());
  node.reboot();
  node.lease_address(kAdapterLink);  // a service keeps the address of an interface that lost its link
  node.pull_cable("eth0");
  node.sysfs_.put("sys/class/net/eth0/carrier", "");  // not known: it is down
  node.pull_cable("eth1");
  const Status applied = node.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("is a cable plugged in?"), std::string::npos) << applied.error().what();
  EXPECT_TRUE(node.programs.empty());
  EXPECT_EQ(node.connections(), std::vector<std::string>{"kr-usb0.nmconnection"});
}

TEST(NetworkStep, KnowsItsAdapterInAnotherSocketAndLeavesTheNetworkAlone) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  node.sysfs_.unplug("1-1.2");
  node.sysfs_.plug(test::r8152("eth1", "1-1.3"));
  node.network_.clear_answers();
  node.programs.clear();
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  const Status applied = node.apply();
  ASSERT_TRUE(applied.ok()) << applied.error().what();
  EXPECT_TRUE(node.programs.empty());
  EXPECT_NE(node.get(kSettledNetworkPath).find("usb-0:1.3:"), std::string::npos);
  EXPECT_EQ(node.check().state, Check::State::kDone) << node.check().reason;
}

TEST(NetworkStep, WritesNameServersWithoutTouchingTheNetwork) {
  const std::string path = "/etc/resolv.conf";
  Node node(true, StackKind::kIfupdown);
  ASSERT_TRUE(node.apply().ok());
  EXPECT_EQ(node.get(path), "nameserver 192.168.3.1\nnameserver 1.1.1.1\n");
  node.programs.clear();
  node.tree_.put(path, "nameserver 10.8.0.1\n" + node.get(path));
  EXPECT_EQ(node.check().state, Check::State::kDone) << "another one may be asked as well";
  node.tree_.put(path, "search vpn\nnameserver 10.8.0.1\n");
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
  const Status applied = node.apply();
  ASSERT_TRUE(applied.ok()) << applied.error().what();
  EXPECT_EQ(node.get(path), "nameserver 192.168.3.1\nnameserver 1.1.1.1\nsearch vpn\n");
  EXPECT_TRUE(node.programs.empty());
  EXPECT_EQ(node.check().state, Check::State::kDone) << node.check().reason;
}

TEST(NetworkStep, DoesNotTrustAKeyfileThatOthersMayRead) {
  Node node;
  ASSERT_TRUE(node.apply().ok());
  const auto folder = node.tree_.path("/etc/NetworkManager/system-connections");
  for (const std::string& name : node.connections()) {
    std::filesystem::permissions(folder / name, std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
  }
  EXPECT_EQ(node.check().state, Check::State::kNeeded);
}

TEST(NetworkStep, IsImpossibleWithoutAnyStack) {
  Node node;
  std::filesystem::remove_all(node.tree_.path("/etc/systemd"));
  EXPECT_EQ(node.check().state, Check::State::kImpossible);
}

TEST(NetworkStep, WaitsForALinkAndSaysWhenNoneComes) {
  Node node;
  for (Link& link : node.network_.network.links) link.carrier = false;
  int waits = 0;
  node.system_.set_while_waiting([&] {
    if (++waits == 3) node.network_.network.links.front().carrier = true;
  });
  EXPECT_TRUE(node.apply().ok()) << "the onboard interface's link is good enough to ask";

  Node dark;
  for (Link& link : dark.network_.network.links) link.carrier = false;
  const Status applied = dark.apply();
  ASSERT_FALSE(applied.ok());
  EXPECT_NE(applied.error().what().find("is a cable plugged in?"), std::string::npos);
}

}  // namespace
}  // namespace kraken
