// An open ext file system: libext2fs's handle, its errors as ours, changes that happen whole or not at all, and the
// close that may fail. Knows nothing of paths, files or folders.
//
// Not thread-safe. A Volume that is destroyed without close() drops what the library has not written.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "fs/ext4/store_io.h"
#include "fs/ext4/superblock.h"

namespace kraken::ext4 {

class Volume {
 public:
  // `store` must outlive the volume; `clock` is seconds since 1970, from 0 to what an inode can hold (the year 2446).
  static Result<std::unique_ptr<Volume>> open(BlockStore& store, std::int64_t clock,
                                              Uncleaned uncleaned = Uncleaned::kRefused);

  ext2_filsys fs() const { return fs_.get(); }
  const Superblock& superblock() const { return superblock_; }
  std::int64_t clock() const { return clock_; }
  std::uint64_t free_blocks() const;

  // Ok for 0. Otherwise "doing: the library's words", under the code that fits, or the store's own error.
  Status check(errcode_t code, std::string_view doing);
  // What damaged structures are reported as: kCorrupt, with what to do about it.
  static Error damaged(const std::string& what);

  // Reads both bitmaps, once, and checks them against the group descriptors; changes do so by themselves. kCorrupt when
  // they do not agree.
  Status load_bitmaps();

  // To be called before every operation: refuses after close() or a failed undo, and renews the read budget.
  Status begin_operation();
  // Runs `change`; when it fails, everything is as before: blocks, bitmaps, counts. Not to be nested.
  Status transact(const std::function<Status()>& change);
  // For the content of files: past libext2fs, but not past transact().
  Status write_data(std::uint64_t first_block, std::span<const std::byte> data);
  // Writes bitmaps, group descriptors and superblocks, backups included, if anything changed.
  Status close();

 private:
  struct Free {
    void operator()(ext2_filsys fs) const { ext2fs_free(fs); }
  };
  struct Snapshot;

  Volume(BlockStore& store, Superblock superblock, std::int64_t clock)
      : superblock_(std::move(superblock)), clock_(clock), io_(store) {}

  Status check_groups();
  Status check_bitmaps();
  Result<Snapshot> take_snapshot();
  Status roll_back(Snapshot snapshot);

  Superblock superblock_;
  std::int64_t clock_;
  StoreIo io_;  // outlives fs_, whose channel points to it
  std::unique_ptr<struct_ext2_filsys, Free> fs_;
  bool bitmaps_loaded_ = false;
  bool broken_ = false;  // an undo failed
};

}  // namespace kraken::ext4
