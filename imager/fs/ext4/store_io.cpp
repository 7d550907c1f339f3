#include "fs/ext4/store_io.h"

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace kraken::ext4 {

namespace {

struct Registry {
  std::mutex mutex;
  std::uint64_t next = 0;
  std::map<std::string, StoreIo*, std::less<>> by_name;
};

Registry& registry() {
  static Registry the_registry;
  return the_registry;
}

}  // namespace

// The library is C: nothing may be thrown through it.
struct StoreIo::Callbacks {
  static StoreIo& self(io_channel channel) { return *static_cast<StoreIo*>(channel->private_data); }

  // A negative count is a number of bytes, a positive one of blocks (lib/ext2fs/ext2_io.h users, e.g. unix_io.c).
  static Bytes length_of(io_channel channel, int count) {
    const std::int64_t wide = count;
    return count < 0 ? static_cast<Bytes>(-wide) : static_cast<Bytes>(wide) * static_cast<Bytes>(channel->block_size);
  }

  static errcode_t open(const char* name, int /*flags*/, io_channel* channel) noexcept {
    StoreIo* io = nullptr;
    {
      Registry& all = registry();
      const std::lock_guard lock(all.mutex);
      const auto found = all.by_name.find(std::string_view(name));
      if (found != all.by_name.end()) io = found->second;
    }
    if (io == nullptr) return EXT2_ET_BAD_DEVICE_NAME;
    auto* made = new (std::nothrow) struct_io_channel{};
    if (made == nullptr) return EXT2_ET_NO_MEMORY;
    made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
    made->manager = StoreIo::manager();
    made->name = io->name_.data();
    made->block_size = 1024;  // the library sets the file system's own before it relies on it
    made->refcount = 1;
    made->private_data = io;
    *channel = made;
    return 0;
  }

  static errcode_t close(io_channel channel) noexcept {
    if (--channel->refcount == 0) delete channel;
    return 0;
  }

  static errcode_t set_blksize(io_channel channel, int block_size) noexcept {
    channel->block_size = block_size;
    return 0;
  }

  static errcode_t read64(io_channel channel, unsigned long long block, int count, void* data) noexcept {
    const auto offset = checked_mul(block, static_cast<Bytes>(channel->block_size));
    if (!offset) return EXT2_ET_SHORT_READ;
    try {
      return self(channel).read(*offset, {static_cast<std::byte*>(data), length_of(channel, count)});
    } catch (...) {
      return EXT2_ET_NO_MEMORY;
    }
  }

  static errcode_t write64(io_channel channel, unsigned long long block, int count, const void* data) noexcept {
    const auto offset = checked_mul(block, static_cast<Bytes>(channel->block_size));
    if (!offset) return EXT2_ET_SHORT_WRITE;
    try {
      return self(channel).write(*offset, {static_cast<const std::byte*>(data), length_of(channel, count)});
    } catch (...) {
      return EXT2_ET_NO_MEMORY;
    }
  }

  static errcode_t read32(io_channel channel, unsigned long block, int count, void* data) noexcept {
    return read64(channel, block, count, data);
  }
  static errcode_t write32(io_channel channel, unsigned long block, int count, const void* data) noexcept {
    return write64(channel, block, count, data);
  }
  static errcode_t flush(io_channel /*channel*/) noexcept { return 0; }
};

// No get_stats: the library would count what it wrote into s_kbytes_written. No discard, zeroout or write_byte: it
// falls back to whole blocks.
io_manager StoreIo::manager() {
  static struct_io_manager the_manager = [] {
    struct_io_manager made{};
    made.magic = EXT2_ET_MAGIC_IO_MANAGER;
    made.name = "kraken block store";
    made.open = Callbacks::open;
    made.close = Callbacks::close;
    made.set_blksize = Callbacks::set_blksize;
    made.read_blk = Callbacks::read32;
    made.write_blk = Callbacks::write32;
    made.flush = Callbacks::flush;
    made.read_blk64 = Callbacks::read64;
    made.write_blk64 = Callbacks::write64;
    return made;
  }();
  return &the_manager;
}

StoreIo::StoreIo(BlockStore& store) : store_(store) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  name_ = "block-store-" + std::to_string(all.next++);
  all.by_name[name_] = this;
}

StoreIo::~StoreIo() {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.by_name.erase(name_);
}

void StoreIo::begin_operation(std::uint64_t reads) {
  failure_.reset();
  reads_left_ = reads;
}

std::optional<Error> StoreIo::take_failure() {
  std::optional<Error> taken = std::move(failure_);
  failure_.reset();
  return taken;
}

errcode_t StoreIo::read(Bytes offset, std::span<std::byte> out) {
  if (reads_left_ == 0) {
    failure_ = Error(ErrorCode::kCorrupt, "its blocks point in circles: run e2fsck -f on it");
    return EXT2_ET_SHORT_READ;
  }
  --reads_left_;
  const Status status = store_.read(offset, out);
  if (status.ok()) return 0;
  failure_ = status.error();
  return EXT2_ET_SHORT_READ;
}

errcode_t StoreIo::write(Bytes offset, std::span<const std::byte> data) {
  const auto write = [&]() -> Status {
    // The library writes every bitmap back when one has changed; what is the same need not count as changed.
    KRAKEN_ASSIGN(const bool is_new, differs(offset, data));
    return is_new ? write_data(offset, data) : ok_status();
  };
  const Status status = write();
  if (status.ok()) return 0;
  failure_ = status.error();
  return EXT2_ET_SHORT_WRITE;
}

Status StoreIo::write_data(Bytes offset, std::span<const std::byte> data) {
  KRAKEN_TRY(check_range(offset, data.size(), store_.size()));
  KRAKEN_TRY(save_for_undo(offset, data.size()));
  return store_.write(offset, data);
}

Result<bool> StoreIo::differs(Bytes offset, std::span<const std::byte> data) const {
  std::vector<std::byte> there(data.size());
  KRAKEN_TRY(store_.read(offset, there));
  return !std::equal(there.begin(), there.end(), data.begin());
}

void StoreIo::start_undo(Bytes block_size, std::function<bool(std::uint64_t)> worth_saving) {
  undo_log_.clear();
  undo_block_size_ = block_size;
  worth_saving_ = std::move(worth_saving);
}

void StoreIo::forget_undo() {
  undo_log_.clear();
  undo_block_size_ = 0;
  worth_saving_ = nullptr;
}

Status StoreIo::save_for_undo(Bytes offset, Bytes length) {
  if (undo_block_size_ == 0 || length == 0) return ok_status();
  const std::uint64_t last = (offset + length - 1) / undo_block_size_;
  for (std::uint64_t block = offset / undo_block_size_; block <= last; ++block) {
    if (undo_log_.contains(block) || !worth_saving_(block)) continue;
    std::vector<std::byte> old(std::min(undo_block_size_, store_.size() - block * undo_block_size_));
    KRAKEN_TRY(store_.read(block * undo_block_size_, old));
    undo_log_.emplace(block, std::move(old));
  }
  return ok_status();
}

Status StoreIo::undo() {
  const auto log = std::exchange(undo_log_, {});
  const Bytes block_size = undo_block_size_;
  forget_undo();
  for (const auto& [block, old] : log) KRAKEN_TRY(store_.write(block * block_size, old));
  return ok_status();
}

}  // namespace kraken::ext4
