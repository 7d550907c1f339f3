// The schemas against the reader: what one takes, the other takes, with jsonschema as the judge of the schemas.
#include <gtest/gtest.h>

#include "config/cluster_reader.h"
#include "config/reader.h"
#include "json/json.h"
#include "support/config_files.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;
using test::changed;

// Debian's interpreter: the packages python3-jsonschema and python3-yaml are its.
constexpr const char* kChecker = "/usr/bin/python3 -W ignore " KRAKEN_SOURCE_DIR "/tests/support/json_schema_check.py ";

// One line of the checker's for each file, in order.
std::string checked(SchemaKind kind, const std::vector<fs::path>& files) {
  const test::TempFolder folder;
  test::write(folder / "schema.json", json_schema(kind));
  std::string command = kChecker + (folder / "schema.json").string();
  for (const auto& file : files) command += " '" + file.string() + "'";
  const auto ran = test::run(command);
  EXPECT_EQ(ran.status, 0) << ran.output;
  return ran.output;
}

std::vector<fs::path> yaml_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  return files;
}

void expect_all_right(SchemaKind kind, const std::vector<fs::path>& files) {
  ASSERT_FALSE(files.empty());
  const std::string output = checked(kind, files);
  for (const auto& file : files) {
    EXPECT_NE(output.find(file.string() + ": ok"), std::string::npos) << output;
    const Status read = check_text(kind, test::read(file), file.string());
    EXPECT_TRUE(read.ok()) << read.error().what();
  }
}

TEST(Schema, TakesWhatShips) {
  const fs::path source(KRAKEN_SOURCE_DIR);
  expect_all_right(SchemaKind::kCluster, {source / "profiles/example/cluster.yaml"});
  expect_all_right(SchemaKind::kProfile, yaml_files(source / "profiles"));
  if (fs::is_directory(source / "profiles/bases")) {
    expect_all_right(SchemaKind::kBase, yaml_files(source / "profiles/bases"));
  }
  for (const auto& overlay : fs::directory_iterator(source / "overlays")) {
    if (fs::exists(overlay.path() / "overlay.yaml")) {
      expect_all_right(SchemaKind::kOverlay, {overlay.path() / "overlay.yaml"});
    }
  }
}

TEST(Shipped, ExampleIsRightOnceThereIsAKey) {
  const fs::path source(KRAKEN_SOURCE_DIR);
  const test::TempFolder folder;
  test::write(folder / "cluster.yaml", test::read(source / "profiles/example/cluster.yaml"));
  test::write(folder / "id_ed25519.pub", test::kPublicKey);
  test::write(folder / "profiles/bases/debian-12-arm64.yaml", changed(test::kTinyBase, "tiny", "debian-12-arm64"));
  const auto cluster = read_cluster(folder / "cluster.yaml", {source});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->nodes.size(), 7U);
  EXPECT_EQ(cluster->nodes[0].profile.role.value, Role::kManager);
  EXPECT_EQ(format_ipv4(cluster->nodes[6].address.value), "192.168.3.17");
  EXPECT_EQ(cluster->nodes[2].profile.overlays.at(0).value, "container-host");
}

TEST(Schema, TakesTheOrchestratorAsKeys) {
  const test::TempFolder folder;
  for (const char* keys :
       {"orchestrator: {kind: swarm, broker_port: 6000, address_pools: [10.0.0.0/9], pool_prefix: 26, "
        "certificate_days: 90}",
        "orchestrator: {kind: k3s, pod_subnet: 100.64.0.0/10, service_subnet: 10.96.0.0/28, "
        "small_server: false}"}) {
    test::write(folder / "keys", changed(test::kCluster, "orchestrator: swarm", keys));
    const std::string said = checked(SchemaKind::kCluster, {folder / "keys"});
    EXPECT_NE(said.find(": ok"), std::string::npos) << said;
  }
}

struct Wrong {
  SchemaKind kind;
  std::string_view text;
  const char* from;
  const char* to;
};

