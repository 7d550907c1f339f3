#include <gtest/gtest.h>

#include <cstdlib>

#include "config/reader.h"
#include "support/config_files.h"

namespace kraken {
namespace {

using test::changed;
using test::ConfigFiles;

std::string error_of(const ConfigFiles& files) {
  const auto cluster = read_cluster(files.cluster(), {});
  if (cluster.ok()) return "(no error)";
  EXPECT_EQ(cluster.error().code(), ErrorCode::kConfig);
  return cluster.error().what();
}

TEST(Cluster, IsReadWithOriginsAndDefaults) {
  const ConfigFiles files;
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->name.value, "kraken");
  EXPECT_EQ(cluster->name.origin.text(), files.cluster().string() + ":2:9");
  EXPECT_EQ(cluster->timezone.value, "Europe/Berlin");
  EXPECT_EQ(cluster->secrets_folder.value, files.path() / "secrets");
  EXPECT_EQ(std::get<NamedBase>(cluster->base.value).name, "tiny");
  EXPECT_EQ(cluster->orchestrator.value, Orchestrator::kSwarm);
  EXPECT_EQ(format_ipv4_subnet(cluster->network.subnet.value), "192.168.3.0/24");
  ASSERT_EQ(cluster->network.dns.size(), 2U);
  EXPECT_EQ(format_ipv4(cluster->network.dns[1].value), "9.9.9.9");
  ASSERT_EQ(cluster->access.authorized_keys.size(), 1U);
  EXPECT_EQ(cluster->access.authorized_keys[0].value, test::kPublicKey);
  EXPECT_EQ(cluster->access.authorized_keys[0].origin.line, 13);
  ASSERT_EQ(cluster->nodes.size(), 2U);
  EXPECT_EQ(cluster->nodes[0].id.value, 1U) << "in the order of ids";
  EXPECT_EQ(cluster->nodes[0].labels.at("zone").value, "a");
  EXPECT_EQ(cluster->nodes[0].card_size.value, 32'000'000'000U);
  EXPECT_EQ(cluster->nodes[0].address.origin.line, 17);
  ASSERT_NE(cluster->find_node(2), nullptr);
  EXPECT_EQ(cluster->find_node(2)->name.value, "kraken-2");
  EXPECT_EQ(cluster->find_node(3), nullptr);
}

TEST(Cluster, FillsDefaultsIn) {
  const ConfigFiles files;
  files.put("cluster.yaml", "cluster: {name: c}\nbase: {file: ../x.img, sha256: " + std::string(64, 'A') +
                                "}\norchestrator: none\nnetwork: {subnet: 10.0.0.0/8, gateway: 10.0.0.1}\n"
                                "access: {authorized_keys: [\"" +
                                std::string(test::kPublicKey) +
                                "\"]}\nnodes: [{id: 7, address: 10.0.0.7, profile: worker}]\n");
  const auto cluster = read_cluster(files.cluster(), {});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->nodes[0].name.value, "c-7");
  EXPECT_TRUE(cluster->secrets_folder.origin.is_default());
  EXPECT_EQ(cluster->secrets_folder.value, files.path() / "secrets");
  EXPECT_EQ(cluster->access.user.value, "kraken");
  EXPECT_TRUE(cluster->access.sudo_without_password.value);
  ASSERT_EQ(cluster->network.dns.size(), 1U);
  EXPECT_EQ(cluster->network.dns[0].value, cluster->network.gateway.value);
  const auto& base = std::get<FileBase>(cluster->base.value);
  EXPECT_EQ(base.file, files.path().parent_path() / "x.img");
  EXPECT_EQ(base.sha256, std::string(64, 'a'));
}

struct Mistake {
  const char* name;
  const char* from;
  const char* to;
  const char* error;  // with the place, behind the folder's name
};

class WrongCluster : public testing::TestWithParam<Mistake> {};

TEST_P(WrongCluster, IsToldWithItsPlace) {
  const ConfigFiles files;
  files.put("cluster.yaml", changed(test::kCluster, GetParam().from, GetParam().to));
  const std::string error = error_of(files);
  EXPECT_NE(error.find(files.path().string() + "/" + GetParam().error), std::string::npos) << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 0) << "one mistake, one line: " << error;
}

