#include "image/plan_builder.h"

#include <gtest/gtest.h>

#include "block/memory.h"
#include "image/apply.h"
#include "support/memory_fs.h"

namespace kraken {
namespace {

NodeAttributes mode(std::uint32_t bits) {
  NodeAttributes attributes;
  attributes.mode = bits;
  return attributes;
}

// A root with /etc/hosts (0640, owner 5) and the link /conf -> etc.
class PlanBuilderTest : public testing::Test {
 protected:
  void SetUp() override {
    NodeAttributes odd = mode(0640);
    odd.uid = 5;
    ASSERT_TRUE(root_.make_folder("/etc", mode(0755)).ok());
    ASSERT_TRUE(root_.write_file("/etc/hosts", MemoryStore("old\n"), odd).ok());
    ASSERT_TRUE(root_.make_symlink("/conf", "etc", mode(0777)).ok());
  }

  std::vector<Edit> take() {
    auto edits = builder_.take();
    EXPECT_TRUE(edits.ok());
    return edits.ok() ? std::move(*edits) : std::vector<Edit>{};
  }

  static Result<std::string> append(const std::string& text, const std::string& more) { return text + more; }

  test::MemoryFs root_;
  ImageTree tree_{root_, nullptr, "/boot"};
  PlanBuilder builder_{tree_};
};

TEST_F(PlanBuilderTest, SeveralChangesOfOneFileAreOneEditWithSeveralReasons) {
  ASSERT_TRUE(builder_.edit_text("/etc/hosts", {"first", {}}, [](const auto& t) { return append(t, "a\n"); }).ok());
  ASSERT_TRUE(builder_.edit_text("/conf/hosts", {"second", {}}, [](const auto& t) { return append(t, "b\n"); }).ok());
  const auto edits = take();
  ASSERT_EQ(edits.size(), 1U);
  EXPECT_EQ(edits[0].path, "/etc/hosts");
  EXPECT_EQ(edits[0].reasons.size(), 2U);
  EXPECT_EQ(edits[0].attributes.mode, 0640U);
  EXPECT_EQ(edits[0].attributes.uid, 5U);
  ASSERT_TRUE(apply_edits(edits, tree_).ok());
  EXPECT_EQ(*root_.read_file("/etc/hosts", 100), "old\na\nb\n");
}

TEST_F(PlanBuilderTest, WhatChangesNothingIsNoEdit) {
  ASSERT_TRUE(
      builder_.edit_text("/etc/hosts", {"same", {}}, [](const auto& t) { return Result<std::string>(t); }).ok());
  NodeAttributes odd = mode(0640);
  odd.uid = 5;
  ASSERT_TRUE(builder_.write("/etc/hosts", "old\n", {"same again", {}}, odd).ok());
  ASSERT_TRUE(builder_.make_folder("/etc", {"is there", {}}, mode(0700)).ok());
  ASSERT_TRUE(builder_.remove("/etc/nothing", {"is not there", {}}).ok());
  EXPECT_TRUE(take().empty());
}

TEST_F(PlanBuilderTest, AnotherOwnerOrModeAloneIsAnEdit) {
  ASSERT_TRUE(builder_.write("/etc/hosts", "old\n", {"not for others", {}}, mode(0600)).ok());
  const auto edits = take();
  ASSERT_EQ(edits.size(), 1U);
  ASSERT_TRUE(apply_edits(edits, tree_).ok());
  EXPECT_EQ(root_.stat("/etc/hosts")->attributes, mode(0600));
}

TEST_F(PlanBuilderTest, FoldersThatAreMissingAreMadeOnTheWay) {
  ASSERT_TRUE(builder_.make_folder("/conf/new/deep", {"folder", {}}, mode(0755)).ok());
  ASSERT_TRUE(builder_.write("/conf/new/deep/file", "x", {"file", {}}, mode(0600)).ok());
  const auto edits = take();
  ASSERT_EQ(edits.size(), 2U);
  EXPECT_EQ(edits[1].path, "/etc/new/deep/file");
  ASSERT_TRUE(apply_edits(edits, tree_).ok());
  EXPECT_EQ(root_.stat("/etc/new/deep/file")->attributes.mode, 0600U);
}

TEST_F(PlanBuilderTest, OverlaysMayNotFightTheToolsOwnEdits) {
  ASSERT_TRUE(builder_.write("/etc/hostname", "kraken-3\n", {"host name", {}}, mode(0644)).ok());
  builder_.close_planned_paths();
  const Status status = builder_.write("/conf/hostname", "other\n", {"overlay mine", {}}, mode(0644));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kConfig);
  EXPECT_NE(status.error().what().find("overlay mine changes /etc/hostname"), std::string::npos)
      << status.error().what();
  EXPECT_TRUE(builder_.write("/etc/motd", "hello\n", {"overlay mine", {}}, mode(0644)).ok());
}

}  // namespace
}  // namespace kraken
