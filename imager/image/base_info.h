// What is in an image, for `base info`: its partitions and their file systems, and the system in it if there is one
// that can be customised.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "block/block_source.h"
#include "disk/partition_table.h"
#include "fs/fs_editor.h"
#include "image/os_mechanism.h"

namespace kraken {

struct VolumeInfo {
  Partition partition;
  std::string file_system;  // "ext4", "fat32"; "unknown" when neither editor knows it
  std::string label;
  std::optional<SpaceInfo> space;
  std::string problem;  // why a file system that was recognised cannot be edited; empty when it can
};

struct BaseInfo {
  PartitionTable table;
  std::vector<VolumeInfo> volumes;
  std::optional<OsFacts> os;
  std::string problem;  // why this image cannot serve as a base; empty when it can
};

// Fails only when the table itself cannot be read; all else is told in the result.
Result<BaseInfo> inspect_base(const std::shared_ptr<const BlockSource>& base);

}  // namespace kraken