constexpr Mistake kMistakes[] = {
    {"unknown_key", "orchestrator:", "orchestrater:",
     "cluster.yaml:6:1: unknown key \"orchestrater\"; did you mean \"orchestrator\"?"},
    {"unknown_inner_key", "gateway: 192", "getaway: 192",
     "cluster.yaml:9:3: unknown key \"getaway\" in network; did you mean \"gateway\"?"},
    {"clear_password", "user: kraken", "user: kraken\n  password: hunter2",
     "cluster.yaml:13:3: unknown key \"password\" in access: a password is never written here; run 'openssl passwd "
     "-6'"},
    {"list_for_map", "cluster:\n  name: kraken\n  timezone: Europe/Berlin\n  secrets: secrets", "cluster: [a]",
     "cluster.yaml:1:10: cluster: expected keys with their values, found a list"},
    {"nothing", "  name: kraken\n", "  name:\n", "cluster.yaml:2:3: cluster.name: expected a host name"},
    {"number_for_text", "name: kraken\n", "name: 12\n",
     "cluster.yaml:2:9: cluster.name: expected a host name (a-z, 0-9 and - inside, at most 63 characters), found a "
     "number (\"12\"); put text in quotes"},
    {"upper_case_name", "name: kraken\n", "name: Kraken\n", "cluster.yaml:2:9: cluster.name: expected a host name"},
    {"dash_at_the_end", "name: kraken\n", "name: kraken-\n", "cluster.yaml:2:9: cluster.name: expected a host name"},
    {"escape_in_value", "name: kraken\n", "name: \"a\\e[31mb\"\n",
     "cluster.yaml:2:9: cluster.name: expected a host name (a-z, 0-9 and - inside, at most 63 characters), found "
     "\"a\\x1b[31mb\", with control"},
    {"timezone_up", "Europe/Berlin", "../etc/shadow", "cluster.yaml:3:13: cluster.timezone: expected a time zone"},
    {"other_home", "secrets: secrets", "secrets: ~root/x",
     "cluster.yaml:4:12: cluster.secrets: ~ stands for your own home folder alone"},
    {"no_base", "base: tiny\n", "", "cluster.yaml:1:1: the key \"base\" is missing"},
    {"unknown_base", "base: tiny", "base: tini",
     "cluster.yaml:5:7: there is no base \"tini\"; did you mean \"tiny\"?; there are: tiny"},
    {"base_path", "base: tiny", "base: ../tiny", "cluster.yaml:5:7: base: expected a name of letters"},
    {"base_without_file", "base: tiny", "base: {}", "cluster.yaml:5:7: base: the key \"file\" is missing"},
    {"unknown_word", "orchestrator: swarm", "orchestrator: swarn",
     "cluster.yaml:6:15: orchestrator: expected one of none, swarm, kubeadm, k3s, found \"swarn\"; did you mean "
     "\"swarm\"?"},
    {"host_bits", "192.168.3.0/24", "192.168.3.0/16",
     "cluster.yaml:8:11: network.subnet: \"192.168.3.0/16\" has bits set after the prefix"},
    {"tiny_subnet", "192.168.3.0/24", "192.168.3.0/31",
     "cluster.yaml:8:11: network.subnet: expected a subnet from /8 to /30"},
    {"multicast", "192.168.3.0/24", "224.0.0.0/8",
     "cluster.yaml:8:11: network.subnet: \"224.0.0.0/8\" is not a network that hosts"},
    {"many_name_servers", "9.9.9.9", "9.9.9.9, 1.1.1.1, 8.8.8.8", "cluster.yaml:10:8: network.dns: "},
    {"loopback", "192.168.3.0/24", "127.0.0.0/8",
     "cluster.yaml:8:11: network.subnet: \"127.0.0.0/8\" is not a network that hosts"},
    {"gateway_outside", "gateway: 192.168.3.1", "gateway: 192.168.4.1",
     "cluster.yaml:9:12: network.gateway: 192.168.4.1 is outside of 192.168.3.0/24"},
    {"octet", "gateway: 192.168.3.1", "gateway: 192.168.3.256",
     "cluster.yaml:9:12: network.gateway: expected an IPv4 address"},
    {"leading_zero", "gateway: 192.168.3.1", "gateway: 192.168.3.01",
     "cluster.yaml:9:12: network.gateway: expected an IPv4 address"},
    {"too_many_servers", "[192.168.3.1, 9.9.9.9]", "[1.1.1.1, 1.1.1.2, 1.1.1.3, 1.1.1.4]",
     "cluster.yaml:10:8: network.dns: expected at most 3 entries, found 4"},
    {"no_server", "[192.168.3.1, 9.9.9.9]", "[]", "cluster.yaml:10:8: network.dns: expected at least 1"},
    {"system_user", "user: kraken", "user: www-data",
     "cluster.yaml:12:9: access.user: \"www-data\" is a user or group of the system"},
    {"systemd_user", "user: kraken", "user: systemd-foo",
     "cluster.yaml:12:9: access.user: \"systemd-foo\" is a user or group of the system"},
    {"root", "user: kraken", "user: root", "cluster.yaml:12:9: access.user: \"root\" is a user or group of the system"},
    {"nobody_in", "  authorized_keys_files: [id.pub]\n", "", "cluster.yaml:12:3: access: nobody could log in"},
    {"missing_key_file", "[id.pub]", "[none.pub]", "cluster.yaml:13:27: access.authorized_keys_files[0]: open "},
    {"key_folder", "[id.pub]", "[profiles]", "cluster.yaml:13:27: access.authorized_keys_files[0]: "},
    {"yes", "sudo_without_password: true", "sudo_without_password: yes",
     "cluster.yaml:14:26: access.sudo_without_password: expected true or false, found \"yes\"; write true or false"},
    {"quoted_true", "sudo_without_password: true", "sudo_without_password: 'true'",
     "cluster.yaml:14:26: access.sudo_without_password: expected true or false, found \"true\" in quotes"},
    {"useless_sudo", "sudo_without_password: true", "sudo_without_password: false",
     "cluster.yaml:14:26: access.sudo_without_password: false needs a password_hash"},
    {"id_zero", "{id: 2", "{id: 0",
     "cluster.yaml:16:10: nodes[0].id: expected a whole number from 1 to 65535, found \"0\""},
    {"id_large", "{id: 2", "{id: 65536", "cluster.yaml:16:10: nodes[0].id: expected a whole number"},
    {"id_octal", "{id: 2", "{id: 02", "cluster.yaml:16:10: nodes[0].id: expected a whole number"},
    {"id_quoted", "{id: 2", "{id: '2'",
     "cluster.yaml:16:10: nodes[0].id: expected a whole number from 1 to 65535, found \"2\" in quotes"},
    {"same_id", "{id: 1", "{id: 2", "cluster.yaml:17:10: nodes[1].id: 2 is taken by the node at "},
    {"same_name", "kraken-1", "kraken-2", "cluster.yaml:17:19: nodes[1].name: kraken-2 is taken by the node at "},
    {"key_twice", "name: kraken-1, ", "name: x, labels: {}, ", "cluster.yaml:17:"},
    {"localhost", "kraken-1", "localhost", "cluster.yaml:17:19: nodes[1].name: \"localhost\" means something else"},
    {"same_address", "192.168.3.11", "192.168.3.12",
     "cluster.yaml:17:38: nodes[1].address: 192.168.3.12 is taken by the node at "},
    {"address_outside", "192.168.3.11", "192.168.30.11",
     "cluster.yaml:17:38: nodes[1].address: 192.168.30.11 is outside of 192.168.3.0/24"},
    {"gateway_address", "192.168.3.11", "192.168.3.1",
     "cluster.yaml:17:38: nodes[1].address: 192.168.3.1 is the gateway's ("},
    {"network_address", "192.168.3.11", "192.168.3.0",
     "cluster.yaml:17:38: nodes[1].address: 192.168.3.0 is the network address"},
    {"broadcast", "192.168.3.11", "192.168.3.255",
     "cluster.yaml:17:38: nodes[1].address: 192.168.3.255 is the broadcast address"},
    {"unknown_profile", "profile: worker", "profile: wroker",
     "cluster.yaml:16:61: there is no profile \"wroker\"; did you mean \"worker\"?; there are: big, worker"},
    {"missing_address", "address: 192.168.3.12, ", "",
     "cluster.yaml:16:5: nodes[0]: the key \"address\" is missing (an IPv4 address like 192.168.3.11)"},
    {"small_card", "card: 32GB", "card: 16GB",
     "cluster.yaml:17:72: nodes[1].card: 14.9 GiB are less than the 29 GiB of card.min_size of the profile \"big\" ("},
    {"card_without_unit", "card: 32GB", "card: 32",
     "cluster.yaml:17:72: nodes[1].card: expected a size like 512MiB or 32GB"},
    {"card_overflow", "card: 32GB", "card: 99999999999999999999TB",
     "cluster.yaml:17:72: nodes[1].card: expected a size"},
    {"no_manager", "profile: big", "profile: worker",
     "cluster.yaml:16:3: nodes: no node has a profile with role: manager, and swarm ("},
    {"number_label", "{zone: a}", "{zone: 1}", "cluster.yaml:17:93: nodes[1].labels.\"zone\": expected a label"},
    {"bad_label_key", "{zone: a}", "{-zone: a}",
     "cluster.yaml:17:87: nodes[1].labels: \"-zone\" is not a label's name"},
    {"no_nodes",
     "nodes:\n  - {id: 2, name: kraken-2, address: 192.168.3.12, profile: worker, card: 16GB}\n  - {id: 1, name: "
     "kraken-1, address: 192.168.3.11, profile: big, card: 32GB, labels: {zone: a}}\n",
     "nodes: []\n", "cluster.yaml:15:8: nodes: expected at least 1 entry"},
};

