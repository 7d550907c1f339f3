// libext2fs's view of a BlockStore: an io_manager whose channels read and write the store. The library's open() takes
// only a name, so each StoreIo registers itself under a name of its own, which is never written anywhere.
//
// Does not own the store. One thread at a time per StoreIo; several StoreIo on several threads do not meet.
// It also keeps an undo log, so that a failed operation can be taken back, and a read budget, so that a damaged file
// system whose blocks point in circles ends in an error.
#pragma once

#include <ext2fs/ext2fs.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "block/block_source.h"

namespace kraken::ext4 {

class StoreIo {
 public:
  explicit StoreIo(BlockStore& store);
  ~StoreIo();
  StoreIo(const StoreIo&) = delete;
  StoreIo& operator=(const StoreIo&) = delete;

  // What ext2fs_open2() is given together with manager().
  const std::string& name() const { return name_; }
  static io_manager manager();

  // Until the next call, `reads` calls for blocks succeed; further ones fail.
  void begin_operation(std::uint64_t reads);
  // Why the store refused, when a library call has just failed because of it.
  std::optional<Error> take_failure();

  // From now on the old content of every block that is about to change and that `worth_saving` names is kept.
  void start_undo(Bytes block_size, std::function<bool(std::uint64_t)> worth_saving);
  void forget_undo();
  // A write that does not come from the library, under the same undo log.
  Status write_data(Bytes offset, std::span<const std::byte> data);
  // Writes the old content back. A failure leaves the store in an unknown state.
  Status undo();

 private:
  struct Callbacks;

  errcode_t read(Bytes offset, std::span<std::byte> out);
  errcode_t write(Bytes offset, std::span<const std::byte> data);
  Status save_for_undo(Bytes offset, Bytes length);
  Result<bool> differs(Bytes offset, std::span<const std::byte> data) const;

  BlockStore& store_;
  std::string name_;
  std::optional<Error> failure_;
  std::uint64_t reads_left_ = UINT64_MAX;
  Bytes undo_block_size_ = 0;  // 0: no undo log
  std::function<bool(std::uint64_t)> worth_saving_;
  std::map<std::uint64_t, std::vector<std::byte>> undo_log_;  // by block number
};

}  // namespace kraken::ext4
