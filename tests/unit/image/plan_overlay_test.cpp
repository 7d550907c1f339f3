// Where files of overlays may go, on a root in memory and on a real FAT, whose rule of what names are equal counts.
#include <gtest/gtest.h>

#include "block/memory.h"
#include "fs/fat/fat_editor.h"
#include "image/apply.h"
#include "image/plan_parts.h"
#include "support/fat_disk.h"
#include "support/memory_fs.h"

namespace kraken {
namespace {

const Origin kNamedAt{"worker.yaml", 3, 11};

class PlanOverlay : public testing::Test {
 protected:
  void SetUp() override {
    root_.put_file("/etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    root_.put_folder("/boot/firmware");
    auto opened = open_fat(disk_.store(), 1732320000);
    ASSERT_TRUE(opened.ok()) << opened.error().what();
    boot_ = std::move(*opened);
    tree_ = std::make_unique<ImageTree>(root_, boot_.get(), "/boot/firmware");
    builder_ = std::make_unique<PlanBuilder>(*tree_);
    ASSERT_TRUE(tree_->write_file("/boot/firmware/cmdline.txt", MemoryStore("root=/dev/sda2\n"), {}).ok());
  }

  static OverlayFile file(const std::string& path, std::shared_ptr<const BlockSource> content) {
    OverlayFile made;
    made.path = path;
    made.content = std::move(content);
    made.origin = kNamedAt;
    made.local = "/here/mine" + path;
    return made;
  }
  static OverlayFile file(const std::string& path) { return file(path, std::make_shared<MemoryStore>("x")); }
  static OverlayFile other(const std::string& path, NodeType type) {
    OverlayFile made = file(path);
    made.type = type;
    made.target = "etc";
    return made;
  }

  // Plans, then applies as make_node_image() does.
  Status put(const std::vector<OverlayFile>& files) {
    for (const OverlayFile& file : files) KRAKEN_TRY(plan_overlay_file(*builder_, "mine", file));
    KRAKEN_ASSIGN(const std::vector<Edit> edits, builder_->take());
    return apply_edits(edits, *tree_);
  }

  void expect_mistake(const OverlayFile& wrong, const std::string& words) {
    expect_mistake(std::vector<OverlayFile>{wrong}, wrong, words);
  }
  void expect_mistake(const std::vector<OverlayFile>& files, const OverlayFile& named, const std::string& words) {
    const Status status = put(files);
    ASSERT_FALSE(status.ok()) << named.path;
    const std::string& what = status.error().what();
    EXPECT_EQ(status.error().code(), ErrorCode::kConfig) << what;
    EXPECT_TRUE(what.starts_with("worker.yaml:3:11: overlay mine: " + named.local.string() + ": ")) << what;
    EXPECT_NE(what.find(words), std::string::npos) << what;
  }

  test::MemoryFs root_;
  test::FatDisk disk_{"-F 32 -s 1", 2 * kMiB};
  std::unique_ptr<FsEditor> boot_;
  std::unique_ptr<ImageTree> tree_;
  std::unique_ptr<PlanBuilder> builder_;
};

TEST_F(PlanOverlay, GoodFilesGoWhereTheyBelong) {
  ASSERT_TRUE(put({other("/opt", NodeType::kFolder), file("/opt/a"), file("/opt/A"),
                   other("/opt/l", NodeType::kSymlink), other("/etc", NodeType::kFolder), file("/boot/firmware/a.txt")})
                  .ok());
  EXPECT_EQ(*boot_->read_file("/A.TXT", 10), "x");
  EXPECT_NE(root_.find("/opt/A"), nullptr);
}

TEST_F(PlanOverlay, NamesThatAreOneOnFatAreRefused) {
  const OverlayFile second = file("/boot/firmware/foo.TXT");
  expect_mistake({file("/boot/firmware/Foo.txt"), second}, second, "/boot/firmware/Foo.txt (overlay mine)");
}

TEST_F(PlanOverlay, CapitalsOutsideAsciiAreOneOnFatToo) {
  const OverlayFile second = file("/boot/firmware/\xC3\xA4.txt");
  expect_mistake({file("/boot/firmware/\xC3\x84.txt"), second}, second, "the same name");
}

TEST_F(PlanOverlay, FilesInAFolderOfTwoSpellingsAreOneOnFat) {
  const OverlayFile second = file("/boot/firmware/SUB/f");
  expect_mistake({other("/boot/firmware/sub", NodeType::kFolder), file("/boot/firmware/sub/f"),
                  other("/boot/firmware/SUB", NodeType::kFolder), second},
                 second, "the same name");
}

TEST_F(PlanOverlay, CapitalsDoNotGetPastTheToolsOwnFiles) {
  const EditReason own{"the partitions' names", {}};
  ASSERT_TRUE(builder_->write("/boot/firmware/cmdline.txt", "root=/dev/sda3\n", own, {}).ok());
  builder_->close_planned_paths();
  expect_mistake(file("/boot/firmware/CMDLINE.TXT"), "which kraken-image writes itself (the partitions' names)");
}

TEST_F(PlanOverlay, ALaterOverlayReplacesAnEarlierOnesFile) {
  const auto later = std::make_shared<MemoryStore>("later");
  ASSERT_TRUE(put({file("/boot/firmware/a.txt"), file("/boot/firmware/a.txt", later)}).ok());
  EXPECT_EQ(*boot_->read_file("/a.txt", 10), "later");
}

TEST_F(PlanOverlay, AFileOverAFolderIsAMistakeOfTheOverlay) {
  expect_mistake(file("/etc"), "putting /etc into the image");
}

TEST_F(PlanOverlay, ALinkOverAFolderIsAMistakeOfTheOverlay) {
  expect_mistake(other("/etc", NodeType::kSymlink), "putting /etc into the image");
}

TEST_F(PlanOverlay, AFolderOverAFileIsAMistakeOfTheOverlay) {
  expect_mistake(other("/etc/passwd", NodeType::kFolder), "/etc/passwd is there and is not a folder");
}

TEST_F(PlanOverlay, AFolderOverAnEarlierOverlaysFileIsAMistake) {
  const OverlayFile folder = other("/etc/new", NodeType::kFolder);
  expect_mistake({file("/etc/new"), folder}, folder, "/etc/new is there and is not a folder");
}

TEST_F(PlanOverlay, AFileOverAFolderThatTheToolMakesIsAMistake) {
  ASSERT_TRUE(builder_->make_folder("/etc/kraken", {"for the node record", {}}, {}).ok());
  ASSERT_TRUE(builder_->write("/etc/kraken/node.json", "{}", {"the node record", {}}, {}).ok());
  builder_->close_planned_paths();
  expect_mistake(file("/etc/kraken"), "/etc/kraken will be a folder (for the node record)");
}

TEST_F(PlanOverlay, ALinkOnTheBootPartitionIsAMistakeOfTheOverlay) {
  expect_mistake(other("/boot/firmware/link", NodeType::kSymlink), "holds no symbolic links");
}

TEST_F(PlanOverlay, ANameThatFatCannotStoreIsAMistakeOfTheOverlay) {
  expect_mistake(file("/boot/firmware/a?b"), "cannot be stored on a FAT volume");
}

TEST_F(PlanOverlay, AFileLargerThanTheFileSystemIsAMistakeOfTheOverlay) {
  expect_mistake(file("/boot/firmware/big", std::make_shared<MemoryStore>(3 * kMiB)), "free of");
}

TEST_F(PlanOverlay, AFullFileSystemIsTheBases) {
  ASSERT_TRUE(tree_->write_file("/boot/firmware/half", MemoryStore(Bytes{1200 * kKiB}), {}).ok());
  const Status status = put({file("/boot/firmware/big", std::make_shared<MemoryStore>(Bytes{1200 * kKiB}))});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code(), ErrorCode::kNoSpace) << status.error().what();
  EXPECT_NE(status.error().what().find("/here/mine/boot/firmware/big"), std::string::npos) << status.error().what();
}

}  // namespace
}  // namespace kraken
