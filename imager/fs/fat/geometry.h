// Where everything lies in a FAT volume, as its boot sector says, every field checked against the others and against
// the volume's size. Reads the first 512 bytes and nothing else. Rules: Microsoft, "FAT: General Overview of On-Disk
// Format" 1.03 (fatgen103), "Boot Sector and BPB" and "FAT Type Determination".
#pragma once

#include <cstdint>
#include <optional>

#include "block/block_source.h"

namespace kraken::fat {

enum class FatType { kFat16, kFat32 };

// The number of the first cluster: entries 0 and 1 of a FAT stand for no cluster.
inline constexpr std::uint32_t kFirstCluster = 2;

// Offsets are bytes from the volume's start.
struct Geometry {
  FatType type = FatType::kFat16;
  Bytes sector_size = 0;
  Bytes cluster_size = 0;
  Bytes fat_offset = 0;         // of the first copy
  Bytes fat_stride = 0;         // from one copy to the next
  std::uint32_t fat_count = 0;  // copies, at least one
  Bytes root_offset = 0;        // FAT16: the root folder has a fixed place
  Bytes root_size = 0;
  std::uint32_t root_cluster = 0;  // FAT32: the root folder is a chain
  Bytes data_offset = 0;           // of cluster 2
  std::uint32_t cluster_count = 0;
  std::optional<Bytes> fs_info_offset;  // FAT32
  std::optional<Bytes> backup_offset;   // FAT32: the boot sector's copy

  std::uint32_t last_cluster() const { return cluster_count + kFirstCluster - 1; }
  bool has_cluster(std::uint32_t cluster) const { return cluster >= kFirstCluster && cluster <= last_cluster(); }
  // Of a cluster that has_cluster() holds for.
  Bytes offset_of(std::uint32_t cluster) const { return data_offset + (cluster - kFirstCluster) * cluster_size; }
  Bytes clusters_for(Bytes length) const { return length / cluster_size + (length % cluster_size != 0 ? 1 : 0); }
};

// kUnsupported when there is no FAT, or one of a kind that is not handled: FAT12, FAT32 of another version than 0.0, or
// with its mirroring off (which copy counts is then answered differently by spec and kernel). kCorrupt when what claims
// to be a FAT contradicts itself or passes the volume's end.
Result<Geometry> read_geometry(const BlockSource& volume);

}  // namespace kraken::fat
