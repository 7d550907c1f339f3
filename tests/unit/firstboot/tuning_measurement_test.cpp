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

TEST(TuningMeasurement, IsDoneWithoutAManagerToMeasureWithAndSaysSo) {
  const NetworkedNode node;
  node.meter.problem = "nobody\nanswers";
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 1U) << "whoever was away is not waited for twice";
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kAfterTuning)->problem, "nobody answers");
  EXPECT_NE(status_text_of(node).find("not measured: nobody"), std::string::npos) << status_text_of(node);
  node.node.reboot();
  ASSERT_EQ(node.boot(), Outcome::kDone);
  EXPECT_EQ(node.meter.measured.size(), 1U);
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
  ASSERT_EQ(node.meter.measured.size(), 1U);
  EXPECT_EQ(speeds_of(node).find(LinkSpeed::Of::kBeforeTuning), nullptr);
  EXPECT_NE(speeds_of(node).find(LinkSpeed::Of::kAfterTuning), nullptr);
}

TEST(LinkSpeeds, ComeBackAsTheyWereWritten) {
  const LinkSpeeds speeds{kManager,
                          {{LinkSpeed::Of::kBeforeTuning, "kr-bond0", 1, 2, ""},
                           {LinkSpeed::Of::kFallback, "kr-lan0", 0, 0, "the peer was busy"},
                           {LinkSpeed::Of::kAfterTuning, "kr-bond0", 1000000000, 0, ""}}};
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
  for (const std::string& text :
       {std::string(), good.substr(0, good.size() / 2), with("kraken-link-speeds", "other"), with("93400", "-1"),
        with("93400", "1000000001"), with("kr-lan0", "a/b"), with("\"fallback\"", "\"sideways\""),
        with("192.168.3.11", "192.168.3"), with("a sentence", "\\u001b[2J"),
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
