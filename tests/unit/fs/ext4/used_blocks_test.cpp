// On every layout: a card full of noise that is given only the used blocks is as good as the image, in the eyes of
// e2fsck (backup superblocks included) and debugfs.
#include "fs/ext4/used_blocks.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "block/memory.h"
#include "support/dirty_copy.h"
#include "support/ext4_image.h"
#include "support/sample_image.h"

namespace kraken {
namespace {

using test::dirty_copy;
using test::Ext4Image;
using test::FileStore;
using test::run;

constexpr Bytes kSize = 48 * kMiB;

struct Layout {
  const char* name;
  const char* options;
  // The second copy of the superblock, for e2fsck; nothing where there is none.
  const char* backup = "";
};

void PrintTo(const Layout& layout, std::ostream* out) {
  *out << layout.name;
}

const Layout kLayouts[] = {
    {"ext4", "-t ext4 -b 4096"},
    {"pi_gen", "-t ext4 -b 4096 -O ^64bit,^huge_file"},
    {"lazy_tables", "-t ext4 -b 1024 -E lazy_itable_init=1,lazy_journal_init=1", "-b 8193 -B 1024"},
    {"uninit_bg", "-t ext4 -b 1024 -O ^metadata_csum,uninit_bg", "-b 8193 -B 1024"},
    {"no_checksums", "-t ext4 -b 1024 -O ^metadata_csum", "-b 8193 -B 1024"},
    {"no_flex_bg", "-t ext4 -b 1024 -O ^flex_bg", "-b 8193 -B 1024"},
    {"many_backups", "-t ext4 -b 1024 -O ^sparse_super,^resize_inode", "-b 16385 -B 1024"},
    {"two_backups", "-t ext4 -b 1024 -O ^sparse_super,sparse_super2,^resize_inode", "-b 8193 -B 1024"},
    {"meta_bg", "-t ext4 -b 1024 -O meta_bg,^resize_inode", "-b 8193 -B 1024"},
    {"bigalloc", "-t ext4 -b 1024 -O bigalloc -C 16384"},
    {"bigalloc_4k", "-t ext4 -b 4096 -O bigalloc -C 65536"},
    {"inline_data", "-t ext4 -b 4096 -O inline_data"},
    {"quota", "-t ext4 -b 4096 -O quota"},
    {"ea_inode", "-t ext4 -b 4096 -O ea_inode"},
    {"orphan_file", "-t ext4 -b 4096 -O orphan_file,metadata_csum_seed"},
    {"no_journal", "-t ext4 -b 4096 -O ^has_journal"},
    {"ext3", "-t ext3 -b 1024", "-b 8193 -B 1024"},
    {"ext2", "-t ext2 -b 2048"},
    {"ext2_revision_0", "-t ext2 -b 1024 -r 0 -O none", "-b 8193 -B 1024"},
};

// Files in pieces, in a folder of many entries, with an extended attribute's block; and room between them that was used
// once.
Ext4Image image_with_files(const std::string& options) {
  const test::TempFolder content;
  for (int i = 0; i < 40; ++i) {
    test::write_text(content / ("folder/file" + std::to_string(i)),
                     std::string(static_cast<std::size_t>(i) * 3777, 'x'));
  }
  test::write_text(content / "large", std::string(9 * kMiB, 'L'));
  Ext4Image image(options, kSize, content.path());
  for (int i = 0; i < 40; i += 3) image.debugfs_write("rm folder/file" + std::to_string(i));
  test::write_text(content / "late", std::string(3 * kMiB, 'l'));
  image.debugfs_write("write " + (content / "late").string() + " late");
  image.debugfs_write("ea_set late user.long " + std::string(900, 'e'));
  // mke2fs does not count what it copies into a quota.
  run("e2fsck -fy " + image.path().string());
  return image;
}

std::string report(const std::string& command, const std::filesystem::path& path) {
  // By a name without a folder, for the programs repeat it.
  const auto ran = run("cd " + path.parent_path().string() + " && " + command + " " + path.filename().string());
  return std::to_string(ran.status) + " " + ran.output;
}

class UsedBlocks : public testing::TestWithParam<Layout> {};

TEST_P(UsedBlocks, AreAllThatACardNeeds) {
  const Ext4Image image = image_with_files(GetParam().options);
  ASSERT_EQ(image.fsck(), "");
  const FileStore source(image.path());
  const auto used = used_ext4_blocks(source);
  ASSERT_TRUE(used.ok()) << used.error().what();
  EXPECT_LT(test::total_of(*used), 40 * kMiB);
  EXPECT_GT(test::total_of(*used), 12 * kMiB);

  const Ext4Image card = image.clone();
  test::write_bytes(card.path(), dirty_copy(source, *used));
  EXPECT_EQ(card.fsck(), "");
  EXPECT_EQ(report("dumpe2fs", card.path()), report("dumpe2fs", image.path()));
  if (*GetParam().backup != '\0') {
    const std::string with_backup = std::string("e2fsck -fn ") + GetParam().backup;
    EXPECT_EQ(report(with_backup, card.path()), report(with_backup, image.path()));
  }
  const test::TempFolder trees;
  image.unpack(trees / "image");
  card.unpack(trees / "card");
  const auto compared = run("diff -r " + (trees / "image").string() + " " + (trees / "card").string());
  EXPECT_EQ(compared.status, 0) << compared.output;
  EXPECT_EQ(card.debugfs("ea_get late user.long"), image.debugfs("ea_get late user.long"));
}

INSTANTIATE_TEST_SUITE_P(Layouts, UsedBlocks, testing::ValuesIn(kLayouts),
                         [](const auto& layout) { return std::string(layout.param.name); });

Error refusal(const Ext4Image& image) {
  const FileStore source(image.path());
  const auto used = used_ext4_blocks(source);
  return used.ok() ? Error(ErrorCode::kInternal, "its maps were believed") : used.error();
}

TEST(UsedBlocksOfDamage, AreNotGivenWhenABitmapForgetsAFile) {
  const Ext4Image image = image_with_files("-t ext4 -b 4096 -O ^metadata_csum,^uninit_bg");
  const auto blocks = split_words(image.debugfs("blocks large"));
  ASSERT_GT(blocks.size(), 20U);
  image.debugfs_write("freeb " + blocks[20]);
  const Error error = refusal(image);
  EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  EXPECT_NE(error.what().find("does not agree"), std::string::npos) << error.what();
}

TEST(UsedBlocksOfDamage, AreNotGivenWhenBitmapAndCountForgetAFileTogether) {
  const Ext4Image image = image_with_files("-t ext4 -b 4096 -O ^metadata_csum,^uninit_bg");
  const auto blocks = split_words(image.debugfs("blocks large"));
  image.debugfs_write("freeb " + blocks.at(20));
  // Group 0 is the only one at this size and this block size.
  const auto text = image.debugfs("show_super_stats");
  const auto at = text.find(" free blocks,");
  ASSERT_NE(at, std::string::npos) << text;
  const auto free_blocks = parse_u64(text.substr(text.rfind(' ', at - 1) + 1, at - text.rfind(' ', at - 1) - 1));
  ASSERT_TRUE(free_blocks.has_value());
  image.debugfs_write("set_bg 0 free_blocks_count " + std::to_string(*free_blocks + 1));
  const Error error = refusal(image);
  EXPECT_EQ(error.code(), ErrorCode::kCorrupt);
  EXPECT_NE(error.what().find("lies in blocks"), std::string::npos) << error.what();
}

TEST(UsedBlocksOfDamage, AreNotGivenForAnythingElse) {
  const Ext4Image dirty = image_with_files("-t ext4 -b 4096");
  dirty.debugfs_write("set_super_value state 0");
  EXPECT_EQ(refusal(dirty).code(), ErrorCode::kCorrupt);
  EXPECT_EQ(used_ext4_blocks(MemoryStore(4 * kMiB)).error().code(), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace kraken
