#include "fs/image_tree.h"

#include <gtest/gtest.h>

#include "block/memory.h"
#include "support/memory_fs.h"

namespace kraken {
namespace {

using test::MemoryFs;
using LastLink = ImageTree::LastLink;

class ImageTreeTest : public testing::Test {
 protected:
  ImageTreeTest() {
    root.put_folder("/boot/firmware");
    root.put_file("/usr/lib/os-release", "ID=debian\n");
    root.put_symlink("/lib", "usr/lib");
    root.put_symlink("/etc/os-release", "../usr/lib/os-release");
    root.put_symlink("/boot/cmdline.txt", "firmware/cmdline.txt");
    root.put_symlink("/boot/overlays", "/boot/firmware/overlays");
    boot.put_file("/cmdline.txt", "quiet\n");
    boot.put_folder("/overlays");
  }

  std::string canonical(std::string_view path, LastLink last = LastLink::kFollow) {
    const auto place = tree.resolve(path, last);
    return place.ok() ? place->image_path : "error: " + place.error().what();
  }
  ErrorCode code(std::string_view path, LastLink last = LastLink::kFollow) {
    const auto place = tree.resolve(path, last);
    return place.ok() ? ErrorCode::kInternal : place.error().code();
  }

  MemoryFs root{MemoryFs::Kind::kExt4};
  MemoryFs boot{MemoryFs::Kind::kFat};
  ImageTree tree{root, &boot, "/boot/firmware"};
};

TEST_F(ImageTreeTest, FollowsLinksInEveryPart) {
  EXPECT_EQ(canonical("/lib/os-release"), "/usr/lib/os-release");
  EXPECT_EQ(canonical("/etc/os-release"), "/usr/lib/os-release");
  EXPECT_EQ(canonical("/etc/os-release", LastLink::kKeep), "/etc/os-release");
  EXPECT_EQ(canonical("//lib/./os-release/"), "/usr/lib/os-release");
  EXPECT_EQ(canonical("/lib/new"), "/usr/lib/new");
  EXPECT_EQ(canonical("/"), "/");
  EXPECT_EQ(*tree.read_file("/etc/os-release", 100), "ID=debian\n");
}

TEST_F(ImageTreeTest, NeverLeavesTheRoot) {
  root.put_symlink("/up", "../../../../etc");
  root.put_symlink("/etc/deep", "/../..");
  EXPECT_EQ(canonical("/../../etc"), "/etc");
  EXPECT_EQ(canonical("/up/passwd"), "/etc/passwd");
  EXPECT_EQ(canonical("/etc/deep/usr"), "/usr");
  EXPECT_EQ(canonical("/lib/.."), "/usr");  // the parent of the target, not of the link
}

TEST_F(ImageTreeTest, CrossesIntoTheBootPartition) {
  for (const char* path : {"/boot/firmware/cmdline.txt", "/boot/cmdline.txt", "/lib/../../boot/cmdline.txt"}) {
    const auto place = tree.resolve(path);
    ASSERT_TRUE(place.ok()) << place.error().what();
    EXPECT_EQ(place->fs, &boot) << path;
    EXPECT_EQ(place->path, "/cmdline.txt");
    EXPECT_EQ(place->image_path, "/boot/firmware/cmdline.txt");
  }
  EXPECT_EQ(tree.resolve("/boot/firmware")->fs, &boot);
  EXPECT_EQ(tree.resolve("/boot/firmware/..")->fs, &root);
  EXPECT_EQ(tree.resolve("/boot/firmwarex")->fs, &root);
  EXPECT_EQ(tree.resolve("/boot/overlays/a.dtbo")->image_path, "/boot/firmware/overlays/a.dtbo");
}

TEST_F(ImageTreeTest, UnderstandsAMountPointBehindALink) {
  root.put_folder("/firmware");
  root.put_symlink("/mnt", "/boot");
  ImageTree linked(root, &boot, "/mnt/firmware/");
  EXPECT_EQ(linked.resolve("/boot/firmware/cmdline.txt")->fs, &boot);
  EXPECT_EQ(linked.resolve("/mnt/firmware/cmdline.txt")->image_path, "/boot/firmware/cmdline.txt");
}

TEST_F(ImageTreeTest, WorksWithoutABootPartition) {
  ImageTree alone(root, nullptr, "/boot/firmware");
  EXPECT_EQ(alone.resolve("/boot/firmware/x")->fs, &root);
  EXPECT_EQ(*alone.exists("/boot/cmdline.txt"), false);
}

TEST_F(ImageTreeTest, RefusesWhatLeadsNowhere) {
  root.put_symlink("/loop", "loop");
  root.put_symlink("/ping", "/pong/x");
  root.put_symlink("/pong", "/ping/x");
  EXPECT_EQ(code("/loop"), ErrorCode::kCorrupt);
  EXPECT_EQ(code("/ping/y"), ErrorCode::kCorrupt);
  EXPECT_EQ(canonical("/loop", LastLink::kKeep), "/loop");
  EXPECT_EQ(code("/missing/file"), ErrorCode::kNotFound);
  EXPECT_EQ(code("/usr/lib/os-release/x"), ErrorCode::kNotFound);
  EXPECT_EQ(code("/boot/firmware/cmdline.txt/x"), ErrorCode::kNotFound);
  EXPECT_EQ(code("etc/passwd"), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(""), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(std::string_view("/a\0b", 4)), ErrorCode::kInvalidArgument);
  EXPECT_FALSE(tree.exists("/loop").ok());
}

// path_resolution(7): forty links are followed, the forty-first is not.
TEST_F(ImageTreeTest, FollowsFortyLinksAndNoMore) {
  root.put_file("/chain0", "end");
  for (int i = 1; i <= 41; ++i) root.put_symlink("/chain" + std::to_string(i), "chain" + std::to_string(i - 1));
  EXPECT_EQ(canonical("/chain40"), "/chain0");
  EXPECT_EQ(code("/chain41"), ErrorCode::kCorrupt);
}

TEST_F(ImageTreeTest, RefusesAnImpossibleTarget) {
  root.put_symlink("/empty", "");
  root.put_symlink("/nul", std::string_view("a\0b", 3));
  EXPECT_EQ(code("/empty"), ErrorCode::kCorrupt);
  EXPECT_EQ(code("/nul/x"), ErrorCode::kCorrupt);
}

TEST_F(ImageTreeTest, WritesThroughLinkedFoldersButReplacesALastLink) {
  const NodeAttributes attributes{0600, 3, 4, {{"user.a", "b"}}};
  ASSERT_TRUE(tree.write_file("/lib/new", MemoryStore("text"), attributes).ok());
  ASSERT_NE(root.find("/usr/lib/new"), nullptr);
  EXPECT_EQ(root.find("/usr/lib/new")->attributes, attributes);

  ASSERT_TRUE(tree.write_file("/etc/os-release", MemoryStore("mine"), {}).ok());
  EXPECT_EQ(root.find("/etc/os-release")->type, NodeType::kFile);
  EXPECT_EQ(root.find("/usr/lib/os-release")->content, "ID=debian\n");
  EXPECT_EQ(tree.write_file("/no/such/file", MemoryStore("x"), {}).error().code(), ErrorCode::kNotFound);
}

TEST_F(ImageTreeTest, WritesToTheBootPartition) {
  ASSERT_TRUE(tree.write_file("/boot/overlays/x.dtbo", MemoryStore("x"), {0600, 7, 7, {}}).ok());
  ASSERT_NE(boot.find("/overlays/x.dtbo"), nullptr);
  EXPECT_EQ(tree.stat("/boot/overlays/x.dtbo")->attributes, (NodeAttributes{0644, 0, 0, {}}));
  const Error no_links = tree.make_symlink("/boot/firmware/l", "x", {}).error();
  EXPECT_EQ(no_links.code(), ErrorCode::kUnsupported);
  EXPECT_NE(no_links.what().find("use a copy of x"), std::string::npos) << no_links.what();
  // The link in the root is replaced; the file on FAT that it pointed to stays.
  ASSERT_TRUE(tree.write_file("/boot/cmdline.txt", MemoryStore("mine"), {}).ok());
  EXPECT_EQ(boot.find("/cmdline.txt")->content, "quiet\n");
}

TEST_F(ImageTreeTest, MakesMissingFolders) {
  const NodeAttributes attributes{0700, 1, 2, {}};
  ASSERT_TRUE(tree.make_folders("/lib/a/b/c", attributes).ok());
  EXPECT_EQ(root.find("/usr/lib/a/b/c")->attributes, attributes);
  EXPECT_EQ(root.find("/usr/lib/a")->attributes, attributes);
  EXPECT_EQ(root.find("/usr/lib")->attributes.mode, 0755U);
  ASSERT_TRUE(tree.make_folders("/lib/a/b/c", {}).ok());
  EXPECT_EQ(root.find("/usr/lib/a/b/c")->attributes, attributes);
  ASSERT_TRUE(tree.make_folders("/boot/overlays/deep/er", {}).ok());
  EXPECT_NE(boot.find("/overlays/deep/er"), nullptr);
  EXPECT_EQ(tree.make_folders("/etc/os-release", {}).error().code(), ErrorCode::kAlreadyExists);
  root.put_symlink("/var/run", "../run");
  ASSERT_TRUE(tree.make_folders("/var/run/x", {}).ok());
  EXPECT_NE(root.find("/run/x"), nullptr);
  ASSERT_TRUE(tree.make_folders("/", {}).ok());
}

TEST_F(ImageTreeTest, RemovesTheLinkNotItsTarget) {
  ASSERT_TRUE(tree.remove("/etc/os-release").ok());
  EXPECT_EQ(root.find("/etc/os-release"), nullptr);
  EXPECT_NE(root.find("/usr/lib/os-release"), nullptr);
  EXPECT_EQ(tree.remove("/etc/os-release").error().code(), ErrorCode::kNotFound);
  ASSERT_TRUE(tree.remove("/boot/overlays/../cmdline.txt").ok());
  EXPECT_EQ(boot.find("/cmdline.txt"), nullptr);
}

TEST_F(ImageTreeTest, LeavesMountPointsAlone) {
  for (const char* path : {"/", "/boot/firmware"}) {
    EXPECT_EQ(tree.remove(path).error().code(), ErrorCode::kAlreadyExists) << path;
    EXPECT_EQ(tree.write_file(path, MemoryStore("x"), {}).error().code(), ErrorCode::kAlreadyExists) << path;
    EXPECT_FALSE(tree.make_symlink(path, "x", {}).ok()) << path;
  }
}

TEST_F(ImageTreeTest, SetsAttributesOfWhatALinkPointsTo) {
  const NodeAttributes attributes{0640, 5, 6, {}};
  ASSERT_TRUE(tree.set_attributes("/etc/os-release", attributes).ok());
  EXPECT_EQ(root.find("/usr/lib/os-release")->attributes, attributes);
  EXPECT_EQ(tree.stat("/etc/os-release", LastLink::kKeep)->type, NodeType::kSymlink);
  EXPECT_EQ(tree.stat("/etc/os-release")->size, 10U);
}

TEST_F(ImageTreeTest, ListsBothFileSystems) {
  EXPECT_EQ(tree.list("/lib")->front().name, "os-release");
  EXPECT_EQ(tree.list("/boot/firmware")->size(), 2U);
  EXPECT_EQ(tree.list("/boot")->size(), 3U);
}

TEST_F(ImageTreeTest, PassesFailuresOnWithTheImagePath) {
  boot.fail_on("/cmdline.txt", Error(ErrorCode::kIo, "bad sector"));
  const auto text = tree.read_file("/boot/cmdline.txt", 100);
  EXPECT_EQ(text.error().code(), ErrorCode::kIo);
  EXPECT_EQ(text.error().what(), "/boot/firmware/cmdline.txt: bad sector");
  EXPECT_FALSE(tree.exists("/boot/cmdline.txt").ok());
}

}  // namespace
}  // namespace kraken
