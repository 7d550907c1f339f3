#include "facts/ext4_geometry.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

#include "base/endian.h"
#include "base/text.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using Superblock = std::array<std::byte, kExt4SuperblockSize>;

// What mke2fs makes with those options.
class MadeExt4 {
 public:
  MadeExt4(const std::string& options, const std::string& size) {
    const auto ran = test::run("truncate -s " + size + " " + image() + " && mkfs.ext4 -q " + options + " " + image());
    EXPECT_EQ(ran.status, 0) << ran.output;
  }
  std::string image() const { return (folder_ / "image").string(); }

  Superblock superblock() const {
    Superblock bytes = {};
    const auto fd = open_file(image(), O_RDONLY);
    EXPECT_TRUE(fd.ok() && read_all_at(fd->get(), kExt4SuperblockOffset, bytes).ok());
    return bytes;
  }
  Ext4Geometry geometry() const {
    const auto parsed = parse_ext4_superblock(superblock());
    EXPECT_TRUE(parsed.ok());
    return parsed.ok() ? *parsed : Ext4Geometry{};
  }
  // A number of dumpe2fs -h.
  std::uint64_t told(const std::string& name) const {
    const auto ran = test::run("dumpe2fs -h " + image() + " | sed -n 's/^" + name + ": *//p'");
    return parse_u64(trim(ran.output)).value_or(0);
  }

 private:
  test::TempFolder folder_;
};

TEST(Ext4Geometry, AgreesWithDumpe2fs) {
  for (const char* options : {"-b 4096 -O ^64bit,^huge_file", "-b 1024", "-b 4096 -O 64bit", "-b 2048 -I 128",
                              "-b 4096 -O bigalloc -C 65536", "-O ^resize_inode,meta_bg"}) {
    const MadeExt4 made(options, "96M");
    const Ext4Geometry geometry = made.geometry();
    EXPECT_EQ(geometry.blocks, made.told("Block count")) << options;
    EXPECT_EQ(geometry.block_size, made.told("Block size")) << options;
    EXPECT_EQ(geometry.first_data_block, made.told("First block")) << options;
    EXPECT_EQ(geometry.blocks_per_group, made.told("Blocks per group")) << options;
    EXPECT_EQ(geometry.inode_table_blocks, made.told("Inode blocks per group")) << options;
    EXPECT_EQ(geometry.reserved_descriptor_blocks, made.told("Reserved GDT blocks")) << options;
  }
}

TEST(Ext4Geometry, KnowsThatAFreshFileSystemIsAsLargeAsItCanBe) {
  // mke2fs leaves out a small last group by a rule of its own, which is laxer than the kernel's.
  for (const char* size : {"16M", "33M", "128M", "129M", "131M", "257M", "300M"}) {
    const MadeExt4 made("-b 4096", size);
    const Ext4Geometry geometry = made.geometry();
    EXPECT_EQ(largest_ext4(geometry, geometry.size()), geometry.blocks) << size;
    EXPECT_GT(largest_ext4(geometry, geometry.size() + kGiB), geometry.blocks) << size;
  }
}

TEST(Ext4Geometry, LeavesOutALastGroupThatIsTooSmall) {
  const Ext4Geometry geometry{.blocks = 32768,
                              .block_size = 4096,
                              .blocks_per_group = 32768,
                              .inode_table_blocks = 512,
                              .descriptors_per_block = 128,
                              .reserved_descriptor_blocks = 100,
                              .sparse_super = true};
  const Bytes group = Bytes{32768} * 4096;
  // Group 1 holds a copy of the superblock: 1 + 1 + 100 + 2 + 512 + 1 blocks are its own.
  EXPECT_EQ(largest_ext4(geometry, group + 617 * 4096), 32768U);
  EXPECT_EQ(largest_ext4(geometry, group + 618 * 4096), 32768U + 618);
  // Group 2 does not.
  EXPECT_EQ(largest_ext4(geometry, 2 * group + 515 * 4096), 2 * 32768U);
  EXPECT_EQ(largest_ext4(geometry, 2 * group + 516 * 4096), 2 * 32768U + 516);
  EXPECT_EQ(largest_ext4(geometry, group / 2), 32768U);  // never less than there is
}

TEST(Ext4Geometry, StaysBelowWhat32BitsCount) {
  const Ext4Geometry geometry{.blocks = 32768,
                              .block_size = 4096,
                              .blocks_per_group = 32768,
                              .inode_table_blocks = 512,
                              .descriptors_per_block = 128};
  EXPECT_LE(largest_ext4(geometry, UINT64_MAX), UINT64_C(0xffffffff));
}

TEST(Ext4Geometry, RefusesWhatContradictsItself) {
  const Superblock good = MadeExt4("-b 4096", "16M").superblock();
  ASSERT_TRUE(parse_ext4_superblock(good).ok());
  EXPECT_FALSE(parse_ext4_superblock(std::span(good).first(1023)).ok());
  const auto spoiled = [&good](std::size_t offset, std::uint32_t value) {
    Superblock bytes = good;
    EXPECT_TRUE(write_le(std::span<std::byte>(bytes), offset, value));
    return parse_ext4_superblock(bytes).ok();
  };
  EXPECT_FALSE(spoiled(0x38, 0));  // magic
  EXPECT_FALSE(spoiled(0x18, 7));  // 128 KiB blocks
  EXPECT_FALSE(spoiled(0x18, 0xffffffff));
  EXPECT_FALSE(spoiled(0x20, 0));  // blocks per group
  EXPECT_FALSE(spoiled(0x28, 0));  // inodes per group
  EXPECT_FALSE(spoiled(0x28, 0x7fffffff));
  EXPECT_FALSE(spoiled(0x58, 0));  // inode size
  EXPECT_FALSE(spoiled(0x04, 0));  // blocks
}

TEST(Ext4Geometry, TakesAnyBytesWithoutHarm) {
  const Superblock good = MadeExt4("-b 1024", "8M").superblock();
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    Superblock bytes = good;
    for (int i = 0; i < 6; ++i) bytes[random() % 0x160] = static_cast<std::byte>(random());
    static_cast<void>(write_le(std::span<std::byte>(bytes), 0x38, std::uint16_t{0xef53}));
    const auto parsed = parse_ext4_superblock(bytes);
    if (!parsed.ok()) continue;
    EXPECT_GE(largest_ext4(*parsed, random()), parsed->blocks);
    EXPECT_GE(largest_ext4(*parsed, UINT64_MAX), parsed->blocks);
  }
}

}  // namespace
}  // namespace kraken
