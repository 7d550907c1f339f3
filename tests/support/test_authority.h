// A certificate authority, another one, and a kubelet's certificate: made by the openssl command, once a test program.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "kubernetes/certificates.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken::test {

struct TestAuthority {
  std::string certificate;  // PEM
  std::string hash;         // as kubeadm has it
};

inline TestAuthority make_authority(const std::string& name) {
  const TempFolder folder;
  const Ran ran = run("cd " + folder.path().string() +
                      " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key -out crt "
                      "-days 3650 -subj /CN=" +
                      name + " 2>&1");
  EXPECT_EQ(ran.status, 0) << ran.output;
  const auto text = read_whole_file(folder / "crt", 64 * kKiB);
  EXPECT_TRUE(text.ok());
  return {*text, read_certificate(*text)->key_hash};
}

inline const TestAuthority& cluster_authority() {
  static const TestAuthority authority = make_authority("kubernetes");
  return authority;
}
inline const TestAuthority& other_authority() {
  static const TestAuthority authority = make_authority("other");
  return authority;
}
// What is looked at of it is until when it is valid.
inline const std::string& kubelet_certificate() {
  static const std::string certificate = make_authority("system:node:kraken").certificate;
  return certificate;
}

}  // namespace kraken::test
