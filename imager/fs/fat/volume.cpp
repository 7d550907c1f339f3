#include "fs/fat/volume.h"

#include <optional>
#include <string>

#include "block/memory.h"
#include "fs/fat/fat_error.h"
#include "fs/fat/fs_info.h"

namespace kraken::fat {

Result<std::unique_ptr<Volume>> Volume::open(BlockStore& store) {
  KRAKEN_ASSIGN(const Geometry geometry, read_geometry(store));
  KRAKEN_ASSIGN(const std::optional<std::uint32_t> next_free, read_next_free(store, geometry));
  std::unique_ptr<Volume> volume(new Volume(store, geometry));
  volume->clusters_.set_hint(next_free.value_or(kFirstCluster));
  return volume;
}

Pieces Volume::pieces_of(const Chain& chain) const {
  Pieces pieces;
  pieces.reserve(chain.size());
  for (const Run& run : chain) pieces.push_back({geometry_.offset_of(run.first), run.count * geometry_.cluster_size});
  return pieces;
}

Result<Chain> Volume::chain_of_file(std::uint32_t first, Bytes size) {
  const Bytes expected = geometry_.clusters_for(size);
  if (first == 0 && expected == 0) return Chain{};
  if (first == 0) return corrupt_volume("a file of " + std::to_string(size) + " bytes has no clusters");
  if (expected == 0) return corrupt_volume("an empty file has the clusters from " + std::to_string(first) + " on");
  KRAKEN_ASSIGN(Chain chain, clusters_.walk(first, expected));
  if (fat::cluster_count(chain) == expected) return chain;
  return corrupt_volume("a file of " + std::to_string(size) + " bytes has only " +
                        std::to_string(fat::cluster_count(chain)) + " clusters, from " + std::to_string(first) + " on");
}

Result<Chain> Volume::fill_new_chain(std::uint64_t clusters, const BlockSource& content) {
  KRAKEN_ASSIGN(Chain chain, clusters_.allocate(clusters));
  const Status filled = fill_pieces(*store_, pieces_of(chain), content);
  if (filled.ok()) return chain;
  KRAKEN_TRY(clusters_.release(chain));
  return filled.error();
}

Result<Chain> Volume::store_content(const BlockSource& content) {
  if (content.size() == 0) return Chain{};
  return fill_new_chain(geometry_.clusters_for(content.size()), content);
}

Result<Chain> Volume::store_zeros(std::uint64_t clusters) {
  if (clusters == 0) return Chain{};
  return fill_new_chain(clusters, MemoryStore(Bytes{0}));
}

Status Volume::flush() {
  if (!clusters_.changed()) return ok_status();
  KRAKEN_TRY(clusters_.flush());
  KRAKEN_ASSIGN(const std::uint32_t free, clusters_.free_clusters());
  return write_fs_info(*store_, geometry_, free, clusters_.hint());
}

}  // namespace kraken::fat
