#include "kubernetes/settled_kubernetes.h"

#include <gtest/gtest.h>

#include "kubernetes/k3s_config.h"
#include "kubernetes/kubelet_unit.h"

namespace kraken {
namespace {

const SettledKubernetes kSettled{SettledKubernetes::State::kIn, "sha256:" + std::string(64, 'a'),
                                 "kubeadm's check Mem was passed over", true, true};

std::string with(std::string_view from, std::string_view to) {
  std::string text = format_settled_kubernetes(kSettled);
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(SettledKubernetes, ComesBackAsItWasWritten) {
  EXPECT_EQ(*parse_settled_kubernetes(format_settled_kubernetes(kSettled)), kSettled);
  EXPECT_EQ(*parse_settled_kubernetes(format_settled_kubernetes({})), SettledKubernetes());
}

TEST(SettledKubernetes, WhatIsNoneIsRefused) {
  const std::string good = format_settled_kubernetes(kSettled);
  for (const std::string& text :
       {std::string(), good.substr(0, good.size() / 2), with("kraken-kubernetes", "kraken-swarm"),
        with("\"in\"", "\"out\""), with("sha256:a", "sha256:"), with("true", "1"), with("\"note\"", "\"notes\""),
        with("\"version\": 1", "\"version\": 2")}) {
    EXPECT_FALSE(parse_settled_kubernetes(text).ok()) << text;
  }
}

TEST(K3sConfig, NamesAddressAndInterfaceAndNothingThatCouldBeMore) {
  EXPECT_EQ(*k3s_interface_config({0xc0a8030d}, "kr-bond0"),
            "# Written by kraken-firstboot.\nnode-ip: \"192.168.3.13\"\nflannel-iface: \"kr-bond0\"\n");
  for (const char* name : {"", "eth0\"", "eth0\nx: y", "a-name-that-is-too-long"}) {
    EXPECT_FALSE(k3s_interface_config({0xc0a8030d}, name).ok()) << name;
  }
}

TEST(KubeletUnit, StartsTheProgramThatIsThere) {
  EXPECT_NE(kubelet_unit("/opt/bin/kubelet").find("\nExecStart=/opt/bin/kubelet\n"), std::string::npos);
  EXPECT_NE(kubelet_drop_in("/opt/bin/kubelet").find("\nExecStart=\nExecStart=/opt/bin/kubelet $KUBELET_KUBECONFIG"),
            std::string::npos);
}

}  // namespace
}  // namespace kraken
