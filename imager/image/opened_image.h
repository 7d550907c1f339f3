// An image opened for editing: the overlay on its base, its partition table, its root and boot file systems as one
// tree, and what system is in it. Everything that is wrong with the image is kBaseImage, in a sentence that says what
// to do.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "block/overlay.h"
#include "block/window.h"
#include "disk/partition_table.h"
#include "fs/image_tree.h"
#include "image/os_mechanism.h"

namespace kraken {

class OpenedImage {
 public:
  // `size` is that of the finished image, at least the base's. `clock` dates what will be written.
  static Result<std::unique_ptr<OpenedImage>> open(std::shared_ptr<const BlockSource> base, Bytes size,
                                                   std::int64_t clock);

  const PartitionTable& table() const { return table_; }
  const Partition& root_partition() const { return *root_.partition; }
  const Partition& boot_partition() const { return *boot_.partition; }
  ImageTree& tree() { return *tree_; }
  const OsFacts& os() const { return os_; }
  OsFacts& os() { return os_; }  // for use_account_files(), which planning may call

  // Grows the partition and sets the id; the file system in it grows on the node.
  Status edit_table(const TableEdit& edit) { return edit_partition_table(*overlay_, edit); }
  // Writes the file systems back; the tree is gone afterwards.
  Status close_file_systems();
  // Makes, on the overlay, the changes that every node's image has, with the values that are there: kBaseImage when no
  // node's image could be made. The tree is gone afterwards.
  Status try_changes();
  std::unique_ptr<Overlay> take_overlay() { return std::move(overlay_); }

 private:
  struct Volume {
    const Partition* partition = nullptr;
    std::unique_ptr<StoreWindow> window;
    std::unique_ptr<FsEditor> editor;
  };

  OpenedImage() = default;
  Status read_table(const BlockSource& base);
  Result<Volume> open_volume(const Partition& partition, std::int64_t clock, const std::string& kind);
  Status find_root(std::int64_t clock);
  Result<const Partition*> partition(int number) const;
  Status rewrite(const std::string& path);
  Status open_mounts(std::int64_t clock, std::string& boot_folder);

  std::unique_ptr<Overlay> overlay_;
  PartitionTable table_;
  Volume root_;
  Volume boot_;
  std::unique_ptr<ImageTree> tree_;
  OsFacts os_;
};

}  // namespace kraken
