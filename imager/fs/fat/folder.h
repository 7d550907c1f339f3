// One folder, read whole: its entries with their long names, look-up without regard to case, and the changes to its
// slots of 32 bytes, which go to the volume at once. What a folder's entries point to is not its business. A change
// makes the object stale: load it again. fatgen103, "FAT Directory Structure"; 65536 slots are the most that it allows.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fs/fat/record.h"
#include "fs/fat/volume.h"

namespace kraken::fat {

// Stands for the root folder, as in a ".." entry, on both types.
inline constexpr std::uint32_t kRootFolder = 0;

struct Entry {
  std::string name;       // UTF-8: the long name, or the short one where there is none that can be read
  std::u16string folded;  // for comparing
  std::u16string folded_short;
  Record record;
  std::size_t first_slot = 0;  // of the long name's parts
  std::size_t slot = 0;        // of the record
};

// Where a new entry goes, found before anything is changed.
struct Placement {
  ShortName short_name{};
  std::uint8_t case_bits = 0;
  std::u16string long_name;  // empty: the short name says it all
  std::size_t first_slot = 0;
  std::size_t slot_count = 0;
  std::uint64_t new_clusters = 0;  // that the folder must grow by
};

class Folder {
 public:
  // kCorrupt when its chain or an entry's name breaks the rules. Parts of a long name that belong to no entry are
  // ignored, as every reader does.
  static Result<Folder> load(Volume& volume, std::uint32_t first_cluster);

  std::uint32_t first_cluster() const { return first_cluster_; }
  const Chain& chain() const { return chain_; }  // empty for FAT16's root folder
  // In the folder's order, without "." and "..", and without the volume label.
  const std::vector<Entry>& entries() const { return entries_; }
  const std::string& label() const { return label_; }  // only the root folder's counts
  // By long name first, then by short name; nullptr when there is none.
  const Entry* find(std::string_view name) const;

  // kInvalidArgument for a name that FAT cannot hold; kNoSpace when the folder is full and cannot grow.
  Result<Placement> place(std::string_view name) const;
  // Takes its name from the placement. The clusters to grow by must be free (see ClusterSpace::require).
  Status insert(const Placement& placement, Record record);
  // The record alone; the entry keeps its names.
  Status update(const Entry& entry, const Record& record);
  Status erase(const Entry& entry);

 private:
  Folder(Volume& volume, std::uint32_t first_cluster) : volume_(&volume), first_cluster_(first_cluster) {}
  Status read();
  Status parse();
  Status add_entry(std::size_t slot, std::size_t first_slot, std::u16string long_name);
  Status place_slots(Placement& placement) const;
  Status grow(std::uint64_t clusters);
  std::span<const std::byte> slot_bytes(std::size_t slot) const;
  Status write_slots(std::size_t slot, std::span<const RawRecord> records);
  std::size_t capacity() const { return bytes_.size() / kRecordSize; }

  Volume* volume_;
  std::uint32_t first_cluster_;
  Chain chain_;
  Pieces pieces_;
  std::vector<std::byte> bytes_;
  std::size_t end_ = 0;  // the slot from which on all are free
  std::vector<bool> used_;
  bool has_stray_parts_ = false;
  std::vector<Entry> entries_;
  std::set<ShortName> short_names_;
  std::string label_;
};

}  // namespace kraken::fat
