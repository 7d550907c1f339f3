// One set of edits on every layout of ext file systems that a base image may have; e2fsck and debugfs are the judges.
#include <gtest/gtest.h>

#include <filesystem>

#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"
#include "support/ext4_image.h"

namespace kraken {
namespace {

using test::Ext4Image;
using test::FileStore;

constexpr std::int64_t kClock = 1'700'000'000;

struct Layout {
  const char* name;
  const char* options;
  bool has_xattrs = true;
};

void PrintTo(const Layout& layout, std::ostream* out) {
  *out << layout.name;
}

const Layout kLayouts[] = {
    {"ext4", "-t ext4 -b 4096"},
    {"pi_gen", "-t ext4 -b 4096 -O ^64bit,^huge_file"},
    {"trixie", "-t ext4 -b 4096 -O ^64bit,^huge_file,orphan_file,metadata_csum,metadata_csum_seed"},
    {"one_kib_blocks", "-t ext4 -b 1024"},
    {"two_kib_blocks_small_inodes", "-t ext4 -b 2048 -I 128"},
    {"no_checksums", "-t ext4 -b 4096 -O ^metadata_csum"},
    {"uninit_bg", "-t ext4 -b 1024 -O ^metadata_csum,uninit_bg"},
    {"no_flex_bg", "-t ext4 -b 1024 -O ^flex_bg"},
    {"indirect_blocks", "-t ext4 -b 1024 -O ^extents,^64bit"},
    {"inline_data", "-t ext4 -b 4096 -O inline_data"},
    {"linear_folders", "-t ext4 -b 1024 -O ^dir_index"},
    {"meta_bg", "-t ext4 -b 1024 -O meta_bg,^resize_inode"},
    {"large_dir", "-t ext4 -b 4096 -O large_dir"},
    {"untyped_folders", "-t ext4 -b 1024 -O ^filetype"},
    {"verity_and_casefold", "-t ext4 -b 4096 -O verity,casefold"},
    {"no_journal", "-t ext4 -b 4096 -O ^has_journal"},
    {"ext3", "-t ext3 -b 4096"},
    {"ext3_one_kib", "-t ext3 -b 1024 -I 128"},
    {"ext2", "-t ext2 -b 1024"},
    {"ext2_revision_0", "-t ext2 -b 1024 -r 0 -O none", false},
};

std::string pattern(std::size_t size, unsigned seed) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>((i * 31 + seed + i / 251) & 0xff);
  return text;
}

class Ext4Layouts : public testing::TestWithParam<Layout> {
 protected:
  static Ext4Image make_image() {
    test::TempFolder content;
    test::write_text(content / "etc/hostname", "raspberrypi\n");
    test::write_text(content / "usr/lib/os-release", "ID=debian\n");
    test::write_text(content / "var/big", pattern(700'000, 1));
    std::filesystem::create_symlink("usr/lib", content / "lib");
    std::filesystem::create_symlink(std::string(150, 'l'), content / "long");
    std::filesystem::create_hard_link(content / "etc/hostname", content / "etc/linked");
    for (int i = 0; i < 120; ++i) test::write_text(content / ("srv/file-" + std::to_string(i)), std::to_string(i));
    return Ext4Image(GetParam().options, 48 * kMiB, content.path());
  }

  static NodeAttributes owned() {
    NodeAttributes attributes{0640, 70000, 80000, {}};
    if (GetParam().has_xattrs) {
      attributes.xattrs = {{"user.a", "b"}, {"security.capability", std::string("\1\0\0\2\0", 5)}};
    }
    return attributes;
  }

  static void edit(FsEditor& fs) {
    check(fs.write_file("/etc/hostname", MemoryStore(pattern(20'000, 2)), owned()));
    check(fs.write_file("/etc/new", MemoryStore("new\n"), owned()));
    check(fs.write_file("/empty", MemoryStore(""), {}));
    check(fs.write_file("/var/big", MemoryStore(pattern(900'001, 3)), {}));
    check(fs.write_file("/lib", MemoryStore("no link any more"), {}));
    check(fs.make_folder("/opt", {0750, 1, 2, {}}));
    check(fs.make_folder("/opt/deep", {01777, 0, 0, owned().xattrs}));
    check(fs.write_file("/opt/deep/tool", MemoryStore(pattern(5000, 4)), {04755, 0, 0, {}}));
    check(fs.make_symlink("/opt/short", "deep/tool", {0777, 3, 4, {}}));
    check(fs.make_symlink("/opt/slow", std::string(200, 's'), {}));
    check(fs.make_symlink("/srv/file-7", "elsewhere", {}));
    check(fs.set_attributes("/usr/lib/os-release", owned()));
    for (int i = 20; i < 60; ++i) check(fs.remove("/srv/file-" + std::to_string(i)));
    check(fs.remove("/long"));
    check(fs.make_folder("/gone", {}));
    check(fs.remove("/gone"));
  }

  static void check_edited(const Ext4Image& image) {
    EXPECT_EQ(image.dump("/etc/hostname"), pattern(20'000, 2));
    // debugfs pads what it reads from inside an inode with zeros.
    EXPECT_EQ(image.dump("/etc/linked").substr(0, 12), "raspberrypi\n");
    EXPECT_EQ(image.dump("/var/big"), pattern(900'001, 3));
    EXPECT_EQ(image.dump("/lib"), "no link any more");
    EXPECT_EQ(image.dump("/opt/deep/tool"), pattern(5000, 4));
    EXPECT_EQ(image.dump("/empty"), "");
    const std::string stat = image.debugfs("stat /etc/new");
    EXPECT_NE(stat.find("Mode:  0640"), std::string::npos) << stat;
    EXPECT_NE(stat.find("User: 70000   Group: 80000"), std::string::npos) << stat;
    if (GetParam().has_xattrs) {
      EXPECT_NE(image.debugfs("ea_get /usr/lib/os-release user.a").find("b"), std::string::npos);
      EXPECT_NE(image.debugfs("ea_list /opt/deep").find("security.capability"), std::string::npos);
    }
    EXPECT_NE(image.debugfs("stat /opt/short").find("deep/tool"), std::string::npos);
    EXPECT_EQ(image.debugfs("stat /srv/file-30").find("Inode:"), std::string::npos);
  }

  static void check(const Status& status) { EXPECT_TRUE(status.ok()) << status.error().what(); }
};

TEST_P(Ext4Layouts, ReadsWhatMke2fsWrote) {
  const Ext4Image image = make_image();
  FileStore store(image.path());
  auto fs = open_ext4(store, kClock);
  ASSERT_TRUE(fs.ok()) << fs.error().what();
  EXPECT_EQ(*(*fs)->read_file("/etc/hostname", 100), "raspberrypi\n");
  EXPECT_EQ(*(*fs)->read_file("/var/big", kMiB), pattern(700'000, 1));
  EXPECT_EQ(*(*fs)->read_link("/lib"), "usr/lib");
  EXPECT_EQ(*(*fs)->read_link("/long"), std::string(150, 'l'));
  const auto listed = (*fs)->list("/srv");
  ASSERT_TRUE(listed.ok()) << listed.error().what();
  EXPECT_EQ(listed->size(), 120U);
  EXPECT_EQ(listed->front().name, "file-0");
  EXPECT_EQ(listed->front().type, NodeType::kFile);
}

TEST_P(Ext4Layouts, TakesEveryKindOfEdit) {
  const Ext4Image image = make_image();
  ASSERT_EQ(image.fsck(), "");
  FileStore store(image.path());
  auto opened = open_ext4(store, kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  edit(**opened);
  check((*opened)->close());
  EXPECT_EQ(image.fsck(), "");
  check_edited(image);
}

TEST_P(Ext4Layouts, ReadsItsOwnWork) {
  const Ext4Image image = make_image();
  FileStore store(image.path());
  NodeAttributes attributes{02711, 1000, 4'000'000'000, {}};
  if (GetParam().has_xattrs) {
    attributes.xattrs = {{"user.long", std::string(600, 'x')}, {"trusted.t", ""}, {"user.b", std::string("\0\1", 2)}};
  }
  {
    auto fs = open_ext4(store, kClock);
    ASSERT_TRUE(fs.ok()) << fs.error().what();
    check((*fs)->write_file("/a", MemoryStore(pattern(3000, 9)), attributes));
    check((*fs)->make_symlink("/b", std::string(90, 'q'), {}));
    check((*fs)->make_symlink("/inside", std::string(59, 'i'), {}));  // the longest that fits into an inode
    check((*fs)->make_symlink("/outside", std::string(60, 'o'), {}));
    check((*fs)->close());
  }
  auto fs = open_ext4(store, kClock + 5);
  ASSERT_TRUE(fs.ok()) << fs.error().what();
  const auto info = (*fs)->stat("/a");
  ASSERT_TRUE(info.ok()) << info.error().what();
  EXPECT_EQ(info->attributes, attributes);
  EXPECT_EQ(info->size, 3000U);
  EXPECT_EQ(info->mtime, kClock);
  EXPECT_EQ(*(*fs)->read_file("/a", 3000), pattern(3000, 9));
  EXPECT_EQ(*(*fs)->read_link("/b"), std::string(90, 'q'));
  EXPECT_EQ(*(*fs)->read_link("/inside"), std::string(59, 'i'));
  EXPECT_EQ(*(*fs)->read_link("/outside"), std::string(60, 'o'));
  check((*fs)->set_attributes("/a", {0600, 0, 0, {}}));
  EXPECT_EQ((*fs)->stat("/a")->attributes, (NodeAttributes{0600, 0, 0, {}}));
  check((*fs)->close());
  EXPECT_EQ(image.fsck(), "");
}

// 1,600 long names: hashed folders split, linear ones grow; then all but a few go again.
TEST_P(Ext4Layouts, HoldsManyFilesInOneFolder) {
  const Ext4Image image = make_image();
  FileStore store(image.path());
  auto opened = open_ext4(store, kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  FsEditor& fs = **opened;
  const auto name = [](int i) { return "/srv/a-rather-long-name-to-fill-blocks-" + std::to_string(i); };
  for (int i = 0; i < 1600; ++i) ASSERT_TRUE(fs.write_file(name(i), MemoryStore(std::to_string(i)), {}).ok()) << i;
  EXPECT_EQ(fs.list("/srv")->size(), 1720U);
  for (int i = 0; i < 1600; i += 2) check(fs.remove(name(i)));
  EXPECT_EQ(*fs.read_file(name(1599), 10), "1599");
  check(fs.close());
  EXPECT_EQ(image.fsck(), "");
  EXPECT_EQ(image.dump(name(801)), "801");
  EXPECT_EQ(image.debugfs("stat " + name(800)).find("Inode:"), std::string::npos);
}

TEST_P(Ext4Layouts, IsLeftAsItWasByAFileThatDoesNotFit) {
  const Ext4Image image = make_image();
  FileStore store(image.path());
  auto opened = open_ext4(store, kClock);
  ASSERT_TRUE(opened.ok()) << opened.error().what();
  FsEditor& fs = **opened;
  check(fs.write_file("/etc/hostname", MemoryStore("kept"), {}));
  const Bytes free = fs.space().free;
  // More than is free even after the old content, a block, has made room.
  for (const Bytes size : {free + 16 * kKiB, 2 * free}) {
    // Not zeros: those would be holes.
    const auto status = fs.write_file("/etc/hostname", MemoryStore(std::string(size, 'x')), {});
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code(), ErrorCode::kNoSpace) << status.error().what();
    EXPECT_EQ(fs.space().free, free);
  }
  EXPECT_EQ(*fs.read_file("/etc/hostname", 10), "kept");
  check(fs.write_file("/fits", MemoryStore(std::string(free - free / 16, 'x')), {}));
  check(fs.close());
  EXPECT_EQ(image.fsck(), "");
  EXPECT_EQ(image.dump("/etc/hostname"), "kept");
}

INSTANTIATE_TEST_SUITE_P(All, Ext4Layouts, testing::ValuesIn(kLayouts),
                         [](const auto& named) { return std::string(named.param.name); });

}  // namespace
}  // namespace kraken
