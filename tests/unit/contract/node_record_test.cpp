#include "contract/node_record.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "json/json.h"
#include "support/node_records.h"

namespace kraken {
namespace {

using test::sample_record;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(NodeRecord, ComesBackAsItWasWritten) {
  const NodeRecord record = sample_record();
  ASSERT_TRUE(check_node_record(record).ok());
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(*parsed, record);
  EXPECT_EQ(format_node_record(*parsed), format_node_record(record));
}

TEST(NodeRecord, ComesBackWithEverythingOptionalLeftOut) {
  NodeRecord record = sample_record();
  record.node.labels.clear();
  record.network.dns.clear();
  record.tuning.clear();
  record.grow_root = false;
  record.boot_folder = "/boot";
  record.build.clock = 0;
  const auto parsed = parse_node_record(format_node_record(record));
  ASSERT_TRUE(parsed.ok()) << parsed.error().what();
  EXPECT_EQ(*parsed, record);
}

TEST(NodeRecord, RefusesAnotherVersionBeforeItsUnknownKeys) {
  const std::string text =
      replaced(format_node_record(sample_record()), "\"version\": 3,", "\"version\": 4, \"new\": 0,");
  const auto parsed = parse_node_record(text);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(parsed.error().what().find("version 4"), std::string::npos) << parsed.error().what();
}

TEST(NodeRecord, NamesAnUnknownKeyAndTheOneThatWasMeant) {
  const std::string text = replaced(format_node_record(sample_record()), "\"gateway\":", "\"gatway\": 1, \"gateway\":");
  const auto parsed = parse_node_record(text);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(parsed.error().what().find("network: unknown key \"gatway\" (did you mean \"gateway\"?)"),
            std::string::npos)
      << parsed.error().what();
}

// Every member of every object, taken out, made null, and given a twin.
void collect(const Json& value, const std::function<void(const Json&)>& use, const std::function<Json(Json)>& wrap) {
  const Json::Object* members = value.as_object();
  if (members == nullptr) return;
  for (std::size_t i = 0; i < members->size(); ++i) {
    Json::Object without = *members;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
    use(wrap(without));
    if (!(*members)[i].second.is_null()) {
      Json::Object null = *members;
      null[i].second = Json();
      use(wrap(null));
    }
    Json::Object extra = *members;
    extra.emplace_back((*members)[i].first + "_", Json(1));
    use(wrap(extra));
    collect((*members)[i].second, use, [&wrap, members, i](Json inner) {
      Json::Object outer = *members;
      outer[i].second = std::move(inner);
      return wrap(outer);
    });
  }
}

TEST(NodeRecord, RefusesEveryMissingKeyEveryNullAndEveryUnknownKey) {
  NodeRecord record = sample_record();
  record.node.labels.clear();  // free keys: any is allowed there
  record.tuning.clear();
  const auto document = parse_json(format_node_record(record));
  ASSERT_TRUE(document.ok());
  int variants = 0;
  collect(
      *document,
      [&](const Json& variant) {
        ++variants;
        EXPECT_FALSE(parse_node_record(format_json(variant)).ok()) << format_json(variant);
      },
      [](Json json) { return json; });
  EXPECT_GT(variants, 60);
}

struct BadValue {
  const char* place;
  std::function<void(NodeRecord&)> spoil;
};

const std::vector<BadValue>& bad_values() {
  static const std::vector<BadValue> kBad = {
      {"cluster.name", [](NodeRecord& r) { r.cluster.name = ""; }},
      {"cluster.name", [](NodeRecord& r) { r.cluster.name = "a\nb"; }},
      {"cluster.orchestrator", [](NodeRecord& r) { r.cluster.orchestrator = "nomad"; }},
      {"node.id", [](NodeRecord& r) { r.node.id = 0; }},
      {"node.id", [](NodeRecord& r) { r.node.id = 65536; }},
      {"node.name", [](NodeRecord& r) { r.node.name = "-kraken"; }},
      {"node.name", [](NodeRecord& r) { r.node.name = "kraken-"; }},
      {"node.name", [](NodeRecord& r) { r.node.name = "Kraken"; }},
      {"node.name", [](NodeRecord& r) { r.node.name = "kraken.local"; }},
      {"node.name", [](NodeRecord& r) { r.node.name = "kraken\n10.0.0.1 evil"; }},
      {"node.name", [](NodeRecord& r) { r.node.name = std::string(64, 'a'); }},
      {"node.name", [](NodeRecord& r) { r.node.name = ""; }},
      {"node.role", [](NodeRecord& r) { r.node.role = "Manager"; }},
      {"node.profile", [](NodeRecord& r) { r.node.profile = "../x"; }},
      {"node.labels", [](NodeRecord& r) { r.node.labels[""] = "x"; }},
      {"node.labels", [](NodeRecord& r) { r.node.labels["a b"] = "x"; }},
      {"node.labels", [](NodeRecord& r) { r.node.labels["a"] = std::string("x\0y", 3); }},
      {"build.clock", [](NodeRecord& r) { r.build.clock = -1; }},
      {"build.clock", [](NodeRecord& r) { r.build.clock = 253402300800; }},
      {"build.tool", [](NodeRecord& r) { r.build.tool = ""; }},
      {"build.base_sha256", [](NodeRecord& r) { r.build.base_sha256 = std::string(64, 'A'); }},
      {"build.base_sha256", [](NodeRecord& r) { r.build.base_sha256.pop_back(); }},
      {"network.prefix", [](NodeRecord& r) { r.network.prefix = 0; }},
      {"network.prefix", [](NodeRecord& r) { r.network.prefix = 31; }},
      {"network.address", [](NodeRecord& r) { r.network.address = {0xc0a80300}; }},
      {"network.address", [](NodeRecord& r) { r.network.address = {0xc0a803ff}; }},
      {"network.gateway", [](NodeRecord& r) { r.network.gateway = {0xc0a80401}; }},
      {"network.gateway", [](NodeRecord& r) { r.network.gateway = r.network.address; }},
      {"nic.primary", [](NodeRecord& r) { r.nic.primary = "wlan"; }},
      {"nic.fallback", [](NodeRecord& r) { r.nic.fallback = ""; }},
      {"nic.mode", [](NodeRecord& r) { r.nic.mode = "bond"; }},
      {"tuning", [](NodeRecord& r) { r.tuning["a/b"] = true; }},
      {"hosts", [](NodeRecord& r) { r.hosts.clear(); }},
      {"hosts", [](NodeRecord& r) { r.hosts.pop_back(); }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].name = "kraken-2"; }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].address = r.hosts[1].address; }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].name = "kraken 1"; }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].role = "Manager"; }},
      {"hosts", [](NodeRecord& r) { r.hosts[2].role = kManagerRole; }},  // this node is a worker
      {"hosts", [](NodeRecord& r) { r.hosts[0].id = 0; }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].id = 65536; }},
      {"hosts", [](NodeRecord& r) { r.hosts[0].id = 2; }},
      {"hosts", [](NodeRecord& r) { r.hosts[2].id = 4; }},  // this node is 3
      {"boot_folder", [](NodeRecord& r) { r.boot_folder = "/boot/"; }},
      {"boot_folder", [](NodeRecord& r) { r.boot_folder = "/etc"; }},
  };
  return kBad;
}

