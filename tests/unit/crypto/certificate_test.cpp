// Keys and certificates, as the openssl command sees them.
#include "crypto/certificate.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "base/text.h"
#include "crypto/key_pair.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

constexpr Validity kValidity{1772323200, 1772323200 + std::int64_t{30} * 365 * 86400};  // 2026-03-01 to 2056-02-22
constexpr ClientName kAdmin{"kubernetes-admin", "system:masters"};

struct Certificates : testing::Test {
  test::TempFolder temp;
  CertificateAuthority authority = make_authority("kubernetes", kValidity).value();

  std::string put(const std::string& name, std::string_view text) const {
    std::ofstream(temp / name, std::ios::binary) << text;
    return (temp / name).string();
  }
  // What the command prints; fails the test when it does not succeed.
  std::string openssl(const std::string& words) const {
    const test::Ran ran = test::run("cd " + temp.path().string() + " && openssl " + words);
    EXPECT_EQ(ran.status, 0) << words << "\n" << ran.output;
    return ran.output;
  }
  void put_authority() const {
    put("ca.crt", authority.certificate);
    put("ca.key", as_text(authority.key.view()));
  }
};

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

TEST_F(Certificates, OfAnAuthorityHaveWhatKubernetesWants) {
  put_authority();
  const std::string text = openssl("x509 -in ca.crt -noout -text");
  expect_part(text, "Version: 3 (0x2)");
  expect_part(text, "Signature Algorithm: ecdsa-with-SHA256");
  expect_part(text, "Issuer: CN = kubernetes\n");
  expect_part(text, "Subject: CN = kubernetes\n");
  expect_part(text, "ASN1 OID: prime256v1");
  expect_part(text, "Not Before: Mar  1 00:00:00 2026 GMT");
  expect_part(text, "Not After : Feb 22 00:00:00 2056 GMT");  // a GeneralizedTime: past 2049
  expect_part(text, "X509v3 Basic Constraints: critical\n                CA:TRUE\n");
  expect_part(text,
              "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment, Certificate Sign\n");
  expect_part(text, "X509v3 Subject Key Identifier:");
  EXPECT_EQ(openssl("verify -x509_strict -attime 1772323200 -CAfile ca.crt ca.crt"), "ca.crt: OK\n");
  EXPECT_EQ(openssl("x509 -in ca.crt -noout -pubkey"), openssl("pkey -in ca.key -pubout"));
  expect_part(openssl("pkey -in ca.key -check -noout"), "Key is valid");
}

TEST_F(Certificates, HaveASerialOfTheirOwnAndAKeyOfTheirOwn) {
  std::set<std::string> serials;
  std::set<std::string> keys;
  for (int i = 0; i < 8; ++i) {
    const auto other = make_authority("kubernetes", kValidity);
    ASSERT_TRUE(other.ok()) << other.error().what();
    put("other.crt", other->certificate);
    const std::string serial = openssl("x509 -in other.crt -noout -serial");
    EXPECT_EQ(serial.size(), std::string("serial=\n").size() + 32) << serial;
    expect_part("4567", serial.substr(7, 1));  // positive, and never shorter
    serials.insert(serial);
    keys.insert(std::string(as_text(other->key.view())));
  }
  EXPECT_EQ(serials.size(), 8U);
  EXPECT_EQ(keys.size(), 8U);
}

TEST_F(Certificates, OfAClientAreItsAuthoritysAndProveNothingElse) {
  put_authority();
  const SecretBytes key = make_p256_key().value();
  const auto certificate = sign_client(authority, kAdmin, as_text(key.view()), kValidity);
  ASSERT_TRUE(certificate.ok()) << certificate.error().what();
  put("admin.crt", *certificate);
  put("admin.key", as_text(key.view()));
  const std::string text = openssl("x509 -in admin.crt -noout -text");
  expect_part(text, "Subject: O = system:masters, CN = kubernetes-admin\n");
  expect_part(text, "X509v3 Basic Constraints: critical\n                CA:FALSE\n");
  expect_part(text, "X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment\n");
  expect_part(text, "X509v3 Extended Key Usage: \n                TLS Web Client Authentication\n");
  EXPECT_EQ(openssl("verify -x509_strict -attime 1772323200 -purpose sslclient -CAfile ca.crt admin.crt"),
            "admin.crt: OK\n");
  EXPECT_NE(test::run("cd " + temp.path().string() +
                      " && openssl verify -attime 1772323200 -purpose sslserver -CAfile ca.crt admin.crt")
                .status,
            0);
  EXPECT_EQ(openssl("x509 -in admin.crt -noout -pubkey"), openssl("pkey -in admin.key -pubout"));
  put("other.crt", make_authority("kubernetes", kValidity)->certificate);
  EXPECT_NE(
      test::run("cd " + temp.path().string() + " && openssl verify -attime 1772323200 -CAfile other.crt admin.crt")
          .status,
      0);
}

