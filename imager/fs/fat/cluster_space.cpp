#include "fs/fat/cluster_space.h"

#include <algorithm>
#include <string>

#include "fs/fat/fat_error.h"

namespace kraken::fat {

namespace {

void push(Chain& chain, std::uint32_t cluster) {
  if (!chain.empty() && chain.back().first + chain.back().count == cluster) {
    ++chain.back().count;
  } else {
    chain.push_back({cluster, 1});
  }
}

std::string where(std::uint32_t cluster, std::uint32_t first) {
  return "cluster " + std::to_string(cluster) + " in the chain that starts at cluster " + std::to_string(first);
}

}  // namespace

std::uint64_t cluster_count(const Chain& chain) {
  std::uint64_t count = 0;
  for (const Run& run : chain) count += run.count;
  return count;
}

ClusterSpace::ClusterSpace(BlockStore& volume, const Geometry& geometry)
    : geometry_(geometry), table_(volume, geometry) {}

void ClusterSpace::set_hint(std::uint32_t cluster) {
  hint_ = geometry_.has_cluster(cluster) ? cluster : kFirstCluster;
}

Result<Chain> ClusterSpace::walk(std::uint32_t first, std::uint64_t max_clusters) {
  if (!geometry_.has_cluster(first)) {
    return corrupt_volume("a chain starts at cluster " + std::to_string(first) + ", outside the volume");
  }
  // A chain without a loop has no more clusters than the volume, whatever size a hostile record gives: without this,
  // one that says 4 GiB would be followed around its loop millions of times, with a list as long.
  const std::uint64_t most = std::min<std::uint64_t>(max_clusters, geometry_.cluster_count);
  Chain chain;
  std::uint32_t cluster = first;
  for (std::uint64_t count = 0; count < most; ++count) {
    push(chain, cluster);
    KRAKEN_ASSIGN(const FatEntry entry, table_.get(cluster));
    switch (entry.kind) {
      case EntryKind::kEnd:
        return chain;
      case EntryKind::kNext:
        cluster = entry.next;
        break;
      case EntryKind::kFree:
        return corrupt_volume(where(cluster, first) + " is marked as free");
      case EntryKind::kBad:
        return corrupt_volume(where(cluster, first) + " is marked as bad");
      case EntryKind::kReserved:
        return corrupt_volume(where(cluster, first) + " points outside the volume");
    }
  }
  const std::string chain_from = "the chain that starts at cluster " + std::to_string(first);
  if (most == geometry_.cluster_count) return corrupt_volume(chain_from + " is a loop");
  return corrupt_volume(chain_from + " is a loop, or longer than the size that goes with it");
}

Status ClusterSpace::require(std::uint64_t clusters) {
  KRAKEN_ASSIGN(const std::uint32_t free, table_.free_clusters());
  if (clusters <= free) return ok_status();
  return Error(ErrorCode::kNoSpace, "the FAT volume is full: " + std::to_string(clusters) + " clusters of " +
                                        human_bytes(geometry_.cluster_size) + " are needed and " +
                                        std::to_string(free) +
                                        " are free; put less into the boot partition or make it larger");
}

Result<std::uint32_t> ClusterSpace::take_free() {
  for (std::uint32_t tried = 0; tried < geometry_.cluster_count; ++tried) {
    const std::uint32_t cluster = hint_;
    hint_ = cluster == geometry_.last_cluster() ? kFirstCluster : cluster + 1;
    KRAKEN_ASSIGN(const FatEntry entry, table_.get(cluster));
    if (entry.kind == EntryKind::kFree) return cluster;
  }
  return Error(ErrorCode::kNoSpace, "the FAT volume is full");
}

Status ClusterSpace::take_all(std::uint64_t clusters, Chain& chain) {
  for (std::uint64_t count = 0; count < clusters; ++count) {
    KRAKEN_ASSIGN(const std::uint32_t cluster, take_free());
    KRAKEN_TRY(table_.set_end(cluster));
    const std::uint32_t last = chain.empty() ? 0 : chain.back().first + chain.back().count - 1;
    push(chain, cluster);
    if (last != 0) KRAKEN_TRY(table_.set_next(last, cluster));
  }
  return ok_status();
}

Result<bool> ClusterSpace::is_free(std::uint32_t cluster) {
  KRAKEN_ASSIGN(const FatEntry entry, table_.get(cluster));
  return entry.kind == EntryKind::kFree;
}

Result<bool> ClusterSpace::is_used(std::uint32_t cluster) {
  KRAKEN_ASSIGN(const FatEntry entry, table_.get(cluster));
  return entry.kind != EntryKind::kFree && entry.kind != EntryKind::kBad;
}

Result<Chain> ClusterSpace::allocate(std::uint64_t clusters) {
  KRAKEN_TRY(require(clusters));
  Chain chain;
  const Status taken = take_all(clusters, chain);
  if (taken.ok()) return chain;
  KRAKEN_TRY(release(chain));
  return taken.error();
}

Status ClusterSpace::append(std::uint32_t last, const Chain& tail) {
  return tail.empty() ? ok_status() : table_.set_next(last, tail.front().first);
}

Status ClusterSpace::release(const Chain& chain) {
  for (const Run& run : chain) {
    for (std::uint32_t i = 0; i < run.count; ++i) KRAKEN_TRY(table_.set_free(run.first + i));
  }
  return ok_status();
}

}  // namespace kraken::fat
