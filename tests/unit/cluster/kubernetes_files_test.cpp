// The tokens of a Kubernetes cluster, what each card gets, and the workstation's kubeconfig.
#include "cluster/kubernetes_files.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>

#include "base/text.h"
#include "cluster/join_keys.h"
#include "cluster/kubeconfig.h"
#include "cluster/kubernetes_tokens.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

constexpr std::int64_t kNow = 1772323200;  // 2026-03-01
constexpr Validity kYear{kNow, kNow + std::int64_t{365} * 86400};

NodeConfig node(std::uint32_t id, Role role) {
  NodeConfig node;
  node.id.value = id;
  node.name.value = "kraken-" + std::to_string(id);
  node.address.value = {0xc0a80300 + id};
  node.profile.role.value = role;
  return node;
}

const KubernetesPki& pki() {
  static const KubernetesPki made = make_kubernetes_pki(kNow).value();
  return made;
}

struct KubernetesFiles : testing::Test {
  std::string secret = std::string(kClusterSecretSize, 's');
  ClusterSecrets secrets = ClusterSecrets::from_bytes(SecretBytes(as_bytes(secret))).value();
  ClusterConfig cluster;

  KubernetesFiles() {
    cluster.name.value = "kraken";
    cluster.nodes = {node(2, Role::kWorker), node(3, Role::kManager), node(4, Role::kWorker), node(7, Role::kManager)};
  }
  std::map<std::string, CardFile> files_of(std::uint32_t id) {
    auto made = kubernetes_card_files(secrets, pki(), cluster, *cluster.find_node(id));
    EXPECT_TRUE(made.ok());
    std::map<std::string, CardFile> files;
    for (CardFile& file : *made) {
      const std::string path = file.path;
      EXPECT_TRUE(files.emplace(path, std::move(file)).second) << path;
    }
    return files;
  }
  std::string hkdf(const std::string& info, std::size_t length) const {
    const test::Ran ran = test::run("openssl kdf -keylen " + std::to_string(length) +
                                    " -kdfopt digest:SHA256 -kdfopt hexkey:" + to_hex(as_bytes(secret)) +
                                    " -kdfopt salt:kraken -kdfopt info:" + info + " HKDF | tr -d ':\\n' | tr A-F a-f");
    EXPECT_EQ(ran.status, 0) << ran.output;
    return ran.output;
  }
};

std::string text_of(const SecretBytes& bytes) {
  return std::string(as_text(bytes.view()));
}

std::set<std::string> names_of(const std::map<std::string, CardFile>& files) {
  std::set<std::string> names;
  for (const auto& [path, file] : files) names.insert(path);
  return names;
}

TEST_F(KubernetesFiles, BootstrapTokensAreWhatKubeadmTakesAndEachNodesOwn) {
  std::set<std::string> seen;
  std::map<char, int> letters;
  for (std::uint32_t id = 1; id <= 65535; id += 64) {
    const auto token = derive_bootstrap_token(secrets, "kraken", id);
    ASSERT_TRUE(token.ok()) << token.error().what();
    const std::string text = text_of(*token);
    EXPECT_TRUE(is_bootstrap_token(text)) << text;
    EXPECT_EQ(std::stoul(text.substr(1, 5)), id);
    seen.insert(text.substr(kBootstrapTokenNameSize + 1));
    for (const char c : text.substr(kBootstrapTokenNameSize + 1)) ++letters[c];
  }
  EXPECT_EQ(seen.size(), 1024U);
  // 16384 letters, 455 expected of each; 7 standard deviations are 147.
  EXPECT_EQ(letters.size(), 36U);
  for (const auto& [letter, count] : letters) EXPECT_NEAR(count, 455, 147) << letter;
}

TEST_F(KubernetesFiles, BootstrapTokensAreTheDocumentedDerivation) {
  const auto random = from_hex(hkdf("kraken/kubeadm-bootstrap-token/3", 64)).value();
  std::string expected = "k00003.";
  for (const std::byte byte : random) {
    const auto value = std::to_integer<unsigned>(byte);
    if (value < 252 && expected.size() < kBootstrapTokenSize) {
      expected += "abcdefghijklmnopqrstuvwxyz0123456789"[value % 36];
    }
  }
  EXPECT_EQ(text_of(*derive_bootstrap_token(secrets, "kraken", 3)), expected);
}

