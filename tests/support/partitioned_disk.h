// Disks that sfdisk has partitioned, and entries put in by hand where no tool would put them.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <string>
#include <vector>

#include "base/text.h"
#include "block/file_source.h"
#include "block/memory.h"
#include "disk/partition_table.h"
#include "support/temp_folder.h"

namespace kraken::test {

inline constexpr Bytes kDisk = 40 * kMiB;

// What Raspberry Pi OS has, scaled down.
inline constexpr const char* kPiLayout = "label: dos\\nlabel-id: 0x0f1ee700\\n2048,16384,c\\n18432,32768,83\\n";

class PartitionTableTest : public ::testing::Test {
 protected:
  std::string make(const std::string& script, Bytes size = kDisk) {
    const std::string path = (folder_ / "disk.img").string();
    std::ofstream(path, std::ios::trunc).close();
    std::filesystem::resize_file(path, size);
    const auto made = run("printf '" + script + "' | sfdisk --quiet --no-reread --no-tell-kernel " + path);
    EXPECT_EQ(made.status, 0) << made.output;
    return path;
  }

  static MemoryStore load(const std::string& path) {
    const auto file = FileSource::open(path);
    EXPECT_TRUE(file.ok());
    MemoryStore store((*file)->size());
    EXPECT_TRUE((*file)->read(0, store.bytes()).ok());
    return store;
  }

  std::string save(const MemoryStore& store) {
    const std::string path = (folder_ / "saved.img").string();
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    const auto text = as_text(store.bytes());
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    return path;
  }

  static std::vector<std::size_t> differences(const MemoryStore& a, const MemoryStore& b) {
    std::vector<std::size_t> where;
    if (std::ranges::equal(a.bytes(), b.bytes())) return where;
    for (std::size_t i = 0; i < a.bytes().size(); ++i) {
      if (a.bytes()[i] != b.bytes()[i]) where.push_back(i);
    }
    return where;
  }

  // The disk that make() made last: each partition has its line in sfdisk's dump, and there are no more.
  void expect_as_sfdisk(const PartitionTable& table) {
    std::string dump = run("sfdisk -d " + (folder_ / "disk.img").string()).output;
    std::erase(dump, ' ');
    for (const auto& partition : table.partitions) {
      const std::string line = "disk.img" + std::to_string(partition.number) +
                               ":start=" + std::to_string(partition.start / 512) +
                               ",size=" + std::to_string(partition.size / 512) + ",";
      EXPECT_NE(dump.find(line), std::string::npos) << line << " is not in\n" << dump;
    }
    std::size_t lines = 0;
    for (auto at = dump.find(":start="); at != std::string::npos; at = dump.find(":start=", at + 1)) ++lines;
    EXPECT_EQ(lines, table.partitions.size()) << dump;
  }

  static void expect_error(const BlockSource& disk, ErrorCode code, const std::string& words) {
    const auto table = read_partition_table(disk);
    ASSERT_FALSE(table.ok()) << words;
    EXPECT_EQ(table.error().code(), code) << table.error().what();
    EXPECT_NE(table.error().what().find(words), std::string::npos) << table.error().what();
  }

  TempFolder folder_;
};

inline void put_entry(BlockStore& disk, Bytes sector, int index, std::array<std::uint32_t, 3> type_start_size) {
  std::array<std::byte, 16> entry{};
  entry[4] = static_cast<std::byte>(type_start_size[0]);
  for (std::size_t i = 0; i < 4; ++i) {
    entry[8 + i] = static_cast<std::byte>((type_start_size[1] >> (8 * i)) & 0xff);
    entry[12 + i] = static_cast<std::byte>((type_start_size[2] >> (8 * i)) & 0xff);
  }
  ASSERT_TRUE(disk.write(sector * 512 + 446 + 16 * static_cast<Bytes>(index), entry).ok());
  ASSERT_TRUE(disk.write(sector * 512 + 510, std::array{std::byte{0x55}, std::byte{0xAA}}).ok());
}

}  // namespace kraken::test
