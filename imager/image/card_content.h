// What is on a card, in a few words, so that a person recognises it before it is overwritten.
#pragma once

#include <string>

#include "block/block_source.h"

namespace kraken {

// "fat32 bootfs 512 MiB, ext4 rootfs 28.9 GiB": the partitions by number, each with file system, label and size as far
// as they are known. "no partition table" or, where it cannot be read, why not. Reads a few blocks.
std::string describe_content(const BlockSource& card);

}  // namespace kraken
