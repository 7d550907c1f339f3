// What a node measures of its link, and when.
#include "run/tuning_measurement.h"

#include <gtest/gtest.h>

#include "json/json.h"
#include "report/publish.h"
#include "support/networked_node.h"

namespace kraken {
namespace {

using test::NetworkedNode;

constexpr std::string_view kActiveSlave = "/sys/class/net/kr-bond0/bonding/active_slave";
constexpr Ipv4 kManager{0xc0a8030b};

LinkSpeeds speeds_of(const NetworkedNode& node) {
  const auto speeds = read_link_speeds(node.node.root());
  EXPECT_TRUE(speeds) << node.node.get(kLinkSpeedsPath);
  return speeds.value_or(LinkSpeeds{});
}

std::string status_text_of(const NetworkedNode& node) {
  return node.node.get("/boot/firmware/kraken-status.txt");
}

NodeRecord managers_record() {
  NodeRecord record = test::record_with_tuning();
  record.node.role = kManagerRole;
  record.hosts[2].role = kManagerRole;
  record.cluster.orchestrator = "none";  // so that nobody asks who else is a manager
  record.join.reset();
  return record;
}

TEST(TuningMeasurement, MeasuresAgainstTheManagerBeforeAndAfterTuning) {
  const NetworkedNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone) << status_text_of(node);
  ASSERT_EQ(node.meter.measured.size(), 3U);
  EXPECT_EQ(node.meter.measured[0].peer, kManager);
  EXPECT_EQ(node.meter.measured[0].ip_forward, "0\n");
  EXPECT_EQ(node.meter.measured[2].ip_forward, "1");
  const LinkSpeeds speeds = speeds_of(node);
  EXPECT_EQ(speeds.peer, kManager);
  const LinkSpeed* before = speeds.find(LinkSpeed::Of::kBeforeTuning);
  const LinkSpeed* after = speeds.find(LinkSpeed::Of::kAfterTuning);
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(before->interface, "kr-bond0");
  EXPECT_EQ(before->sent_kbit, 221060);
  EXPECT_EQ(after->received_kbit, 224000);
  EXPECT_NE(status_text_of(node).find("221.1 Mbit/s to it, 224.0 Mbit/s from it"), std::string::npos)
      << status_text_of(node);
}

TEST(TuningMeasurement, MeasuresTheInterfaceThatStandsByAndGoesBack) {
  const NetworkedNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone);
  ASSERT_EQ(node.meter.measured.size(), 3U);
  EXPECT_EQ(node.meter.measured[1].active_slave, "kr-lan0");
  EXPECT_EQ(node.node.get(kActiveSlave), "kr-usb0");
  const LinkSpeeds speeds = speeds_of(node);
  const LinkSpeed* fallback = speeds.find(LinkSpeed::Of::kFallback);
  ASSERT_NE(fallback, nullptr);
  EXPECT_EQ(fallback->interface, "kr-lan0");
  EXPECT_EQ(fallback->sent_kbit, 93400);
}

TEST(TuningMeasurement, MeasuresOnceInANodesLife) {
  const NetworkedNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone);
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 3U);
}

TEST(TuningMeasurement, IsDoneWithoutAManagerToMeasureWithAndSaysSoAfterThreeRuns) {
  const NetworkedNode node;
  node.meter.problem = "nobody\nanswers";
  for (const std::size_t measured : {1U, 2U, 3U, 3U, 3U}) {
    ASSERT_EQ(node.boot(), Outcome::kDone);
    EXPECT_EQ(node.meter.measured.size(), measured) << "whoever was away is not waited for twice in a run";
    EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kAfterTuning)->problem, "nobody answers");
    EXPECT_NE(status_text_of(node).find("not measured: nobody"), std::string::npos) << status_text_of(node);
    node.node.reboot();
  }
  node.meter.problem = "";
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 3U) << "it was tried often enough";
}

TEST(TuningMeasurement, TriesAgainInTheNextRunsWhatFailed) {
  const NetworkedNode node;
  node.meter.problem = "nobody answers";
  ASSERT_EQ(node.boot(), Outcome::kDone);
  node.meter.problem = "";
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  const LinkSpeeds speeds = speeds_of(node);
  ASSERT_EQ(speeds.speeds.size(), 3U);
  EXPECT_EQ(speeds.speeds[0], (LinkSpeed{LinkSpeed::Of::kBeforeTuning, "kr-bond0", 0, 0, "nobody answers"}));
  EXPECT_EQ(speeds.speeds[1], (LinkSpeed{LinkSpeed::Of::kFallback, "kr-lan0", 93400, 93900, ""}));
  EXPECT_EQ(speeds.speeds[2], (LinkSpeed{LinkSpeed::Of::kAfterTuning, "kr-bond0", 221060, 224000, "", 2}));
  const std::string text = status_text_of(node);
  EXPECT_NE(text.find("not measured: nobody answers"), std::string::npos) << text;
  EXPECT_NE(text.find("221.1 Mbit/s to it, 224.0 Mbit/s from it"), std::string::npos) << text;
  EXPECT_EQ(node.node.get(kActiveSlave), "kr-usb0");
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 3U);
}