TEST(NodeRecord, RefusesEveryBadValueAndSaysWhere) {
  for (const BadValue& bad : bad_values()) {
    NodeRecord record = sample_record();
    bad.spoil(record);
    EXPECT_FALSE(check_node_record(record).ok()) << bad.place;
    const auto parsed = parse_node_record(format_node_record(record));
    ASSERT_FALSE(parsed.ok()) << bad.place << "\n" << format_node_record(record);
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(parsed.error().what().find(std::string("node record: ") + bad.place), 0U) << parsed.error().what();
  }
}

TEST(NodeRecord, RefusesWrongTypesAndForms) {
  const std::string good = format_node_record(sample_record());
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"\"id\": 3", "\"id\": \"3\""},
      {"\"id\": 3", "\"id\": 3.0"},
      {"\"id\": 3", "\"id\": -1"},
      {"\"id\": 3", "\"id\": 4294967299"},
      {"\"rps\": true", "\"rps\": \"yes\""},
      {"\"rps\": true", "\"rps\": 1.5"},
      {"\"disk\": \"sd\"", "\"disk\": 1"},
      {"\"192.168.3.13\"", "\"192.168.3.013\""},
      {"\"192.168.3.13\"", "\"fe80::1\""},
      {"\"grow_root\": true", "\"grow_root\": 1"},
      {"\"kraken-node\"", "\"kraken-status\""},
      {"\"version\": 3", "\"version\": \"3\""},
      {"\"version\": 3", "\"version\": 3, \"version\": 3"},
  };
  for (const auto& [from, to] : changes) EXPECT_FALSE(parse_node_record(replaced(good, from, to)).ok()) << to;
  EXPECT_FALSE(parse_node_record("[]").ok());
  EXPECT_FALSE(parse_node_record("").ok());
  EXPECT_FALSE(parse_node_record(good + "{}").ok());
  EXPECT_FALSE(parse_node_record(good + std::string(kNodeRecordMaxSize, ' ')).ok());
}

TEST(NodeRecord, RefusesEveryTruncation) {
  const std::string good = format_node_record(sample_record());
  const std::size_t last = good.rfind('}');
  for (std::size_t size = 0; size <= last; ++size) EXPECT_FALSE(parse_node_record(good.substr(0, size)).ok()) << size;
}

}  // namespace
}  // namespace kraken