// One for every keyword that the schemas use.
const Wrong kWrong[] = {
    {SchemaKind::kCluster, test::kCluster, "orchestrator:", "orchestrater:"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: nomad"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: [swarm]"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {broker_port: 6000}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: swarm, port: 6000}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: swarm, broker_port: 80}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: swarm, address_pools: [10/8]}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: swarm, certificate_days: 0}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: k3s, pod_subnet: 10.0.0.0/25}"},
    {SchemaKind::kCluster, test::kCluster, "orchestrator: swarm", "orchestrator: {kind: k3s, small_server: 1}"},
    {SchemaKind::kCluster, test::kCluster, "base: tiny\n", ""},
    {SchemaKind::kCluster, test::kCluster, "base: tiny", "base: [tiny]"},
    {SchemaKind::kCluster, test::kCluster, "base: tiny", "base: {file: a, sha: b}"},
    {SchemaKind::kCluster, test::kCluster, "name: kraken\n", "name: 12\n"},
    {SchemaKind::kCluster, test::kCluster, "name: kraken\n", "name: Kraken\n"},
    {SchemaKind::kCluster, test::kCluster, "gateway: 192.168.3.1", "gateway: 192.168.3.256"},
    {SchemaKind::kCluster, test::kCluster, "gateway: 192.168.3.1", "gateway: 192.168.3.1."},
    {SchemaKind::kCluster, test::kCluster, "gateway: 192.168.3.1", "gateway: 192.168.3"},
    {SchemaKind::kCluster, test::kCluster, "192.168.3.0/24", "192.168.3.0/31"},
    {SchemaKind::kCluster, test::kCluster, "192.168.3.0/24", "192.168.3.0./24"},
    {SchemaKind::kCluster, test::kCluster, "[192.168.3.1, 9.9.9.9]", "[]"},
    {SchemaKind::kCluster, test::kCluster, "  authorized_keys_files: [id.pub]\n", ""},
    {SchemaKind::kCluster, test::kCluster, "user: kraken", "password_hash: hunter2"},
    {SchemaKind::kCluster, test::kCluster, "sudo_without_password: true", "sudo_without_password: yes"},
    {SchemaKind::kCluster, test::kCluster, "{id: 2", "{id: 65536"},
    {SchemaKind::kCluster, test::kCluster, "{id: 2", "{id: x"},
    {SchemaKind::kCluster, test::kCluster, "card: 16GB", "card: 16gb"},
    {SchemaKind::kCluster, test::kCluster, "{zone: a}", "{zone: [a]}"},
    {SchemaKind::kCluster, test::kCluster, "{zone: a}", "{-zone: a}"},
    {SchemaKind::kCluster, test::kCluster, "timezone: Europe/Berlin", "timezone: Europe/../x"},
    {SchemaKind::kProfile, test::kWorker, "rps: true", "rps: 1"},
    {SchemaKind::kProfile, test::kWorker, "tx_queue_length: 2000", "tx_queue_length: true"},
    {SchemaKind::kProfile, test::kWorker, "tx_queue_length: 2000", "tx_queue_length: 0"},
    {SchemaKind::kProfile, test::kWorker, "fill", "full"},
    {SchemaKind::kProfile, test::kWorker, "quiet", "root=/dev/sda"},
    {SchemaKind::kProfile, test::kWorker, "quiet", "'a b'"},
    {SchemaKind::kProfile, test::kWorker, "gpu_mem=16", "[all]"},
    {SchemaKind::kProfile, test::kWorker, "overlays: [host]", "overlays: host"},
    {SchemaKind::kBase, test::kTinyBase, "name: tiny\n", ""},
    {SchemaKind::kBase, test::kTinyBase, "build:", "download: {}\nbuild:"},
    {SchemaKind::kBase, test::kTinyBase, "64MiB", "64M"},
    {SchemaKind::kBase, test::kTinyBase, "2026-01-01T00:00:00Z", "2026-01-01"},
    {SchemaKind::kOverlay, "files: [{path: rootfs/a, mode: \"0644\"}]\n", "\"0644\"", "0644"},
    {SchemaKind::kOverlay, "files: [{path: rootfs/a, mode: \"0644\"}]\n", "rootfs/a", "/a"},
    {SchemaKind::kOverlay, "files: [{path: rootfs/a, owner: root}]\n", "root}", "pi}"},
};

TEST(Schema, RefusesWhatTheReaderRefuses) {
  const test::TempFolder folder;
  for (const SchemaKind kind : {SchemaKind::kCluster, SchemaKind::kProfile, SchemaKind::kOverlay, SchemaKind::kBase}) {
    std::vector<fs::path> right;
    std::vector<fs::path> wrong;
    for (const Wrong& entry : kWrong) {
      if (entry.kind != kind) continue;
      const std::string stem = std::to_string(right.size());
      right.push_back(folder / ("right-" + stem));
      wrong.push_back(folder / ("wrong-" + stem));
      const std::string text = changed(entry.text, entry.from, entry.to);
      test::write(right.back(), entry.text);
      test::write(wrong.back(), text);
      EXPECT_TRUE(check_text(kind, entry.text, "right").ok()) << check_text(kind, entry.text, "right").error().what();
      EXPECT_FALSE(check_text(kind, text, "wrong").ok()) << entry.from << " -> " << entry.to;
    }
    EXPECT_EQ(checked(kind, right).find(": wrong"), std::string::npos) << checked(kind, right);
    EXPECT_EQ(checked(kind, wrong).find(": ok"), std::string::npos) << checked(kind, wrong);
  }
}

TEST(Schema, DescribesEveryKeyAndNamesItsDialect) {
  for (const SchemaKind kind : {SchemaKind::kCluster, SchemaKind::kProfile, SchemaKind::kOverlay, SchemaKind::kBase}) {
    const auto schema = parse_json(json_schema(kind));
    ASSERT_TRUE(schema.ok()) << schema.error().what();
    EXPECT_EQ(*schema->find("$schema")->as_string(), "https://json-schema.org/draft/2020-12/schema");
    for (const auto& [key, property] : *schema->find("properties")->as_object()) {
      ASSERT_NE(property.find("description"), nullptr) << key;
      EXPECT_FALSE(property.find("description")->as_string()->empty()) << key;
    }
  }
}

}  // namespace
}  // namespace kraken
