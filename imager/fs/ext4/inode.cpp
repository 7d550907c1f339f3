#include "fs/ext4/inode.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstddef>

#include "fs/ext4/xattrs.h"

namespace kraken::ext4 {

namespace {

constexpr std::size_t kOldInodeSize = 128;

std::string name_of(ext2_ino_t number) {
  return "inode " + std::to_string(number);
}

// Two more bits of seconds lie in the extra field: Documentation/filesystems/ext4/inodes.rst, "Inode Timestamps".
struct DiskTime {
  std::uint32_t low;
  std::uint32_t extra;
};

DiskTime split_time(std::int64_t time) {
  const auto low = static_cast<std::uint32_t>(time & 0xffffffff);
  const std::int64_t epochs = (time - static_cast<std::int32_t>(low)) >> 32;
  return {low, static_cast<std::uint32_t>(epochs & 3)};
}

// Whether the inode is long enough for the extra field that ends at `end` bytes.
bool has_extra(const Inode& inode, std::size_t end) {
  return inode.disk_size() > static_cast<int>(kOldInodeSize) && kOldInodeSize + inode.fields().i_extra_isize >= end;
}

#define KRAKEN_EXTRA_END(field) (offsetof(ext2_inode_large, field) + sizeof(ext2_inode_large::field))

void set_time(const Inode& inode, std::int64_t time, std::size_t extra_end, std::pair<__u32*, __u32*> fields) {
  if (has_extra(inode, extra_end)) {
    const DiskTime split = split_time(time);
    *fields.first = split.low;
    *fields.second = split.extra;
  } else {
    *fields.first = static_cast<std::uint32_t>(std::min<std::int64_t>(time, INT32_MAX));
  }
}

bool is_special(const ext2_super_block& super, ext2_ino_t number) {
  if (number == EXT2_ROOT_INO) return false;
  const ext2_ino_t first = super.s_rev_level == 0 ? 11 : super.s_first_ino;
  return number < first || number == super.s_journal_inum || number == super.s_usr_quota_inum ||
         number == super.s_grp_quota_inum || number == super.s_prj_quota_inum || number == super.s_orphan_file_inum;
}

struct BlockWalk {
  ext2_filsys fs;
  std::uint64_t seen = 0;
  bool sound = true;
};

int check_block(ext2_filsys fs, blk64_t* block, e2_blkcnt_t, blk64_t, int, void* data) {
  auto* walk = static_cast<BlockWalk*>(data);
  const bool inside = *block >= fs->super->s_first_data_block && *block < ext2fs_blocks_count(fs->super);
  walk->sound =
      inside && ++walk->seen <= ext2fs_blocks_count(fs->super) && ext2fs_test_block_bitmap2(fs->block_map, *block) != 0;
  return walk->sound ? 0 : BLOCK_ABORT;
}

// The library prints to stderr and goes on when it is made to free what is not there or is free already.
Status check_freeable(Volume& volume, ext2_ino_t number, Inode& inode) {
  ext2_filsys fs = volume.fs();
  bool sound = ext2fs_test_inode_bitmap2(fs->inode_map, number) != 0;
  if (sound && ext2fs_inode_has_valid_blocks2(fs, inode.basic()) != 0) {
    BlockWalk walk{fs};
    KRAKEN_TRY(volume.check(ext2fs_block_iterate3(fs, number, BLOCK_FLAG_READ_ONLY, nullptr, check_block, &walk),
                            "walking the blocks of " + name_of(number)));
    sound = walk.sound;
  }
  if (const blk64_t block = ext2fs_file_acl_block(fs, inode.basic()); sound && block != 0) {
    BlockWalk walk{fs};
    blk64_t checked = block;
    check_block(fs, &checked, 0, 0, 0, &walk);
    sound = walk.sound;
  }
  return sound ? ok_status() : Status(Volume::damaged(name_of(number) + " uses blocks that are not its own"));
}

}  // namespace

NodeType Inode::type() const {
  switch (fields().i_mode & S_IFMT) {
    case S_IFREG:
      return NodeType::kFile;
    case S_IFDIR:
      return NodeType::kFolder;
    case S_IFLNK:
      return NodeType::kSymlink;
    default:
      return NodeType::kOther;
  }
}

std::int64_t Inode::mtime() const {
  const std::int64_t low = static_cast<std::int32_t>(fields().i_mtime);
  if (!has_extra(*this, KRAKEN_EXTRA_END(i_mtime_extra))) return low;
  return low + (std::int64_t{fields().i_mtime_extra & 3} << 32);
}

void Inode::set_change_time(std::int64_t time) {
  set_time(*this, time, KRAKEN_EXTRA_END(i_ctime_extra), {&fields().i_ctime, &fields().i_ctime_extra});
}

void Inode::set_content_time(std::int64_t time) {
  set_change_time(time);
  set_time(*this, time, KRAKEN_EXTRA_END(i_mtime_extra), {&fields().i_mtime, &fields().i_mtime_extra});
}

void Inode::set_all_times(std::int64_t time) {
  set_content_time(time);
  set_time(*this, time, KRAKEN_EXTRA_END(i_atime_extra), {&fields().i_atime, &fields().i_atime_extra});
  if (has_extra(*this, KRAKEN_EXTRA_END(i_crtime_extra))) {
    set_time(*this, time, KRAKEN_EXTRA_END(i_crtime_extra), {&fields().i_crtime, &fields().i_crtime_extra});
  }
}

void Inode::set_owner_and_mode(const NodeAttributes& attributes) {
  // A link's own mode is never looked at; every Linux file system gives it as 0777.
  const std::uint32_t mode = type() == NodeType::kSymlink ? 0777 : attributes.mode & 07777;
  fields().i_mode = static_cast<__u16>((fields().i_mode & S_IFMT) | mode);
  fields().i_uid = static_cast<__u16>(attributes.uid & 0xffff);
  fields().i_gid = static_cast<__u16>(attributes.gid & 0xffff);
  fields().osd2.linux2.l_i_uid_high = static_cast<__u16>(attributes.uid >> 16);
  fields().osd2.linux2.l_i_gid_high = static_cast<__u16>(attributes.gid >> 16);
}

NodeAttributes Inode::attributes() const {
  NodeAttributes found;
  found.mode = fields().i_mode & 07777;
  found.uid = fields().i_uid | (std::uint32_t{fields().osd2.linux2.l_i_uid_high} << 16);
  found.gid = fields().i_gid | (std::uint32_t{fields().osd2.linux2.l_i_gid_high} << 16);
  return found;
}

Result<Inode> read_inode(Volume& volume, ext2_ino_t number) {
  const ext2_super_block& super = *volume.fs()->super;
  if (number == 0 || number > super.s_inodes_count || is_special(super, number)) {
    return Volume::damaged("a name leads to " + name_of(number) + ", which is not a file's");
  }
  Inode inode(super.s_rev_level == 0 ? kOldInodeSize : super.s_inode_size);
  KRAKEN_TRY(volume.check(ext2fs_read_inode_full(volume.fs(), number, inode.basic(), inode.disk_size()),
                          "reading " + name_of(number)));
  if (inode.fields().i_links_count == 0 || (inode.fields().i_mode & S_IFMT) == 0) {
    return Volume::damaged("a name leads to " + name_of(number) + ", which is unused");
  }
  if (inode.has_flag(EXT4_ENCRYPT_FL) || (inode.is_folder() && inode.has_flag(EXT4_CASEFOLD_FL))) {
    return Error(ErrorCode::kUnsupported, name_of(number) +
                                              " is encrypted or folds case, which this program does not "
                                              "handle: make the base image without");
  }
  if (inode.has_flag(EXT4_INLINE_DATA_FL)) KRAKEN_TRY(check_inode_xattrs(volume, number, inode));
  return inode;
}

Status write_inode(Volume& volume, ext2_ino_t number, Inode& inode) {
  return volume.check(ext2fs_write_inode_full(volume.fs(), number, inode.basic(), inode.disk_size()),
                      "writing " + name_of(number));
}

Result<ext2_ino_t> make_inode(Volume& volume, ext2_ino_t folder, std::uint32_t type_bits,
                              const NodeAttributes& attributes) {
  ext2_filsys fs = volume.fs();
  ext2_ino_t number = 0;
  KRAKEN_TRY(volume.check(ext2fs_new_inode(fs, folder, static_cast<int>(type_bits), nullptr, &number),
                          "looking for a free inode"));
  ext2_inode fresh{};
  fresh.i_mode = static_cast<__u16>(type_bits);
  fresh.i_links_count = type_bits == S_IFDIR ? 2 : 1;
  if (type_bits != S_IFLNK && ext2fs_has_feature_extents(fs->super) != 0) {
    // Writes the empty tree's header into i_block.
    fresh.i_flags = EXT4_EXTENTS_FL;
    ext2_extent_handle_t handle = nullptr;
    KRAKEN_TRY(volume.check(ext2fs_extent_open2(fs, number, &fresh, &handle), "starting an extent tree"));
    ext2fs_extent_free(handle);
  }
  KRAKEN_TRY(volume.check(ext2fs_write_new_inode(fs, number, &fresh), "writing " + name_of(number)));
  ext2fs_inode_alloc_stats2(fs, number, +1, type_bits == S_IFDIR ? 1 : 0);
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  inode.set_all_times(volume.clock());
  inode.set_owner_and_mode(attributes);
  KRAKEN_TRY(write_inode(volume, number, inode));
  return number;
}

Status free_inode(Volume& volume, ext2_ino_t number) {
  ext2_filsys fs = volume.fs();
  KRAKEN_ASSIGN(Inode inode, read_inode(volume, number));
  KRAKEN_TRY(check_freeable(volume, number, inode));
  const bool was_folder = inode.is_folder();
  KRAKEN_TRY(
      volume.check(ext2fs_free_ext_attr(fs, number, &inode.fields()), "freeing the attributes of " + name_of(number)));
  KRAKEN_TRY(write_inode(volume, number, inode));
  if (ext2fs_inode_has_valid_blocks2(fs, inode.basic()) != 0) {
    KRAKEN_TRY(volume.check(ext2fs_punch(fs, number, inode.basic(), nullptr, 0, ~0ULL),
                            "freeing the blocks of " + name_of(number)));
    KRAKEN_ASSIGN(inode, read_inode(volume, number));
  }
  inode.fields().i_links_count = 0;
  inode.fields().i_size = 0;
  inode.fields().i_size_high = 0;
  inode.set_content_time(volume.clock());
  // A deletion time below the number of inodes would be read as a link of the list of orphans.
  inode.fields().i_dtime = static_cast<__u32>(std::max<std::int64_t>(volume.clock(), fs->super->s_inodes_count));
  KRAKEN_TRY(write_inode(volume, number, inode));
  ext2fs_inode_alloc_stats2(fs, number, -1, was_folder ? 1 : 0);
  return ok_status();
}

}  // namespace kraken::ext4
