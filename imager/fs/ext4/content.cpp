#include "fs/ext4/content.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "block/memory.h"

namespace kraken::ext4 {

namespace {

constexpr Bytes kChunk = 256 * kKiB;

struct CloseFile {
  void operator()(ext2_file* file) const { ext2fs_file_close(file); }
};

// Allocates blocks for `data`, from the file's block `first` on, and writes it there, runs of neighbours in one go.
Status write_blocks(Volume& volume, ext2_ino_t number, std::uint64_t first, std::span<const std::byte> data) {
  const Bytes block_size = volume.superblock().block_size;
  ext2_inode inode{};
  KRAKEN_TRY(volume.check(ext2fs_read_inode(volume.fs(), number, &inode), "reading the new inode"));
  std::uint64_t run_start = 0;
  Bytes run_length = 0;
  for (Bytes at = 0; at < data.size(); at += block_size) {
    blk64_t block = 0;
    KRAKEN_TRY(volume.check(
        ext2fs_bmap2(volume.fs(), number, &inode, nullptr, BMAP_ALLOC, first + at / block_size, nullptr, &block),
        "allocating blocks"));
    if (run_length != 0 && block != run_start + run_length / block_size) {
      KRAKEN_TRY(volume.write_data(run_start, data.subspan(at - run_length, run_length)));
      run_length = 0;
    }
    if (run_length == 0) run_start = block;
    run_length += block_size;
  }
  return volume.write_data(run_start, data.last(run_length));
}

Status set_size(Volume& volume, ext2_ino_t number, Bytes size) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  KRAKEN_TRY(volume.check(ext2fs_inode_size_set(volume.fs(), inode.basic(), static_cast<ext2_off64_t>(size)),
                          "setting the size"));
  return write_inode(volume, number, inode);
}

// Documentation/filesystems/ext4/ifork.rst: an extent tree maps 2^32 blocks; otherwise 12 blocks, and one block each of
// single, double and triple indirection.
bool is_too_large(const Inode& inode, Bytes size, Bytes block_size) {
  const std::uint64_t blocks = size / block_size;
  if (blocks >= UINT32_MAX - 1) return true;
  const std::uint64_t per_block = block_size / 4;
  return !inode.has_flag(EXT4_EXTENTS_FL) &&
         blocks >= 12 + per_block + per_block * per_block + per_block * per_block * per_block;
}

Status check_fits(Volume& volume, ext2_ino_t number, const BlockSource& content) {
  const Bytes block_size = volume.superblock().block_size;
  KRAKEN_ASSIGN(const Inode inode, read_inode(volume, number));
  if (is_too_large(inode, content.size(), block_size)) {
    return Error(ErrorCode::kUnsupported, "a file of " + human_bytes(content.size()) + " is too large for ext4");
  }
  if (content.size() == 0) return ok_status();
  // Cheap to know at once for a file without holes; otherwise allocation will tell.
  KRAKEN_ASSIGN(const Extent first, content.extent_at(0));
  if (!first.is_hole && first.length / block_size > volume.free_blocks()) {
    return Error(ErrorCode::kNoSpace, human_bytes(content.size()) + " do not fit into the " +
                                          human_bytes(volume.free_blocks() * block_size) + " that are free");
  }
  return ok_status();
}

// Where the next data at or after `offset` begins; whole blocks inside holes are passed over.
Result<Bytes> skip_hole(const BlockSource& content, Bytes offset, Bytes block_size) {
  KRAKEN_ASSIGN(const Extent extent, content.extent_at(offset));
  if (!extent.is_hole) return offset;
  if (extent.end() >= content.size()) return content.size();
  return std::max(offset, round_down(extent.end(), block_size));
}

}  // namespace