// To set the network up again in the same run would take it from whoever uses it, and as long once more.
TEST(FirstBoot, TriesTheNetworkOnceInARunWhateverIsTunedAfterIt) {
  NetworkedNode node;
  node.gateway_answers = false;
  EXPECT_EQ(node.boot(), Outcome::kNotDone);
  EXPECT_EQ(node.node.get("/proc/sys/net/ipv4/ip_forward"), "1");
  EXPECT_EQ(std::ranges::count(node.changes, "write /var/lib/kraken/network-before.json"), 1);
}

TEST(TuningMeasurement, TriesNothingAgainByHandOnAFinishedNode) {
  const NetworkedNode node;
  node.meter.problem = "nobody answers";
  ASSERT_EQ(node.boot(), Outcome::kDone);
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 1U);
  EXPECT_EQ(std::ranges::count(node.changes, "write " + std::string(kLinkSpeedsPath)), 0);
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 2U);
}

// Of a link that is negotiated anew nothing is measured but the other one.
TEST(TuningMeasurement, WaitsUntilTheBondIsBackOnItsPrimary) {
  NetworkedNode node;
  node.away_after_tuning = 4;
  ASSERT_EQ(node.boot(), Outcome::kDone) << status_text_of(node);
  ASSERT_EQ(node.meter.measured.size(), 3U);
  EXPECT_EQ(node.meter.measured[2].active_slave, "kr-usb0");
  EXPECT_TRUE(node.is_back);
}

TEST(TuningMeasurement, TriesTheFallbackAloneAgainOnceARun) {
  const NetworkedNode node;
  node.meter.standby_problem = "the peer is busy";
  for (const std::size_t measured : {3U, 4U, 5U, 5U}) {
    ASSERT_EQ(node.boot(), Outcome::kDone);
    EXPECT_EQ(node.meter.measured.size(), measured);
    node.node.reboot();
  }
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kFallback)->problem, "the peer is busy");
}

TEST(TuningMeasurement, TriesAgainWhatAnOlderVersionFailedAt) {
  const NetworkedNode node;
  ASSERT_EQ(node.boot(), Outcome::kDone);
  node.node.put(
      kLinkSpeedsPath,
      R"({"format": "kraken-link-speeds", "version": 1, "peer": "192.168.3.11", "speeds": [)"
      R"({"of": "before-tuning", "interface": "kr-bond0", "sent_kbit": 0, "received_kbit": 0, "problem": "x"},)"
      R"({"of": "after-tuning", "interface": "kr-bond0", "sent_kbit": 0, "received_kbit": 0, "problem": "x"}]})");
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kBeforeTuning)->problem, "x");
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kAfterTuning)->sent_kbit, 221060);
}

TEST(TuningMeasurement, WaitsTheLongerForItsTurnTheMoreNodesThereAre) {
  const auto patience = [](std::size_t nodes) {
    NodeRecord record = test::record_with_tuning();
    for (std::size_t i = record.hosts.size(); i < nodes; ++i) {
      RecordHost host = record.hosts.back();
      host.name = "more-" + std::to_string(i);
      host.id = static_cast<std::uint32_t>(100 + i);
      host.address.bits = 0xc0a80364 + static_cast<std::uint32_t>(i);
      record.hosts.push_back(host);
    }
    record.join->expected = static_cast<std::uint32_t>(record.hosts.size());
    const NetworkedNode node(record);
    EXPECT_EQ(node.boot(), Outcome::kDone) << status_text_of(node);
    return node.meter.measured.empty() ? std::chrono::seconds(0) : node.meter.measured[0].patience;
  };
  const std::chrono::seconds seven = patience(7);
  EXPECT_GT(seven, patience(3));
  EXPECT_GE(seven, std::chrono::seconds(5 * 6 * 4)) << "five others, three measurements, two ways";
  EXPECT_EQ(patience(60), kMostPatienceForTurns) << "a run has no more time";
}

