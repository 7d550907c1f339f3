// The file kubernetes-pki.
#include "cluster/kubernetes_pki.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/text.h"
#include "cluster/secrets.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1772323200;  // 2026-03-01

std::string sample() {
  static const std::string text(as_text(format_kubernetes_pki(make_kubernetes_pki(kNow).value()).view()));
  return text;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

std::string section(const std::string& name) {
  const std::string text = sample();
  const std::size_t start = text.find("[" + name + "]\n") + name.size() + 3;
  return text.substr(start, text.find("\n[", start) + 1 - start);
}

TEST(KubernetesPki, ComesBackAsItWasWritten) {
  const auto pki = parse_kubernetes_pki(sample());
  ASSERT_TRUE(pki.ok()) << pki.error().what();
  EXPECT_EQ(as_text(format_kubernetes_pki(*pki).view()), sample());
  EXPECT_LT(sample().size(), 16U * 1024);
}

TEST(KubernetesPki, HasAuthoritiesThatAreFiveAndLastThirtyYears) {
  const test::TempFolder temp;
  const std::vector<std::pair<std::string, std::string>> names = {{"ca", "kubernetes"},
                                                                  {"client-ca", "kubernetes-client-ca"},
                                                                  {"front-proxy-ca", "front-proxy-ca"},
                                                                  {"etcd-ca", "etcd-ca"},
                                                                  {"etcd-peer-ca", "etcd-peer-ca"}};
  std::set<std::string> keys;
  for (const auto& [name, subject] : names) {
    std::ofstream(temp / name) << section(name);
    const test::Ran said =
        test::run("openssl x509 -in " + (temp / name).string() + " -noout -subject -startdate -enddate");
    EXPECT_EQ(said.output,
              "subject=CN = " + subject + "\nnotBefore=Feb 28 00:00:00 2026 GMT\nnotAfter=Feb 21 00:00:00 2056 GMT\n");
    keys.insert(test::run("openssl pkey -in " + (temp / name).string() + " -pubout").output);
  }
  EXPECT_EQ(keys.size(), 5U);
}

TEST(KubernetesPki, RefusesWhatIsNotExactlySuchAFileAndQuotesNothingOfIt) {
  const std::string good = sample();
  const std::string key = section("ca").substr(section("ca").find("-----BEGIN EC"));
  const std::string client = section("client-ca");
  const std::string service = good.substr(good.find("-----BEGIN RSA"));
  const std::vector<std::pair<std::string, std::string>> bad = {
      {"", "Kubernetes"},
      {good.substr(1), "Kubernetes"},
      {replaced(good, "pki 1", "pki 2"), "version"},
      {replaced(good, "[ca]", "[CA]"), "[ca]"},
      {replaced(good, "[client-ca]\n", ""), "[client-ca]"},
      {replaced(good, key, ""), "[ca]"},
      {replaced(good, key, client.substr(client.find("-----BEGIN EC"))), "[ca]"},
      {replaced(good, section("etcd-ca"), section("etcd-ca") + "\n"), "[etcd-peer-ca]"},
      {replaced(good, section("front-proxy-ca"), service), "[front-proxy-ca]"},
      {replaced(good, service, key), "[service-account]"},
      {replaced(good, "[service-account]\n" + service, ""), "[service-account]"},
      {good + "\n", "[service-account]"},
      {good + service, "[service-account]"},
      {replaced(good, "\n[etcd-ca]", "\r\n[etcd-ca]"), "[front-proxy-ca]"},
  };
  for (const auto& [text, place] : bad) {
    const auto parsed = parse_kubernetes_pki(text);
    ASSERT_FALSE(parsed.ok()) << place;
    EXPECT_EQ(parsed.error().code(), ErrorCode::kCorrupt);
    EXPECT_NE(parsed.error().what().find(place), std::string::npos) << parsed.error().what();
    EXPECT_EQ(parsed.error().what().find(key.substr(40, 12)), std::string::npos) << parsed.error().what();
  }
}

TEST(KubernetesPki, RefusesEveryFewTruncations) {
  const std::string good = sample();
  for (std::size_t size = 0; size < good.size(); size += 97) {
    EXPECT_FALSE(parse_kubernetes_pki(good.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(parse_kubernetes_pki(good.substr(0, good.size() - 1)).ok());
}

TEST(KubernetesPki, IsMadeOnceInAFolder) {
  const test::TempFolder temp;
  const fs::path folder = temp / "secrets";
  ASSERT_TRUE(ClusterSecrets::create(folder).ok());
  SecretsFolder opened = SecretsFolder::open(folder).value();
  const auto missing = load_kubernetes_pki(opened);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code(), ErrorCode::kConfig);
  EXPECT_NE(missing.error().what().find("`kraken-image secrets complete`"), std::string::npos);

  ASSERT_TRUE(create_kubernetes_pki(opened, kNow, std::nullopt).ok());
  ASSERT_TRUE(load_kubernetes_pki(opened).ok());
  EXPECT_EQ(create_kubernetes_pki(opened, kNow, std::nullopt).error().code(), ErrorCode::kAlreadyExists);

  fs::permissions(folder / kKubernetesPkiFile, fs::perms(0640));
  EXPECT_NE(load_kubernetes_pki(opened).error().what().find("chmod 0600"), std::string::npos);
  fs::permissions(folder / kKubernetesPkiFile, fs::perms(0600));
  std::ofstream(folder / kKubernetesPkiFile) << "kraken-kubernetes-pki 1\n[ca]\n";
  const auto damaged = load_kubernetes_pki(opened);
  ASSERT_FALSE(damaged.ok());
  EXPECT_EQ(damaged.error().code(), ErrorCode::kConfig);
  EXPECT_TRUE(damaged.error().what().starts_with((folder / kKubernetesPkiFile).string() + ": section [ca]: "))
      << damaged.error().what();
  EXPECT_NE(damaged.error().what().find("backup"), std::string::npos);
}

}  // namespace
}  // namespace kraken
