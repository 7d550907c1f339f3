#include "kubernetes/kubeadm_config.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "json/json.h"
#include "support/node_records.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

constexpr std::string_view kToken = "abcdef.0123456789abcdef";

SecretBytes token_of(std::uint32_t node) {
  std::string text(kToken);
  text[0] = static_cast<char>('a' + node);
  return SecretBytes(as_bytes(text));
}

KubeadmNode node_with(const char* version) {
  return {*parse_kubeadm_version(version), "unix:///run/containerd/containerd.sock", "systemd", {}};
}

NodeRecord manager_record(std::size_t host) {
  NodeRecord record = test::kubeadm_record();
  record.hosts[1].role = "manager";
  record.join->managers = {record.hosts[0].address, record.hosts[1].address};
  record.node = {record.hosts[host].id, record.hosts[host].name, "manager", "manager", {{"disk", "ssd"}}};
  record.network.address = record.hosts[host].address;
  return record;
}

NodeSecrets secrets_of(const NodeRecord& record) {
  NodeSecrets secrets;
  secrets.bootstrap_token = token_of(record.node.id);
  for (const RecordHost& host : record.hosts) {
    if (host.id != record.node.id) secrets.bootstrap_tokens.emplace(host.id, token_of(host.id));
  }
  return secrets;
}

// The documents, as another reader of YAML sees them.
std::vector<Json> read(const SecretBytes& text) {
  const test::TempFolder folder;
  std::ofstream(folder / "kubeadm.yaml", std::ios::binary) << as_text(text.view());
  const test::Ran ran = test::run(
      "python3 -c 'import json, sys, yaml\n"
      "print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))' " +
      (folder / "kubeadm.yaml").string());
  EXPECT_EQ(ran.status, 0) << ran.output;
  const auto list = parse_json(ran.output);
  EXPECT_TRUE(list.ok());
  return list.ok() ? *list->as_array() : std::vector<Json>();
}

std::vector<Json> init_documents(const char* version) {
  const NodeRecord record = manager_record(0);
  const auto text = kubeadm_init_config(record, secrets_of(record), node_with(version));
  EXPECT_TRUE(text.ok()) << text.error().what();
  return text.ok() ? read(*text) : std::vector<Json>();
}

Json join_document(const NodeRecord& record, const char* version) {
  const auto text = kubeadm_join_config(record, secrets_of(record), node_with(version));
  EXPECT_TRUE(text.ok());
  const auto documents = text.ok() ? read(*text) : std::vector<Json>();
  EXPECT_EQ(documents.size(), 1U);
  return documents.empty() ? Json() : documents.front();
}

const Json& at(const Json& value, std::initializer_list<std::string_view> path) {
  static const Json nothing;
  const Json* found = &value;
  for (const std::string_view key : path) {
    found = found->find(key);
    if (found == nullptr) return nothing;
  }
  return *found;
}

TEST(KubeadmConfig, InitSaysWhatTheClusterIs) {
  for (const char* version : {"v1.20.2", "v1.28.3", "v1.31.0"}) {
    const auto documents = init_documents(version);
    ASSERT_EQ(documents.size(), 3U) << version;
    const Json& cluster = documents[1];
    EXPECT_EQ(at(cluster, {"kind"}), Json("ClusterConfiguration"));
    EXPECT_EQ(at(cluster, {"kubernetesVersion"}), Json(version)) << "or kubeadm asks the internet";
    EXPECT_EQ(at(cluster, {"controlPlaneEndpoint"}), Json("192.168.3.11:6443"));
    EXPECT_EQ(at(cluster, {"networking", "podSubnet"}), Json("10.244.0.0/16"));
    EXPECT_EQ(at(cluster, {"networking", "serviceSubnet"}), Json("10.96.0.0/16"));
    EXPECT_EQ(at(cluster, {"clusterName"}), Json("kraken"));
    EXPECT_EQ(at(cluster, {"apiServer", "certSANs"}),
              Json(Json::Array{"kraken-1", "192.168.3.11", "kraken-2", "192.168.3.12"}));
    EXPECT_EQ(at(documents[2], {"apiVersion"}), Json("kubelet.config.k8s.io/v1beta1"));
    EXPECT_EQ(at(documents[2], {"cgroupDriver"}), Json("systemd"));
  }
}

