// libfdisk on a private copy of a disk's table, a sparse memory file of the disk's size that holds the table's sectors
// and nothing else: it sees no file system that it could ask about, and what it writes is compared before any of it is
// used.
#pragma once

#include <memory>
#include <vector>

#include "base/unique_fd.h"
#include "disk/mbr.h"
#include "disk/partition_table.h"

struct fdisk_context;

namespace kraken {

class FdiskTable {
 public:
  // Copies `ranges` of the disk, which must lie in it, and reads the table that they hold. kCorrupt when libfdisk sees
  // another kind of table there than `expected`.
  static Result<FdiskTable> open(const BlockSource& disk, const std::vector<Extent>& ranges, TableKind expected);

  // In the order of their numbers, as libfdisk reads them: not checked against each other or the disk.
  Result<std::vector<Partition>> partitions() const;

  // Both on an MBR, and only in the copy.
  Status set_disk_id(std::uint32_t id);
  Status resize(int number, Bytes size);

  // Writes the table into the copy and answers the copy's first sector.
  Result<Sector> written_first_sector();

 private:
  struct Unref {
    void operator()(fdisk_context* context) const;
  };
  FdiskTable(UniqueFd copy, std::unique_ptr<fdisk_context, Unref> context)
      : copy_(std::move(copy)), context_(std::move(context)) {}

  UniqueFd copy_;  // outlives the context, which reads it
  std::unique_ptr<fdisk_context, Unref> context_;
};

}  // namespace kraken