TEST(TuningMeasurement, LeavesTheOnlyManagerAndWhoDoesNotWantItAlone) {
  NodeRecord unwanted = test::record_with_tuning();
  unwanted.nic.measure = false;
  NodeRecord manager = managers_record();
  manager.hosts[0].role = "worker";
  for (const NodeRecord& record : {unwanted, manager}) {
    const NetworkedNode node(record);
    ASSERT_EQ(node.boot(), Outcome::kDone);
    EXPECT_TRUE(node.meter.measured.empty());
    EXPECT_FALSE(std::filesystem::exists(node.node.path(kLinkSpeedsPath)));
  }
}

TEST(TuningMeasurement, ASecondManagerMeasuresAgainstTheFirst) {
  const NetworkedNode node(managers_record());
  ASSERT_EQ(node.boot(), Outcome::kDone);
  ASSERT_FALSE(node.meter.measured.empty());
  EXPECT_EQ(node.meter.measured[0].peer, kManager);
}

TEST(TuningMeasurement, MeasuresAfterwardsAloneWhatWasTunedInARunWithoutANetwork) {
  NetworkedNode node;
  node.gateway_answers = false;
  EXPECT_EQ(node.boot(), Outcome::kNotDone);
  EXPECT_TRUE(node.meter.measured.empty());
  node.gateway_answers = true;
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone) << status_text_of(node);
  ASSERT_EQ(node.meter.measured.size(), 2U) << "and the fallback, which could not be measured either";
  ASSERT_NE(speeds_of(node).find(LinkSpeed::Of::kBeforeTuning), nullptr);
  EXPECT_NE(speeds_of(node).find(LinkSpeed::Of::kBeforeTuning)->problem, "") << "the report says that it is missing";
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kAfterTuning)->problem, "");
}

TEST(LinkSpeeds, ComeBackAsTheyWereWritten) {
  const LinkSpeeds speeds{kManager,
                          {{LinkSpeed::Of::kBeforeTuning, "kr-bond0", 1, 2, ""},
                           {LinkSpeed::Of::kFallback, "kr-lan0", 0, 0, "the peer was busy", 3},
                           {LinkSpeed::Of::kAfterTuning, "kr-bond0", 1000000000, 0, ""}},
                          "0b5f0c6e-6c5e-4b2a"};
  const auto read = parse_link_speeds(format_link_speeds(speeds));
  ASSERT_TRUE(read.ok()) << read.error().what();
  EXPECT_EQ(*read, speeds);
}

TEST(LinkSpeeds, RefuseWhatAreNone) {
  const std::string good =
      format_link_speeds({kManager, {{LinkSpeed::Of::kFallback, "kr-lan0", 93400, 93900, "a sentence"}}});
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string text = good;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
  };
  const std::string tries = "\"problem\": \"a sentence\"";
  for (const std::string& text :
       {with(tries, tries + ", \"tries\": 0"), with(tries, tries + ", \"tries\": \"2\""),
        with(tries, tries + ", \"attempts\": 2"), std::string(), good.substr(0, good.size() / 2),
        with("kraken-link-speeds", "other"), with("93400", "-1"), with("93400", "1000000001"), with("kr-lan0", "a/b"),
        with("\"fallback\"", "\"sideways\""), with("192.168.3.11", "192.168.3"), with("a sentence", "\\u001b[2J"),
        with("a sentence", std::string(kLongestSpeedProblem + 1, 'x'))}) {
    const auto read = parse_link_speeds(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_EQ(read.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_EQ(parse_link_speeds(with("\"version\": 1", "\"version\": 2")).error().code(), ErrorCode::kUnsupported);
  const LinkSpeed twin{LinkSpeed::Of::kFallback, "kr-lan0", 1, 1, ""};
  EXPECT_FALSE(parse_link_speeds(format_link_speeds({kManager, {twin, twin}})).ok());
}

TEST(LinkSpeeds, KeepAProblemThatAPeerMadeUpPrintableAndShort) {
  const auto read = parse_link_speeds(format_link_speeds(
      {kManager, {{LinkSpeed::Of::kFallback, "kr-lan0", 0, 0, "\x1b[2J\xff" + std::string(5000, 'x')}}}));
  ASSERT_TRUE(read.ok()) << read.error().what();
  EXPECT_EQ(read->speeds[0].problem.size(), kLongestSpeedProblem);
  EXPECT_TRUE(read->speeds[0].problem.starts_with(" [2J x"));
}

}  // namespace
}  // namespace kraken
