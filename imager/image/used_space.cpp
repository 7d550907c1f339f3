#include "image/used_space.h"

#include <algorithm>

#include "block/window.h"
#include "disk/partition_table.h"
#include "fs/ext4/used_blocks.h"
#include "fs/fat/used_clusters.h"

namespace kraken {

namespace {

constexpr Bytes kGrid = 4 * kKiB;
constexpr Bytes kSmallGap = 32 * kKiB;
// The places where file systems, RAID, LVM and other volumes are recognised by (libblkid's probes).
constexpr Bytes kMarks = kMiB;

bool is_extended(const Partition& partition) {
  return partition.mbr_type == 0x05 || partition.mbr_type == 0x0f || partition.mbr_type == 0x85;
}

Result<std::vector<Extent>> used_of_volume(const BlockSource& volume) {
  auto used = used_ext4_blocks(volume);
  if (used.ok() || used.error().code() != ErrorCode::kUnsupported) return used;
  return used_fat_clusters(volume);
}

class Search {
 public:
  explicit Search(const BlockSource& image) : image_(image) {}

  Result<UsedSpace> run() {
    const auto table = read_partition_table(image_);
    if (!table.ok() && table.error().code() == ErrorCode::kIo) return table.error();
    if (!table.ok() || table->kind == TableKind::kNone) {
      found_.whole.push_back("all of the image: " + (table.ok() ? "it has no partition table" : table.error().what()));
      add(0, image_.size());
    } else {
      KRAKEN_TRY(add_partitions(table->partitions));
    }
    merge();
    return std::move(found_);
  }

 private:
  void add(Bytes offset, Bytes length) {
    if (length > 0) found_.extents.push_back({offset, length, false});
  }

  Status add_partitions(std::vector<Partition> partitions) {
    // A logical partition's own table lies in the gap before it.
    std::erase_if(partitions, is_extended);
    std::ranges::sort(partitions, {}, &Partition::start);
    Bytes end = 0;
    for (const Partition& partition : partitions) {
      add(end, partition.start - end);
      KRAKEN_TRY(add_partition(partition));
      end = partition.end();
    }
    KRAKEN_TRY(add_data(end));
    const Bytes marks = std::min(kMarks, image_.size());
    add(image_.size() - marks, marks);
    return ok_status();
  }

  Status add_partition(const Partition& partition) {
    KRAKEN_ASSIGN(const SourceWindow volume, SourceWindow::open(image_, partition.start, partition.size));
    const auto used = used_of_volume(volume);
    if (!used.ok() && used.error().code() == ErrorCode::kIo) return used.error();
    if (!used.ok()) {
      found_.whole.push_back("partition " + std::to_string(partition.number) + ": " + used.error().what());
      add(partition.start, partition.size);
      return ok_status();
    }
    for (const Extent& extent : *used) add(partition.start + extent.offset, extent.length);
    const Bytes marks = std::min(kMarks, partition.size);
    add(partition.start, marks);
    add(partition.end() - marks, marks);
    return ok_status();
  }

  // What is not a hole from `offset` on.
  Status add_data(Bytes offset) {
    while (offset < image_.size()) {
      KRAKEN_ASSIGN(const Extent extent, image_.extent_at(offset));
      if (!extent.is_hole) add(extent.offset, extent.length);
      offset = extent.end();
    }
    return ok_status();
  }

  void merge() {
    auto& extents = found_.extents;
    for (Extent& extent : extents) {
      const Bytes end = std::min(round_up(extent.end(), kGrid), image_.size());
      extent.offset = round_down(extent.offset, kGrid);
      extent.length = end - extent.offset;
    }
    std::ranges::sort(extents, {}, &Extent::offset);
    std::vector<Extent> merged;
    for (const Extent& extent : extents) {
      if (merged.empty() || extent.offset >= merged.back().end() + kSmallGap) {
        merged.push_back(extent);
      } else {
        merged.back().length = std::max(merged.back().end(), extent.end()) - merged.back().offset;
      }
    }
    extents = std::move(merged);
  }

  const BlockSource& image_;
  UsedSpace found_;
};

}  // namespace

Result<UsedSpace> find_used_space(const BlockSource& image) {
  return Search(image).run();
}

}  // namespace kraken