TEST_F(KubernetesFiles, NodeSecretsOfKubeadmHaveTokensByRole) {
  cluster.orchestrator.value = Orchestrator::kKubeadm;
  const auto worker = derive_node_secrets(secrets, cluster, *cluster.find_node(4));
  ASSERT_TRUE(worker.ok() && check_node_secrets(*worker).ok());
  EXPECT_EQ(text_of(*worker->bootstrap_token), text_of(*derive_bootstrap_token(secrets, "kraken", 4)));
  EXPECT_TRUE(worker->bootstrap_tokens.empty());
  const auto manager = derive_node_secrets(secrets, cluster, *cluster.find_node(7));
  ASSERT_TRUE(manager.ok() && check_node_secrets(*manager).ok());
  std::set<std::uint32_t> ids;
  for (const auto& [id, token] : manager->bootstrap_tokens) ids.insert(id);
  EXPECT_EQ(ids, (std::set<std::uint32_t>{2, 3, 4}));
  cluster.orchestrator.value = Orchestrator::kK3s;
  const auto of_k3s = derive_node_secrets(secrets, cluster, *cluster.find_node(7));
  ASSERT_TRUE(of_k3s.ok());
  EXPECT_FALSE(of_k3s->bootstrap_token.has_value());
  EXPECT_TRUE(of_k3s->bootstrap_tokens.empty());
  EXPECT_EQ(of_k3s->join_keys.size(), 4U);
}

TEST_F(KubernetesFiles, OfKubeadmAreEveryManagersAndNoWorkers) {
  cluster.orchestrator.value = Orchestrator::kKubeadm;
  EXPECT_TRUE(files_of(2).empty());
  for (const std::uint32_t id : {3U, 7U}) {
    const auto files = files_of(id);
    const std::vector<std::string> all = kubeadm_secret_paths();
    EXPECT_EQ(names_of(files), std::set<std::string>(all.begin(), all.end()));
    for (const auto& [path, file] : files) EXPECT_EQ(file.is_secret, path.ends_with(".key")) << path;
    EXPECT_EQ(text_of(files.at("/etc/kraken/pki/ca.crt").content), pki().ca.certificate);
    EXPECT_EQ(text_of(files.at("/etc/kraken/pki/etcd/ca.key").content), text_of(pki().etcd_ca.key));
    EXPECT_EQ(text_of(files.at("/etc/kraken/pki/front-proxy-ca.crt").content), pki().front_proxy_ca.certificate);
    EXPECT_EQ(text_of(files.at("/etc/kraken/pki/sa.key").content), text_of(pki().service_account));
  }
}

TEST_F(KubernetesFiles, OfK3sAreTheFirstServersAuthoritiesAndOneTokenEach) {
  cluster.orchestrator.value = Orchestrator::kK3s;
  const auto first = files_of(3);
  const std::vector<std::string> all = k3s_secret_paths();
  EXPECT_EQ(names_of(first), std::set<std::string>(all.begin(), all.end()));
  for (const auto& [path, file] : first) EXPECT_EQ(file.is_secret, !path.ends_with(".crt")) << path;
  const std::string tls = "/var/lib/rancher/k3s/server/tls/";
  EXPECT_EQ(text_of(first.at(tls + "server-ca.crt").content), pki().ca.certificate);
  EXPECT_EQ(text_of(first.at(tls + "client-ca.key").content), text_of(pki().client_ca.key));
  EXPECT_EQ(text_of(first.at(tls + "request-header-ca.crt").content), pki().front_proxy_ca.certificate);
  EXPECT_EQ(text_of(first.at(tls + "etcd/peer-ca.key").content), text_of(pki().etcd_peer_ca.key));
  EXPECT_EQ(text_of(first.at(tls + "etcd/server-ca.crt").content), pki().etcd_ca.certificate);
  EXPECT_EQ(text_of(first.at(tls + "service.key").content), text_of(pki().service_account));
  const std::string agents(kK3sAgentTokenPath);
  const std::string token(kK3sTokenPath);
  const std::string password(kK3sNodePasswordPath);
  EXPECT_EQ(names_of(files_of(7)), (std::set<std::string>{agents, token, password}));
  EXPECT_EQ(names_of(files_of(2)), (std::set<std::string>{token, password}));
}

