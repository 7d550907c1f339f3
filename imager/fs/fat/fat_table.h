// The file allocation table: one entry a cluster, in pages that are read when they are needed and written back by
// flush(). All copies are compared on reading and kept equal on writing. Knows nothing of chains. Does not own the
// volume. fatgen103, "FAT Data Structure".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "fs/fat/geometry.h"

namespace kraken::fat {

// What an entry says of its cluster, the same for both types.
enum class EntryKind { kFree, kNext, kEnd, kBad, kReserved };

struct FatEntry {
  EntryKind kind = EntryKind::kFree;
  std::uint32_t next = 0;  // with kNext: a cluster of the volume
};

class FatTable {
 public:
  FatTable(BlockStore& volume, const Geometry& geometry);

  // kCorrupt when the copies differ there; kIo. `cluster` must be one of the volume's, as for all calls here.
  Result<FatEntry> get(std::uint32_t cluster);
  Status set_next(std::uint32_t cluster, std::uint32_t next);
  Status set_end(std::uint32_t cluster);
  Status set_free(std::uint32_t cluster);
  // Sets the bit of entry 1 that Windows clears while a volume is in use.
  Status mark_unmounted();

  // Exact: counted at the first call, which reads the whole table once without keeping it, followed from then on.
  Result<std::uint32_t> free_clusters();
  // Whether any entry was ever set.
  bool changed() const { return changed_; }
  // Writes what was changed into every copy.
  Status flush();

 private:
  struct Page {
    std::vector<std::byte> bytes;
    bool dirty = false;
  };

  FatEntry decode(std::uint32_t raw) const;
  std::uint32_t raw_at(std::span<const std::byte> bytes, Bytes offset) const;
  Bytes entry_offset(std::uint32_t cluster) const { return Bytes{cluster} * entry_size_; }
  // Gives the old value.
  Result<std::uint32_t> put_raw(std::uint32_t entry, std::uint32_t value);
  Status set_raw(std::uint32_t cluster, std::uint32_t value);
  Result<Page*> page_of(std::uint32_t cluster);
  Status read_all_copies(Bytes offset, std::span<std::byte> out) const;
  Status count_free(std::uint32_t first, std::uint32_t end, std::uint32_t& count);

  BlockStore* volume_;
  Geometry geometry_;
  Bytes entry_size_;
  Bytes table_size_;  // the part that stands for clusters; what follows is padding
  std::vector<std::unique_ptr<Page>> pages_;
  std::size_t loaded_ = 0;
  std::optional<std::uint32_t> free_;
  bool changed_ = false;
};

}  // namespace kraken::fat
