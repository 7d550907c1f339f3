#include "kubernetes/certificates.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "base/text.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

std::string file(const std::filesystem::path& path) {
  const auto text = read_whole_file(path, kMiB);
  return text.ok() ? *text : std::string();
}

struct KeyCase {
  const char* name;
  const char* arguments;
};

// The hash as kubeadm's documentation has people compute it, by the openssl command.
TEST(Certificates, TheHashIsTheOneThatTheOpensslCommandComputes) {
  const KeyCase cases[] = {{"ec", "ec -pkeyopt ec_paramgen_curve:P-256"}, {"rsa", "rsa:2048"}};
  for (const KeyCase& c : cases) {
    const test::TempFolder folder;
    const std::string at = folder.path().string();
    const test::Ran made = test::run("cd " + at + " && openssl req -x509 -newkey " + c.arguments +
                                     " -nodes -keyout ca.key -out ca.crt -subj /CN=kubernetes -days 30 2>&1");
    ASSERT_EQ(made.status, 0) << made.output;
    const test::Ran hash = test::run("cd " + at +
                                     " && openssl x509 -pubkey -noout -in ca.crt | "
                                     "openssl pkey -pubin -outform der | sha256sum | cut -d' ' -f1");
    const auto facts = read_certificate(file(folder / "ca.crt"));
    ASSERT_TRUE(facts.ok()) << facts.error().what();
    EXPECT_EQ(facts->key_hash, "sha256:" + std::string(trim(hash.output))) << c.name;
    const test::Ran end =
        test::run("date -d \"$(openssl x509 -enddate -noout -in " + at + "/ca.crt | cut -d= -f2)\" +%s");
    EXPECT_EQ(facts->not_after, static_cast<std::int64_t>(parse_u64(trim(end.output)).value_or(0)));
    EXPECT_EQ(facts->not_after - facts->not_before, 30 * 86400);
    const std::string both = file(folder / "ca.key") + file(folder / "ca.crt");
    EXPECT_EQ(read_certificate(both)->key_hash, facts->key_hash) << "a key in front of it";
    EXPECT_FALSE(read_certificate(file(folder / "ca.key")).ok());
    std::string torn = file(folder / "ca.crt");
    torn.resize(torn.size() / 2);
    EXPECT_FALSE(read_certificate(torn).ok());
  }
}

TEST(Certificates, WhatIsNoneIsRefused) {
  const std::string begin = "-----BEGIN CERTIFICATE-----\n";
  const std::string end = "-----END CERTIFICATE-----\n";
  for (const std::string& text : {std::string(), std::string("x"), begin + end, begin + "AAAA\n" + end,
                                  begin + "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n" + end}) {
    EXPECT_EQ(read_certificate(text).error().code(), ErrorCode::kCorrupt) << text;
  }
  EXPECT_FALSE(read_certificate(std::string(kCertificateMaxSize + 1, 'A')).ok());
}

}  // namespace
}  // namespace kraken