TEST(KubeadmConfig, InitKnowsTheTokensOfAllOthersForEver) {
  const auto documents = init_documents("v1.20.2");
  ASSERT_FALSE(documents.empty());
  EXPECT_EQ(at(documents[0], {"localAPIEndpoint", "advertiseAddress"}), Json("192.168.3.11"));
  const Json::Array* tokens = at(documents[0], {"bootstrapTokens"}).as_array();
  ASSERT_NE(tokens, nullptr);
  ASSERT_EQ(tokens->size(), 2U);
  EXPECT_EQ((*tokens)[0],
            Json(Json::Object{{"token", as_text(token_of(2).view())}, {"description", "kraken-2"}, {"ttl", "0s"}}));
  EXPECT_EQ(at((*tokens)[1], {"token"}), Json(as_text(token_of(3).view())));
}

struct FormatCase {
  const char* version;
  const char* api;
  bool has_lists;  // of arguments, and timeouts of their own
};

TEST(KubeadmConfig, EveryFormatHasItsOwnWords) {
  const FormatCase cases[] = {{"v1.15.0", "kubeadm.k8s.io/v1beta2", false},
                              {"v1.22.0", "kubeadm.k8s.io/v1beta3", false},
                              {"v1.31.0", "kubeadm.k8s.io/v1beta4", true}};
  for (const FormatCase& c : cases) {
    const auto init = init_documents(c.version);
    const Json join = join_document(manager_record(1), c.version);
    for (const Json& document : {init[0], init[1], join}) EXPECT_EQ(at(document, {"apiVersion"}), Json(c.api));
    const Json& arguments = at(join, {"nodeRegistration", "kubeletExtraArgs"});
    const Json pairs = Json::Array{Json::Object{{"name", "cgroup-driver"}, {"value", "systemd"}},
                                   Json::Object{{"name", "node-ip"}, {"value", "192.168.3.12"}},
                                   Json::Object{{"name", "node-labels"}, {"value", "disk=ssd"}}};
    const Json map =
        Json::Object{{"cgroup-driver", "systemd"}, {"node-ip", "192.168.3.12"}, {"node-labels", "disk=ssd"}};
    EXPECT_EQ(arguments, c.has_lists ? pairs : map) << c.version;
    EXPECT_EQ(at(join, {"timeouts"}).is_null(), !c.has_lists);
    EXPECT_EQ(at(init[0], {"timeouts"}).is_null(), !c.has_lists);
    EXPECT_EQ(at(join, {"discovery", "timeout"}).is_null(), c.has_lists);
    EXPECT_EQ(at(init[1], {"apiServer", "timeoutForControlPlane"}).is_null(), c.has_lists);
  }
}

TEST(KubeadmConfig, JoinHasTheNodesOwnTokenAndTheHashOfTheAuthority) {
  const Json join = join_document(test::kubeadm_record(), "v1.28.3");
  const Json& token = at(join, {"discovery", "bootstrapToken"});
  EXPECT_EQ(at(token, {"token"}), Json(as_text(token_of(3).view())));
  EXPECT_EQ(at(token, {"apiServerEndpoint"}), Json("192.168.3.11:6443"));
  EXPECT_EQ(at(token, {"caCertHashes"}), Json(Json::Array{"sha256:" + std::string(64, 'c')}));
  EXPECT_EQ(at(join, {"nodeRegistration", "name"}), Json("kraken-3"));
  EXPECT_EQ(at(join, {"nodeRegistration", "criSocket"}), Json("unix:///run/containerd/containerd.sock"));
  EXPECT_TRUE(at(join, {"controlPlane"}).is_null()) << "a worker";
  EXPECT_EQ(at(join_document(manager_record(1), "v1.28.3"), {"controlPlane", "localAPIEndpoint", "advertiseAddress"}),
            Json("192.168.3.12"));
}

TEST(KubeadmConfig, AWorkersTextHasNoOtherToken) {
  const NodeRecord record = test::kubeadm_record();
  const auto text = kubeadm_join_config(record, secrets_of(record), node_with("v1.28.3"));
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(as_text(text->view()).find(as_text(token_of(2).view())), std::string_view::npos);
  EXPECT_EQ(as_text(text->view()).find("@token"), std::string_view::npos);
}

TEST(KubeadmConfig, LabelsThatAKubeletMayNotGiveItselfAreLeftOut) {
  NodeRecord record = test::kubeadm_record();
  record.node.labels = {{"disk", "sd"}, {"note", "Grüße \"quoted\""}, {"kubernetes.io/role", "x"}};
  EXPECT_EQ(at(join_document(record, "v1.28.3"), {"nodeRegistration", "kubeletExtraArgs", "node-labels"}),
            Json("disk=sd"));
  record.node.labels.clear();
  EXPECT_TRUE(at(join_document(record, "v1.28.3"), {"nodeRegistration", "kubeletExtraArgs", "node-labels"}).is_null());
}

