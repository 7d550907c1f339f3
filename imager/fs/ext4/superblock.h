// What an ext2/3/4 superblock says, read from its bytes before libext2fs sees them: whether this file system can be
// edited at all, and if not, why. Field offsets and flag values: Linux, Documentation/filesystems/ext4/globals.rst
// ("Super Block").
#pragma once

#include <string>

#include "block/block_source.h"

namespace kraken::ext4 {

struct Superblock {
  Bytes block_size = 0;
  std::uint64_t blocks = 0;
  std::string label;
  std::string type_name;      // "ext2", "ext3" or "ext4", by what is in use
  std::string write_refusal;  // why it can be read but not changed; empty when it can
};

// Whether a file system that was not cleanly unmounted is refused, or may be looked at: never changed.
enum class Uncleaned { kRefused, kReadOnly };

// kUnsupported: no ext file system, or one with features that this program or libext2fs does not handle. kCorrupt: it
// contradicts itself, is larger than `volume`, or was not unmounted cleanly (with kReadOnly that becomes the
// write_refusal).
Result<Superblock> read_superblock(const BlockSource& volume, Uncleaned uncleaned = Uncleaned::kRefused);

}  // namespace kraken::ext4
