#include "fs/fat/used_clusters.h"

#include "block/read_only_store.h"
#include "fs/fat/tree_check.h"

namespace kraken {

Result<std::vector<Extent>> used_fat_clusters(const BlockSource& volume) {
  ReadOnlyStore store(volume);
  KRAKEN_ASSIGN(const auto opened, fat::Volume::open(store));
  KRAKEN_TRY(fat::check_tree(*opened, fat::LostClusters::kAllowed));
  const fat::Geometry& geometry = opened->geometry();
  std::vector<Extent> extents{{0, geometry.data_offset, false}};
  for (std::uint32_t cluster = fat::kFirstCluster; cluster <= geometry.last_cluster(); ++cluster) {
    KRAKEN_ASSIGN(const bool is_free, opened->clusters().is_free(cluster));
    if (is_free) continue;
    const Bytes offset = geometry.offset_of(cluster);
    if (extents.back().end() == offset) {
      extents.back().length += geometry.cluster_size;
    } else {
      extents.push_back({offset, geometry.cluster_size, false});
    }
  }
  return extents;
}

}  // namespace kraken
