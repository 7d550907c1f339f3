// A FAT volume in a file: made by mkfs.vfat, edited by the code under test through an overlay, and looked at by
// fsck.fat and mtools. All three run with fixed settings, so that a test sees the same bytes every time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "block/overlay.h"
#include "support/temp_folder.h"

namespace kraken::test {

class FatDisk {
 public:
  // `options` for mkfs.vfat ("-F 32 -s 1"); its success is expected by the test (EXPECT).
  FatDisk(const std::string& options, Bytes size);

  // What to open an editor on. Valid until save().
  BlockStore& store();
  // Makes the file what store() is; the next store() starts from it.
  void save();

  // "mdir ::/overlays" and the like: runs an mtools command on the file.
  Ran mtools(const std::string& command) const;
  // fsck.fat -n on the file: 0 and no complaint is what a sound volume gives.
  Ran fsck() const;
  // Puts a file into the volume with mcopy.
  void put(const std::string& name, const std::string& content);
  // The whole tree as mtools reads it: path without leading slash -> content; a folder's path ends in a slash.
  std::map<std::string, std::string> tree() const;

  std::string file() const { return (folder_ / "fat.img").string(); }

 private:
  TempFolder folder_;
  std::unique_ptr<Overlay> overlay_;
};

}  // namespace kraken::test