INSTANTIATE_TEST_SUITE_P(All, WrongCluster, testing::ValuesIn(kMistakes),
                         [](const auto& given) { return std::string(given.param.name); });

TEST(Cluster, TellsAllMistakesAtOnceInTheirOrder) {
  const ConfigFiles files;
  std::string text = changed(test::kCluster, "gateway: 192.168.3.1", "gateway: 10.0.0.1");
  text = changed(text, "card: 32GB", "card: 8GB");
  text = changed(text, "orchestrator: swarm", "orchestrator: docker");
  text = changed(text, "profile: worker", "profile: nobody");
  files.put("cluster.yaml", text);
  const std::string error = error_of(files);
  std::vector<std::size_t> places;
  for (const char* const place : {":6:15:", ":9:12:", ":16:61:", ":17:72:"}) places.push_back(error.find(place));
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end())) << error;
  EXPECT_NE(places.back(), std::string::npos) << error;
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 3) << error;
}

TEST(Cluster, NamesBothPlacesOfADuplicate) {
  const ConfigFiles files;
  files.put("cluster.yaml", changed(test::kCluster, "192.168.3.11", "192.168.3.12"));
  EXPECT_NE(error_of(files).find("cluster.yaml:16:38"), std::string::npos);
}

TEST(Cluster, TakesACardOfJustTheSmallestSize) {
  const ConfigFiles files;
  files.put("cluster.yaml", changed(test::kCluster, "card: 32GB", "card: 29GiB"));
  EXPECT_EQ(error_of(files), "(no error)");
}

