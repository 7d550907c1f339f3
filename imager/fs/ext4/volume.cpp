#include "fs/ext4/volume.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "fs/ext4/bitmap_check.h"

namespace kraken::ext4 {

namespace {

// 34 bits from -2^31 on: Documentation/filesystems/ext4/inodes.rst, "Inode Timestamps".
constexpr std::int64_t kLastTime = 0x37fffffff;

ErrorCode code_of(errcode_t code) {
  switch (code) {
    case EXT2_ET_BLOCK_ALLOC_FAIL:
    case EXT2_ET_INODE_ALLOC_FAIL:
    case EXT2_ET_DIR_NO_SPACE:
    case EXT2_ET_EA_NO_SPACE:
    case EXT2_ET_TOO_MANY_REFS:
    case ENOSPC:
      return ErrorCode::kNoSpace;
    case EXT2_ET_UNSUPP_FEATURE:
    case EXT2_ET_RO_UNSUPP_FEATURE:
    case EXT2_ET_REV_TOO_HIGH:
    case EXT2_ET_UNKNOWN_CSUM:
    case EXT2_ET_DIRHASH_UNSUPP:
    case EXT2_ET_FILE_TOO_BIG:
    case EXT2_ET_RO_FILSYS:
      return ErrorCode::kUnsupported;
    case EXT2_ET_NO_MEMORY:
    case ENOMEM:
      return ErrorCode::kIo;
    case EXT2_ET_FILE_NOT_FOUND:
      return ErrorCode::kNotFound;
    default:
      return ErrorCode::kCorrupt;
  }
}

}  // namespace

Error Volume::damaged(const std::string& what) {
  return {ErrorCode::kCorrupt, what + ": run e2fsck -f on the file system, then try again"};
}

Status Volume::check(errcode_t code, std::string_view doing) {
  if (code == 0) return ok_status();
  if (const auto failure = io_.take_failure()) return failure->with_context(doing);
  static std::once_flag texts_loaded;
  std::call_once(texts_loaded, [] { initialize_ext2_error_table(); });
  const std::string what = std::string(doing) + ": " + error_message(code);
  const ErrorCode mapped = code_of(code);
  if (mapped == ErrorCode::kCorrupt) return damaged(what);
  if (code == EXT2_ET_EA_NO_SPACE) return Error(mapped, what + ": set fewer or shorter ones");
  if (mapped == ErrorCode::kNoSpace) return Error(mapped, what + ": the ext file system is full; use a larger base");
  return Error(mapped, what);
}

Result<std::unique_ptr<Volume>> Volume::open(BlockStore& store, std::int64_t clock, Uncleaned uncleaned) {
  if (clock < 0 || clock > kLastTime) {
    return Error(ErrorCode::kInvalidArgument,
                 "the clock " + std::to_string(clock) + " does not fit ext4: use 0 to " + std::to_string(kLastTime));
  }
  KRAKEN_ASSIGN(Superblock superblock, read_superblock(store, uncleaned));
  // 0 means "ask the system" to the library.
  auto volume = std::unique_ptr<Volume>(new Volume(store, std::move(superblock), std::max<std::int64_t>(clock, 1)));
  KRAKEN_TRY(volume->begin_operation());
  int flags = EXT2_FLAG_64BITS | EXT2_FLAG_SKIP_MMP;
  if (volume->superblock_.write_refusal.empty()) flags |= EXT2_FLAG_RW;
  ext2_filsys fs = nullptr;
  const errcode_t code = ext2fs_open2(volume->io_.name().c_str(), nullptr, flags, 0, 0, StoreIo::manager(), &fs);
  KRAKEN_TRY(volume->check(code, "opening the ext file system"));
  volume->fs_.reset(fs);
  fs->now = volume->clock_;
  // Copied at every change: a plain array of bits is the quickest to copy.
  fs->default_bitmap_type = EXT2FS_BMAP64_BITARRAY;
  KRAKEN_TRY(volume->check_groups());
  return volume;
}

Status Volume::check_groups() {
  for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) {
    if (ext2fs_group_desc_csum_verify(fs(), group) == 0) {
      return damaged("the descriptor of block group " + std::to_string(group) + " has a wrong checksum");
    }
  }
  return check(ext2fs_check_desc(fs()), "checking the block groups");
}

// The superblock's own sum is brought up to date only now and then; the groups' counts hold.
std::uint64_t Volume::free_blocks() const {
  std::uint64_t clusters = 0;
  for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) clusters += ext2fs_bg_free_blocks_count(fs(), group);
  return std::min(clusters << fs_->cluster_ratio_bits, superblock_.blocks);
}

