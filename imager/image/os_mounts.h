// Where an image mounts its partitions, and which of the table's partitions those are. This is what has to be known
// before the boot partition can be opened, so it reads the root file system alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "disk/partition_table.h"
#include "fs/image_tree.h"

namespace kraken {

// What fstab mounts besides the root and the boot partition when the system starts, or when it is first looked at. What
// the root file system has below that folder is hidden then.
struct OtherMount {
  std::string folder;  // in the image, its symbolic links resolved
  std::string device;  // as fstab spells it
};

struct MountFacts {
  std::string boot_folder;  // "/boot/firmware", "/boot"
  int boot_partition = 0;   // numbers of the partition table
  int root_partition = 0;
  std::vector<OtherMount> others;
};

enum class PartitionUse { kBoot, kRoot };

// The partition that a name of fstab or root= means: PARTUUID=, a device path with a number, or, for a name that only
// the running system resolves (LABEL=, UUID=, /dev/disk/by-...), the only partition of the table that could serve.
// kBaseImage when there is none, or more than one; when a PARTUUID has another disk id than the table, which would make
// the node wait for its root for ever.
Result<int> find_partition(const PartitionTable& table, std::string_view device, PartitionUse use);

// `root` may be a tree without the boot partition. kBaseImage when the table is missing, when fstab is missing or names
// no root or no FAT boot partition, or when both are the same.
Result<MountFacts> inspect_mounts(ImageTree& root, const PartitionTable& table);

}  // namespace kraken