TEST_F(Certificates, HaveThePublicKeyDigestThatOthersCompute) {
  put_authority();
  const auto digest = public_key_digest(authority.certificate);
  ASSERT_TRUE(digest.ok()) << digest.error().what();
  // Kubernetes' documentation, "kubeadm join", gives this pipe for the discovery hash.
  const std::string said =
      openssl("x509 -pubkey -in ca.crt | openssl pkey -pubin -outform der 2>/dev/null | sha256sum | cut -d' ' -f1");
  EXPECT_EQ(hex_digest(*digest) + "\n", said);
}

TEST_F(Certificates, PassTheirOwnCheckAndNothingElseDoes) {
  ASSERT_TRUE(check_authority(authority).ok());
  const CertificateAuthority other = make_authority("kubernetes", kValidity).value();
  const SecretBytes rsa = make_rsa_2048_key().value();
  const std::string key(as_text(authority.key.view()));
  const SecretBytes client_key = make_p256_key().value();
  const std::string client = sign_client(authority, kAdmin, as_text(client_key.view()), kValidity).value();
  const std::string& good = authority.certificate;
  const std::vector<std::pair<std::string, std::string>> bad = {
      {good, std::string(as_text(other.key.view()))},
      {other.certificate, key},
      {good, std::string(as_text(rsa.view()))},
      {client, std::string(as_text(client_key.view()))},
      {good + good, key},
      {good + "\n", key},
      {"text\n" + good, key},
      {good.substr(1), key},
      {good.substr(0, good.size() - 1), key},
      {good, key + "\n"},
      {good, key + key},
      {good, ""},
      {"", key},
      {good, key.substr(0, key.size() / 2)},
      {std::string(kMaxPemSize + 1, 'A'), key},
  };
  for (const auto& [certificate, private_key] : bad) {
    const Status checked = check_authority({certificate, SecretBytes(as_bytes(private_key))});
    ASSERT_FALSE(checked.ok()) << certificate;
    EXPECT_EQ(checked.error().code(), ErrorCode::kCorrupt);
    EXPECT_EQ(checked.error().what().find(key.substr(40, 16)), std::string::npos) << "the message shows the key";
  }
}

TEST_F(Certificates, AreNotTakenFromAnotherCurveOrAnEncryptedKey) {
  put("ca.key", as_text(authority.key.view()));
  openssl("ecparam -name secp384r1 -genkey -noout -out other.key");
  openssl("ec -in ca.key -aes128 -passout pass:x -out sealed.key");
  openssl("pkcs8 -topk8 -nocrypt -in ca.key -out pkcs8.key");
  openssl("genrsa -traditional -out small.key 1024");
  for (const char* name : {"other.key", "sealed.key", "pkcs8.key", "small.key"}) {
    const std::string text = test::run("cat " + (temp / name).string()).output;
    EXPECT_TRUE(text.starts_with("-----BEGIN ")) << text;
    EXPECT_EQ(kind_of_key(text).error().code(), ErrorCode::kCorrupt) << name;
  }
}

TEST_F(Certificates, RefuseNamesThatAreNone) {
  EXPECT_EQ(make_authority("", kValidity).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(make_authority(std::string(65, 'a'), kValidity).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(make_authority(std::string(64, 'a'), kValidity).ok());
}

TEST(KeyPair, IsInTheFormThatItsOwnProgramsWrite) {
  const test::TempFolder temp;
  const SecretBytes p256 = make_p256_key().value();
  const SecretBytes rsa = make_rsa_2048_key().value();
  EXPECT_TRUE(as_text(p256.view()).starts_with("-----BEGIN EC PRIVATE KEY-----\n"));
  EXPECT_TRUE(as_text(rsa.view()).starts_with("-----BEGIN RSA PRIVATE KEY-----\n"));
  EXPECT_EQ(kind_of_key(as_text(p256.view())).value(), KeyKind::kP256);
  EXPECT_EQ(kind_of_key(as_text(rsa.view())).value(), KeyKind::kRsa2048);
  const std::string file = (temp / "key").string();
  std::ofstream(file, std::ios::binary) << as_text(rsa.view());
  const test::Ran text = test::run("openssl rsa -in " + file + " -noout -text -check");
  EXPECT_EQ(text.status, 0);
  expect_part(text.output, "Private-Key: (2048 bit, 2 primes)");
  expect_part(text.output, "publicExponent: 65537 (0x10001)");
  expect_part(text.output, "RSA key ok");
  const test::Ran half = test::run("openssl pkey -in " + file + " -pubout");
  EXPECT_EQ(public_key_of(as_text(rsa.view())).value(), half.output);
}

}  // namespace
}  // namespace kraken
