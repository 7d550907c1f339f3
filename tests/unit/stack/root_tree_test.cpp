#include "stack/root_tree.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "support/image_tree.h"

namespace kraken {
namespace {

TEST(RootTree, FollowsLinksInsideTheRoot) {
  test::ImageTree tree;
  tree.merged_usr().put("/usr/lib/a/file", "inside").link("/etc/absolute", "/lib/a/file");
  tree.link("/etc/up", "../../../../../lib/a/../a/./file").link("/etc/folder", "/usr/lib/a");
  const RootTree root(tree.root());
  for (const char* path : {"/lib/a/file", "/etc/absolute", "/etc/up", "/etc/folder/file", "//usr//lib/a/file"}) {
    const auto content = root.read(path);
    ASSERT_TRUE(content.ok()) << path;
    EXPECT_EQ(*content, "inside") << path;
  }
  EXPECT_EQ(root.resolve("/etc/absolute"), tree.path("/usr/lib/a/file"));
}

TEST(RootTree, NeverLeavesTheRoot) {
  test::ImageTree outside;
  outside.put("/secret", "outside");
  test::ImageTree tree;
  tree.link("/etc/absolute", outside.path("/secret").string());
  tree.link("/etc/relative", "../../" + outside.root().filename().string() + "/secret");
  const RootTree root(tree.root());
  EXPECT_FALSE(root.exists("/etc/absolute"));
  EXPECT_FALSE(root.exists("/etc/relative"));
  EXPECT_FALSE(root.exists("/../" + outside.root().filename().string() + "/secret"));
}

TEST(RootTree, EndsInALoopOfLinks) {
  test::ImageTree tree;
  tree.link("/etc/a", "b").link("/etc/b", "/etc/a");
  const RootTree root(tree.root());
  EXPECT_FALSE(root.exists("/etc/a"));
  EXPECT_EQ(root.link_text("/etc/a"), "b");
}

TEST(RootTree, ReadsNoDeviceAndNothingHuge) {
  test::ImageTree tree;
  tree.put("/etc/huge", std::string(kMiB + 1, 'x')).folder("/etc/folder");
  ASSERT_EQ(test::run("mkfifo " + tree.path("/etc/pipe").string()).status, 0);
  const RootTree root(tree.root());
  EXPECT_EQ(root.read("/etc/huge").error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(root.read("/etc/pipe").error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(root.read("/etc/folder").error().code(), ErrorCode::kUnsupported);
  EXPECT_EQ(root.read("/etc/none").error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(root.names("/etc"), (std::vector<std::string>{"folder", "huge", "pipe"}));
  EXPECT_TRUE(root.names("/none").empty());
}

}  // namespace
}  // namespace kraken