TEST_F(KubernetesFiles, TokensOfK3sNameTheCaAndArePasswordsThatAgree) {
  cluster.orchestrator.value = Orchestrator::kK3s;
  const test::TempFolder temp;
  std::ofstream(temp / "server-ca.crt", std::ios::binary) << pki().ca.certificate;
  const std::string digest = test::run("sha256sum <" + (temp / "server-ca.crt").string()).output.substr(0, 64);
  const std::string server = hkdf("kraken/k3s-server-token/0", 32);
  const std::string agent = hkdf("kraken/k3s-agent-token/0", 32);
  const std::string token(kK3sTokenPath);
  EXPECT_EQ(text_of(files_of(3).at(token).content), server);
  EXPECT_EQ(text_of(files_of(7).at(token).content), "K10" + digest + "::server:" + server);
  EXPECT_EQ(text_of(files_of(2).at(token).content), "K10" + digest + "::node:" + agent);
  EXPECT_EQ(text_of(files_of(3).at(std::string(kK3sAgentTokenPath)).content), agent);
  EXPECT_EQ(text_of(files_of(7).at(std::string(kK3sAgentTokenPath)).content), agent);
  for (const std::uint32_t id : {2U, 3U, 7U}) {
    EXPECT_EQ(text_of(files_of(id).at(std::string(kK3sNodePasswordPath)).content),
              hkdf("kraken/k3s-node-password/" + std::to_string(id), 16));
  }
}

TEST_F(KubernetesFiles, OtherClustersHaveNone) {
  for (const Orchestrator other : {Orchestrator::kNone, Orchestrator::kSwarm}) {
    cluster.orchestrator.value = other;
    EXPECT_TRUE(files_of(3).empty());
    EXPECT_EQ(make_kubeconfig(cluster, pki(), kYear).error().code(), ErrorCode::kConfig);
  }
}

// A member of the kubeconfig, decoded by the base64 command into a file.
std::string decoded(const std::string& config, const std::string& key, const test::TempFolder& temp) {
  const std::string mark = "    " + key + ": ";
  const std::size_t start = config.find(mark) + mark.size();
  const std::string file = (temp / key).string();
  std::ofstream(file + ".b64") << config.substr(start, config.find('\n', start) - start);
  EXPECT_EQ(test::run("base64 -d " + file + ".b64 >" + file).status, 0);
  return file;
}

TEST_F(KubernetesFiles, KubeconfigIsSignedByTheCaOfClients) {
  for (const Orchestrator kind : {Orchestrator::kKubeadm, Orchestrator::kK3s}) {
    cluster.orchestrator.value = kind;
    const auto made = make_kubeconfig(cluster, pki(), kYear);
    ASSERT_TRUE(made.ok()) << made.error().what();
    const std::string config = text_of(*made);
    EXPECT_TRUE(config.starts_with(kKubeconfigMark));
    EXPECT_NE(config.find("server: https://192.168.3.3:6443\n"), std::string::npos) << "the first manager";
    const test::TempFolder temp;
    const std::string ca = decoded(config, "certificate-authority-data", temp);
    const std::string certificate = decoded(config, "client-certificate-data", temp);
    const std::string key = decoded(config, "client-key-data", temp);
    EXPECT_EQ(test::run("cat " + ca).output, pki().ca.certificate);
    std::ofstream(temp / "signer") << (kind == Orchestrator::kK3s ? pki().client_ca : pki().ca).certificate;
    EXPECT_EQ(test::run("openssl verify -x509_strict -purpose sslclient -attime 1772323200 -CAfile " +
                        (temp / "signer").string() + " " + certificate)
                  .output,
              certificate + ": OK\n");
    EXPECT_EQ(test::run("openssl x509 -noout -subject -enddate -in " + certificate).output,
              "subject=O = system:masters, CN = kubernetes-admin\nnotAfter=Mar  1 00:00:00 2027 GMT\n");
    EXPECT_EQ(test::run("openssl pkey -pubout -in " + key).output,
              test::run("openssl x509 -noout -pubkey -in " + certificate).output);
  }
}

TEST_F(KubernetesFiles, TheDiscoveryHashIsTheOneOfTheDocumentedPipe) {
  const test::TempFolder temp;
  std::ofstream(temp / "ca.crt") << pki().ca.certificate;
  const test::Ran said = test::run(
      "openssl x509 -pubkey -noout -in " + (temp / "ca.crt").string() +
      " | openssl pkey -pubin -outform der 2>/dev/null | openssl dgst -sha256 -hex | sed 's/^.* //' | tr -d '\\n'");
  EXPECT_EQ(kubeadm_ca_hash(pki()).value(), "sha256:" + said.output);
}

}  // namespace
}  // namespace kraken
