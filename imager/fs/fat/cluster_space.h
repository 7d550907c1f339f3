// The clusters of a volume as chains: walks one with loops and strays found out, takes free clusters, gives them back.
// Every chain that it hands out lies inside the volume. Which free clusters are taken depends on the volume and on the
// order of the calls alone.
#pragma once

#include <cstdint>
#include <vector>

#include "fs/fat/fat_table.h"

namespace kraken::fat {

// Clusters that follow one another in the volume and in the chain.
struct Run {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};
using Chain = std::vector<Run>;

std::uint64_t cluster_count(const Chain& chain);

class ClusterSpace {
 public:
  ClusterSpace(BlockStore& volume, const Geometry& geometry);

  // Where to look for free clusters first, as FSInfo has it: any number, also a wrong one.
  void set_hint(std::uint32_t cluster);
  std::uint32_t hint() const { return hint_; }

  // The chain that starts at `first`. kCorrupt when it leaves the volume, runs into a free, bad or reserved cluster, or
  // does not end within `max_clusters` (so a loop ends here too).
  Result<Chain> walk(std::uint32_t first, std::uint64_t max_clusters);

  // kCorrupt when the FAT's copies differ there. `cluster` must be one of the volume's.
  Result<bool> is_free(std::uint32_t cluster);
  // Neither free nor bad: somebody's. As is_free().
  Result<bool> is_used(std::uint32_t cluster);
  Result<std::uint32_t> free_clusters() { return table_.free_clusters(); }
  // kNoSpace, with both numbers, when fewer clusters are free.
  Status require(std::uint64_t clusters);
  // A new chain of `clusters` (at least one), its last one marked as the end. Nothing stays taken when it fails.
  Result<Chain> allocate(std::uint64_t clusters);
  // Links `tail` behind the chain that ends in `last`.
  Status append(std::uint32_t last, const Chain& tail);
  Status release(const Chain& chain);

  Status mark_unmounted() { return table_.mark_unmounted(); }

  bool changed() const { return table_.changed(); }
  Status flush() { return table_.flush(); }

 private:
  Result<std::uint32_t> take_free();
  Status take_all(std::uint64_t clusters, Chain& chain);

  Geometry geometry_;
  FatTable table_;
  std::uint32_t hint_ = kFirstCluster;
};

}  // namespace kraken::fat
