// An opened FAT volume: its geometry, its clusters and the bytes in them; knows nothing of names. Does not own the
// store, which must outlive it.
#pragma once

#include <memory>

#include "fs/fat/cluster_space.h"
#include "fs/fat/pieces.h"

namespace kraken::fat {

class Volume {
 public:
  // As read_geometry(); FSInfo's hint is taken over, whatever it is worth.
  static Result<std::unique_ptr<Volume>> open(BlockStore& store);

  const Geometry& geometry() const { return geometry_; }
  ClusterSpace& clusters() { return clusters_; }
  BlockStore& store() { return *store_; }

  Pieces pieces_of(const Chain& chain) const;

  // The clusters of a file that is `size` bytes long; `first` is 0 for none. kCorrupt when there are more or fewer.
  Result<Chain> chain_of_file(std::uint32_t first, Bytes size);

  // A new chain with this content in it, the rest of its last cluster zeros; an empty chain for no content. Nothing
  // stays taken when it fails: kNoSpace, kIo, or what reading the content fails with.
  Result<Chain> store_content(const BlockSource& content);
  // A new chain of zeros, for a folder.
  Result<Chain> store_zeros(std::uint64_t clusters);

  // Writes the table back, and FSInfo where something was allocated or freed.
  Status flush();

 private:
  Volume(BlockStore& store, const Geometry& geometry)
      : store_(&store), geometry_(geometry), clusters_(store, geometry) {}
  Result<Chain> fill_new_chain(std::uint64_t clusters, const BlockSource& content);

  BlockStore* store_;
  Geometry geometry_;
  ClusterSpace clusters_;
};

// The first cluster of a chain as an entry has it: 0 for none.
inline std::uint32_t first_cluster(const Chain& chain) {
  return chain.empty() ? 0 : chain.front().first;
}

}  // namespace kraken::fat