TEST(Cluster, FindsADefaultNameThatIsTaken) {
  const ConfigFiles files;
  files.put("cluster.yaml", changed(changed(test::kCluster, "name: kraken-2, ", ""), "kraken-1", "kraken-2"));
  EXPECT_NE(error_of(files).find("cluster.yaml:17:19: nodes[1].name: kraken-2 is taken by the node at "),
            std::string::npos);
  files.put("cluster.yaml", changed(changed(test::kCluster, "name: kraken-2, ", ""), "name: kraken\n",
                                    "name: " + std::string(62, 'c') + "\n"));
  EXPECT_NE(error_of(files).find("is longer than the 63 characters of a host name"), std::string::npos);
  files.put("cluster.yaml", changed(changed(test::kCluster, "name: kraken-2, ", ""), "name: kraken\n",
                                    "name: " + std::string(61, 'c') + "\n"));
  EXPECT_EQ(error_of(files), "(no error)");
}

TEST(Cluster, NeverQuotesASecret) {
  const ConfigFiles files;
  for (const std::string hash : {"hunter2-secret", "$1$salt$hunter2-secret", "\"$6$hunter2-secret\"",
                                 "12345678901234567", "[hunter2-secret]", "\"hunter2-secret\\n\""}) {
    files.put("cluster.yaml", changed(test::kCluster, "user: kraken", "user: kraken\n  password_hash: " + hash));
    const std::string error = error_of(files);
    EXPECT_NE(error.find("cluster.yaml:13:18: access.password_hash: expected a password's hash"), std::string::npos)
        << error;
    EXPECT_EQ(error.find("hunter2"), std::string::npos) << error;
    EXPECT_EQ(error.find("1234567"), std::string::npos) << error;
  }
  files.put("id.pub", "-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2\n-----END OPENSSH PRIVATE KEY-----\n");
  files.put("cluster.yaml", test::kCluster);
  EXPECT_NE(error_of(files).find("id.pub:1:1: this is a private key"), std::string::npos) << error_of(files);
  EXPECT_EQ(error_of(files).find("hunter2"), std::string::npos);
}