TEST(KubeadmConfig, ChecksAreIgnoredByNameAndOnlyWhereTheyApply) {
  EXPECT_TRUE(ignored_checks(2 * 1024 * 1024, 4).empty());
  EXPECT_TRUE(ignored_checks(0, 0).empty()) << "what is not known is kubeadm's to find out";
  ASSERT_EQ(ignored_checks(929876, 4).size(), 1U);
  EXPECT_EQ(ignored_checks(929876, 4)[0].name, "Mem");
  EXPECT_NE(ignored_checks(929876, 4)[0].reason.find("908 MiB"), std::string::npos);
  EXPECT_EQ(ignored_checks(512 * 1024, 1).size(), 2U);
  EXPECT_TRUE(ignored_checks(1700 * 1024, 2).empty());
  const NodeRecord record = manager_record(0);
  KubeadmNode node = node_with("v1.20.2");
  node.ignored_checks = {"Mem", "NumCPU"};
  const auto documents = read(*kubeadm_init_config(record, secrets_of(record), node));
  EXPECT_EQ(at(documents[0], {"nodeRegistration", "ignorePreflightErrors"}), Json(Json::Array{"Mem", "NumCPU"}));
  EXPECT_TRUE(at(init_documents("v1.20.2")[0], {"nodeRegistration", "ignorePreflightErrors"}).is_null());
}

TEST(KubeadmConfig, WithoutTokensOrForAnUnknownVersionThereIsNone) {
  const NodeRecord record = manager_record(0);
  NodeSecrets secrets = secrets_of(record);
  EXPECT_EQ(kubeadm_init_config(record, secrets, node_with("v1.14.0")).error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(kubeadm_join_config(record, secrets, node_with("v2.0.0")).error().code(), ErrorCode::kUnsupported);
  secrets.bootstrap_tokens.erase(2);
  EXPECT_EQ(kubeadm_init_config(record, secrets, node_with("v1.20.2")).error().code(), ErrorCode::kNotFound);
  secrets.bootstrap_token.reset();
  EXPECT_EQ(kubeadm_join_config(record, secrets, node_with("v1.20.2")).error().code(), ErrorCode::kNotFound);
  secrets.bootstrap_token = SecretBytes(as_bytes("abcdef.0123456789\",\"x\":"));
  const auto bad = kubeadm_join_config(record, secrets, node_with("v1.20.2"));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().what().find("0123456789"), std::string::npos);
}

// KRAKEN_KUBEADM=PATH: by a kubeadm that is there, as tests with a real cluster have one.
TEST(KubeadmConfig, ARealKubeadmKnowsEveryMember) {
  const char* program = std::getenv("KRAKEN_KUBEADM");
  if (program == nullptr) GTEST_SKIP() << "KRAKEN_KUBEADM names none";
  const std::string version = test::run(std::string(program) + " version -o short").output;
  ASSERT_TRUE(parse_kubeadm_version(version)) << version;
  KubeadmNode node = node_with(parse_kubeadm_version(version)->text.c_str());
  node.ignored_checks = {"Mem", "NumCPU"};
  const NodeRecord first = manager_record(0);
  const NodeRecord second = manager_record(1);
  const NodeRecord worker = test::kubeadm_record();
  std::vector<Result<SecretBytes>> texts;
  texts.push_back(kubeadm_init_config(first, secrets_of(first), node));
  texts.push_back(kubeadm_join_config(second, secrets_of(second), node));
  texts.push_back(kubeadm_join_config(worker, secrets_of(worker), node));
  for (const auto& text : texts) {
    ASSERT_TRUE(text.ok());
    const test::TempFolder folder;
    std::ofstream(folder / "in", std::ios::binary) << as_text(text->view());
    const test::Ran ran = test::run(std::string(program) + " config migrate --old-config " + (folder / "in").string() +
                                    " --new-config " + (folder / "out").string() + " 2>&1");
    EXPECT_EQ(ran.status, 0) << ran.output;
    EXPECT_EQ(ran.output.find("unknown field"), std::string::npos) << ran.output;
    EXPECT_EQ(ran.output.find("unmarshal"), std::string::npos) << ran.output;
    EXPECT_TRUE(std::filesystem::exists(folder / "out"));
  }
}

}  // namespace
}  // namespace kraken
