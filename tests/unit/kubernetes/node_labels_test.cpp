#include "kubernetes/node_labels.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

struct LabelCase {
  const char* key;
  const char* value;
  bool good;
};

TEST(NodeLabels, OnlyThoseThatAKubeletMayGiveItself) {
  const LabelCase cases[] = {
      {"disk", "sd", true},
      {"disk", "", true},
      {"a.b_c-d", "A.b_c-9", true},
      {"example.org/disk", "sd", true},
      {"node.kubernetes.io/instance", "pi3", true},
      {"sub.node.kubernetes.io/x", "1", true},
      {"kubelet.kubernetes.io/x", "1", true},
      {"kubernetes.io/role", "worker", false},
      {"node-role.kubernetes.io/worker", "", false},
      {"k8s.io/x", "1", false},
      {"a.k8s.io/x", "1", false},
      {"notk8s.io/x", "1", true},
      {"", "sd", false},
      {"-disk", "sd", false},
      {"disk", "sd,other=1", false},
      {"disk", "sd ", false},
      {"disk", "-sd", false},
      {"Example.org/disk", "sd", false},
      {"/disk", "sd", false},
      {"a/b/c", "sd", false},
      {"a..b/c", "sd", false},
      {"note", "Gr\xc3\xbc\xc3\x9f", false},
  };
  for (const LabelCase& c : cases) EXPECT_EQ(is_kubelet_label(c.key, c.value), c.good) << c.key << "=" << c.value;
  EXPECT_FALSE(is_kubelet_label(std::string(64, 'a'), "x"));
  EXPECT_FALSE(is_kubelet_label("a", std::string(64, 'x')));
}

TEST(NodeLabels, AreOneArgumentAndTheRestIsNamed) {
  const KubeletLabels labels = kubelet_labels({{"b", "2"}, {"a", ""}, {"k8s.io/x", "1"}, {"c", "a b"}});
  EXPECT_EQ(labels.argument, "a=,b=2");
  EXPECT_EQ(labels.left, (std::vector<std::string>{"c", "k8s.io/x"}));
  EXPECT_EQ(kubelet_labels({}).argument, "");
}

}  // namespace
}  // namespace kraken