// What the programs that a user is told to run print.
TEST(Cluster, TakesTheHashesThatProgramsMake) {
  const ConfigFiles files;
  for (const std::string command :
       {"openssl passwd -6 pw", "openssl passwd -5 pw", "openssl passwd -6 -salt ab pw", "mkpasswd -m yescrypt pw",
        "mkpasswd -m sha512crypt -R 10000 pw", "mkpasswd -m bcrypt pw"}) {
    if (test::run("command -v " + command.substr(0, command.find(' '))).status != 0) continue;
    const auto made = test::run(command);
    ASSERT_EQ(made.status, 0) << made.output;
    const std::string hash = made.output.substr(0, made.output.find('\n'));
    files.put("cluster.yaml", changed(test::kCluster, "user: kraken", "user: kraken\n  password_hash: '" + hash + "'"));
    EXPECT_EQ(error_of(files), "(no error)") << command << ": " << hash;
  }
}

TEST(Cluster, ReadsKeysFromTheHomeFolderAndOnce) {
  const ConfigFiles files;
  files.put("home/k.pub", "# mine\n\n" + std::string(test::kPublicKey) + "\r\nrestrict,command=\"echo \\\"a b\\\"\" " +
                              std::string(test::kPublicKey) + "\n");
  files.put("cluster.yaml", changed(test::kCluster, "[id.pub]", "[id.pub, ~/k.pub]"));
  const char* const home = std::getenv("HOME");
  const std::string old_home = home == nullptr ? "" : home;
  ::setenv("HOME", (files.path() / "home").c_str(), 1);
  const auto cluster = read_cluster(files.cluster(), {});
  ::setenv("HOME", old_home.c_str(), 1);
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->access.authorized_keys.size(), 1U);
}

TEST(Cluster, PrefersTheFoldersBesideIt) {
  const ConfigFiles files;
  const ConfigFiles share;
  share.put("profiles/worker.yaml", "role: manager\n");
  share.put("profiles/only-shared.yaml", "role: manager\n");
  files.put("cluster.yaml", changed(test::kCluster, "profile: big", "profile: only-shared"));
  const auto cluster = read_cluster(files.cluster(), {share.path()});
  ASSERT_TRUE(cluster.ok()) << cluster.error().what();
  EXPECT_EQ(cluster->find_node(2)->profile.role.value, Role::kWorker);
  EXPECT_EQ(cluster->find_node(1)->profile.role.value, Role::kManager);
  EXPECT_EQ(cluster->overlay_folders.size(), 2U);
}

TEST(Cluster, SaysHowToGetAMissingFile) {
  const auto cluster = read_cluster("/nowhere/cluster.yaml", {});
  ASSERT_FALSE(cluster.ok());
  EXPECT_EQ(cluster.error().code(), ErrorCode::kConfig);
  EXPECT_EQ(cluster.error().what(), "/nowhere/cluster.yaml: no such file; 'kraken-image init' writes one");
}

}  // namespace
}  // namespace kraken