Result<std::string> read_content(Volume& volume, ext2_ino_t number, Bytes limit) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  if (inode.size() > limit) {
    return Error(ErrorCode::kCorrupt, "it has " + human_bytes(inode.size()) + ", more than the " + human_bytes(limit) +
                                          " that such a file may have");
  }
  ext2_file_t opened = nullptr;
  KRAKEN_TRY(volume.check(ext2fs_file_open2(volume.fs(), number, inode.basic(), 0, &opened), "opening"));
  const std::unique_ptr<ext2_file, CloseFile> file(opened);
  std::string text;
  while (text.size() < inode.size()) {
    const std::size_t had = text.size();
    const auto wanted = static_cast<unsigned>(std::min<Bytes>(kChunk, inode.size() - had));
    text.resize(had + wanted);
    unsigned got = 0;
    KRAKEN_TRY(volume.check(ext2fs_file_read(opened, text.data() + had, wanted, &got), "reading"));
    if (got == 0) return Volume::damaged("it ends before its size says");
    text.resize(had + got);
  }
  return text;
}

Result<std::string> read_target(Volume& volume, ext2_ino_t number) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  const Bytes size = inode.size();
  if (size == 0 || size > volume.superblock().block_size)
    return Volume::damaged("the link's target has no sane length");
  std::string target;
  if (!inode.has_flag(EXT4_INLINE_DATA_FL) && ext2fs_is_fast_symlink(inode.basic()) != 0) {
    target.resize(sizeof(inode.fields().i_block));
    std::memcpy(target.data(), inode.fields().i_block, target.size());
    target.resize(size);
  } else {
    KRAKEN_ASSIGN(target, read_content(volume, number, volume.superblock().block_size));
  }
  if (contains_nul(target)) return Volume::damaged("the link's target holds a zero byte");
  return target;
}

Status write_content(Volume& volume, ext2_ino_t number, const BlockSource& content) {
  KRAKEN_TRY(check_fits(volume, number, content));
  const Bytes block_size = volume.superblock().block_size;
  std::vector<std::byte> chunk;
  for (Bytes offset = 0; offset < content.size();) {
    KRAKEN_ASSIGN(const Bytes data_at, skip_hole(content, offset, block_size));
    offset = data_at;
    if (offset == content.size()) break;
    KRAKEN_ASSIGN(const Extent extent, content.extent_at(offset));
    const Bytes wanted = extent.is_hole ? block_size : round_up(std::min(extent.length, kChunk), block_size);
    const Bytes length = std::min(wanted, content.size() - offset);
    chunk.assign(round_up(length, block_size), std::byte{0});
    KRAKEN_TRY(content.read(offset, std::span(chunk).first(length)).with_context("reading what is to be written"));
    KRAKEN_TRY(write_blocks(volume, number, offset / block_size, chunk));
    offset += length;
  }
  return set_size(volume, number, content.size());
}

// Up to 59 bytes lie in the inode itself: Documentation/filesystems/ext4/ifork.rst, "Symbolic Links".
Status write_target(Volume& volume, ext2_ino_t number, std::string_view target) {
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  if (target.size() < sizeof(inode.fields().i_block)) {
    std::memcpy(inode.fields().i_block, target.data(), target.size());
    inode.fields().i_size = static_cast<__u32>(target.size());
    return write_inode(volume, number, inode);
  }
  if (ext2fs_has_feature_extents(volume.fs()->super) != 0) {
    inode.fields().i_flags |= EXT4_EXTENTS_FL;
    ext2_extent_handle_t handle = nullptr;
    KRAKEN_TRY(volume.check(ext2fs_extent_open2(volume.fs(), number, inode.basic(), &handle), "starting a link"));
    ext2fs_extent_free(handle);
    KRAKEN_TRY(write_inode(volume, number, inode));
  }
  return write_content(volume, number, MemoryStore(target));
}

Status write_first_block(Volume& volume, ext2_ino_t number, ext2_ino_t parent) {
  ext2_filsys fs = volume.fs();
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  blk64_t block = 0;
  KRAKEN_TRY(volume.check(ext2fs_bmap2(fs, number, inode.basic(), nullptr, BMAP_ALLOC, 0, nullptr, &block),
                          "allocating the folder's block"));
  KRAKEN_TRY(set_size(volume, number, volume.superblock().block_size));
  char* entries = nullptr;
  KRAKEN_TRY(volume.check(ext2fs_new_dir_block(fs, number, parent, &entries), "making the folder's block"));
  const errcode_t code = ext2fs_write_dir_block4(fs, block, entries, 0, number);
  ext2fs_free_mem(&entries);
  return volume.check(code, "writing the folder's block");
}

}  // namespace kraken::ext4