// No operation has a reason to read more than each block a few times; a file system whose blocks point in circles has.
Status Volume::begin_operation() {
  if (broken_) return damaged("an earlier change failed and could not be taken back");
  io_.begin_operation(65536 + 8 * std::min<std::uint64_t>(superblock_.blocks, UINT32_MAX));
  return ok_status();
}

Status Volume::load_bitmaps() {
  if (bitmaps_loaded_) return ok_status();
  KRAKEN_TRY(check(ext2fs_read_bitmaps(fs()), "reading the bitmaps"));
  KRAKEN_TRY(check_bitmaps());
  bitmaps_loaded_ = true;
  return ok_status();
}

Status Volume::check_bitmaps() {
  KRAKEN_ASSIGN(const FreeCounts free, count_free(fs()));
  KRAKEN_TRY(check_metadata_in_use(fs()));
  ext2fs_free_blocks_count_set(fs_->super, free.blocks);
  fs_->super->s_free_inodes_count = free.inodes;
  return ok_status();
}

// Everything the library keeps in memory and an operation may change.
struct Volume::Snapshot {
  struct FreeBitmap {
    void operator()(ext2fs_struct_generic_bitmap_base* map) const { ext2fs_free_generic_bmap(map); }
  };
  using OwnedBitmap = std::unique_ptr<ext2fs_struct_generic_bitmap_base, FreeBitmap>;

  OwnedBitmap blocks;
  OwnedBitmap inodes;
  std::vector<std::byte> groups;
  ext2_super_block super{};
  int flags = 0;
};

Result<Volume::Snapshot> Volume::take_snapshot() {
  Snapshot taken;
  ext2fs_generic_bitmap map = nullptr;
  KRAKEN_TRY(check(ext2fs_copy_bitmap(fs_->block_map, &map), "copying the block bitmap"));
  taken.blocks.reset(map);
  KRAKEN_TRY(check(ext2fs_copy_bitmap(fs_->inode_map, &map), "copying the inode bitmap"));
  taken.inodes.reset(map);
  taken.groups.resize(std::size_t{fs_->desc_blocks} * fs_->blocksize);
  std::memcpy(taken.groups.data(), fs_->group_desc, taken.groups.size());
  taken.super = *fs_->super;
  taken.flags = fs_->flags;
  return taken;
}

Status Volume::roll_back(Snapshot snapshot) {
  Status undone = io_.undo();
  ext2fs_free_block_bitmap(fs_->block_map);
  fs_->block_map = snapshot.blocks.release();
  ext2fs_free_inode_bitmap(fs_->inode_map);
  fs_->inode_map = snapshot.inodes.release();
  std::memcpy(fs_->group_desc, snapshot.groups.data(), snapshot.groups.size());
  *fs_->super = snapshot.super;
  fs_->flags = snapshot.flags;
  KRAKEN_TRY(check(ext2fs_flush_icache(fs()), "taking a change back"));
  return undone;
}

Status Volume::transact(const std::function<Status()>& change) {
  if (!superblock_.write_refusal.empty()) return Error(ErrorCode::kUnsupported, superblock_.write_refusal);
  KRAKEN_TRY(load_bitmaps());
  KRAKEN_ASSIGN(Snapshot before, take_snapshot());
  // What is in a free block is nobody's: only blocks that were in use need their content kept.
  const std::uint64_t first = fs_->super->s_first_data_block;
  io_.start_undo(fs_->blocksize, [map = before.blocks.get(), first, end = superblock_.blocks](std::uint64_t block) {
    return block < first || block >= end || ext2fs_test_generic_bmap(map, block) != 0;
  });
  const Status changed = change();
  if (changed.ok()) {
    io_.forget_undo();
    return changed;
  }
  if (const Status undone = roll_back(std::move(before)); !undone.ok()) {
    broken_ = true;
    return changed.error().with_context("and it could not be taken back (" + undone.error().what() + ")");
  }
  return changed;
}

Status Volume::write_data(std::uint64_t first_block, std::span<const std::byte> data) {
  const auto offset = checked_mul(first_block, superblock_.block_size);
  if (!offset) return damaged("a block number is out of range");
  return io_.write_data(*offset, data);
}

Status Volume::close() {
  KRAKEN_TRY(begin_operation());
  if ((fs_->flags & EXT2_FLAG_DIRTY) != 0) {
    // Backups are there for the day that the first copy is lost: let them know of what is on the card.
    fs_->flags &= ~EXT2_FLAG_MASTER_SB_ONLY;
    fs_->super->s_wtime_hi = static_cast<__u8>(static_cast<std::uint64_t>(clock_) >> 32);
  }
  KRAKEN_TRY(check(ext2fs_close2(fs(), 0), "writing the ext file system back"));
  static_cast<void>(fs_.release());  // ext2fs_close2() has freed it
  return ok_status();
}

}  // namespace kraken::ext4
