#include "fs/fat/tree_check.h"

#include <set>
#include <string>
#include <vector>

#include "fs/fat/fat_error.h"
#include "fs/fat/folder.h"

namespace kraken::fat {

namespace {

class TreeCheck {
 public:
  explicit TreeCheck(Volume& volume) : volume_(&volume), taken_(volume.geometry().last_cluster() + std::size_t{1}) {}

  Status run() {
    waiting_.push_back({kRootFolder, "/"});
    // Ends because every folder takes at least one cluster, and none is taken twice.
    while (!waiting_.empty()) {
      const Waiting next = waiting_.back();
      waiting_.pop_back();
      KRAKEN_TRY(check_folder(next).with_context(next.path));
    }
    return ok_status();
  }

  // After run().
  Status find_lost() {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    for (std::uint32_t cluster = kFirstCluster; cluster <= volume_->geometry().last_cluster(); ++cluster) {
      if (taken_[cluster]) continue;
      KRAKEN_ASSIGN(const bool used, volume_->clusters().is_used(cluster));
      if (!used) continue;
      if (count++ == 0) first = cluster;
    }
    if (count == 0) return ok_status();
    return corrupt_volume(std::to_string(count) + " clusters, the first of them " + std::to_string(first) +
                          ", are in use and belong to no file");
  }

 private:
  struct Waiting {
    std::uint32_t first_cluster = 0;
    std::string path;
  };

  Status claim(const Chain& chain) {
    for (const Run& run : chain) {
      for (std::uint32_t cluster = run.first; cluster < run.first + run.count; ++cluster) {
        if (taken_[cluster]) {
          return corrupt_volume("cluster " + std::to_string(cluster) + " belongs to more than one file or folder");
        }
        taken_[cluster] = true;
      }
    }
    return ok_status();
  }

  Status check_folder(const Waiting& at) {
    KRAKEN_ASSIGN(const Folder folder, Folder::load(*volume_, at.first_cluster));
    KRAKEN_TRY(claim(folder.chain()));
    std::set<ShortName> names;
    for (const Entry& entry : folder.entries()) {
      if (!names.insert(entry.record.name).second) {
        return corrupt_volume("two entries have the 8.3 name of \"" + entry.name + "\"");
      }
      KRAKEN_TRY(check_entry(entry, at.path).with_context(entry.name));
    }
    return ok_status();
  }

  Status check_entry(const Entry& entry, const std::string& path) {
    const Record& record = entry.record;
    if (record.is_folder()) {
      if (record.first_cluster == kRootFolder) return corrupt_volume("a sub-folder has no clusters");
      // A hostile tree may be thousands of folders deep; for a message, the upper ones are enough.
      constexpr std::size_t kMaxPath = 1024;
      waiting_.push_back({record.first_cluster, path.size() < kMaxPath ? path + entry.name + "/" : path});
      return ok_status();
    }
    KRAKEN_ASSIGN(const Chain chain, volume_->chain_of_file(record.first_cluster, record.size));
    return claim(chain);
  }

  Volume* volume_;
  std::vector<bool> taken_;
  std::vector<Waiting> waiting_;
};

}  // namespace

Status check_tree(Volume& volume, LostClusters lost) {
  TreeCheck check(volume);
  KRAKEN_TRY(check.run());
  return lost == LostClusters::kRefused ? check.find_lost() : ok_status();
}

}  // namespace kraken::fat
