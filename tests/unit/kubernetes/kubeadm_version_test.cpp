#include "kubernetes/kubeadm_version.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

struct VersionCase {
  const char* text;
  std::optional<KubeadmApi> api;
};

TEST(KubeadmVersion, EachReadsItsFormat) {
  const VersionCase cases[] = {
      {"v1.14.10\n", std::nullopt},
      {"v1.15.0", KubeadmApi::kV1beta2},
      {"v1.20.2\n", KubeadmApi::kV1beta2},
      {"v1.21.14", KubeadmApi::kV1beta2},
      {"v1.22.0-rc.0", KubeadmApi::kV1beta3},
      {"v1.30.9+distribution", KubeadmApi::kV1beta3},
      {"v1.31.0", KubeadmApi::kV1beta4},
      {"v1.40.1", KubeadmApi::kV1beta4},
      {"v2.0.0", std::nullopt},
      {"v0.31.0", std::nullopt},
  };
  for (const VersionCase& c : cases) {
    const auto version = parse_kubeadm_version(c.text);
    ASSERT_TRUE(version) << c.text;
    EXPECT_EQ(api_of(*version), c.api) << c.text;
  }
  EXPECT_EQ(parse_kubeadm_version("v1.20.2\n")->text, "v1.20.2");
}

TEST(KubeadmVersion, WhatIsNoneIsNone) {
  for (const char* text : {"", "v", "1.20.2", "v1", "v1.20", "v1.20.", "v1..2", "v1.x.2", "v1.20.x", "v1.20.2 v1.20.3",
                           "v1.20.2\"", "error: unknown command", "v99999.1.1", "v1.20.2@token:0@"}) {
    EXPECT_FALSE(parse_kubeadm_version(text)) << text;
  }
  EXPECT_FALSE(parse_kubeadm_version("v1.20.2-" + std::string(64, 'a')));
}

TEST(KubeadmVersion, IsAtLeastWhatCameBefore) {
  EXPECT_TRUE(parse_kubeadm_version("v1.24.0")->is_at_least(24));
  EXPECT_FALSE(parse_kubeadm_version("v1.23.17")->is_at_least(24));
  EXPECT_TRUE(parse_kubeadm_version("v2.0.0")->is_at_least(24));
}

}  // namespace
}  // namespace kraken
