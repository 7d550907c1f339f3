#include "fs/ext4/superblock.h"

#include <array>
#include <vector>

#include "base/endian.h"
#include "base/text.h"

namespace kraken::ext4 {

namespace {

constexpr Bytes kSuperblockOffset = 1024;
constexpr std::size_t kSuperblockSize = 1024;
constexpr std::uint16_t kMagic = 0xef53;

// s_state
constexpr std::uint16_t kStateClean = 0x1;
constexpr std::uint16_t kStateErrors = 0x2;

// s_feature_compat
constexpr std::uint32_t kCompatJournal = 0x4;
// s_feature_incompat
constexpr std::uint32_t kIncompatRecover = 0x4;
constexpr std::uint32_t kIncompatExtents = 0x40;
constexpr std::uint32_t kIncompat64Bit = 0x80;
constexpr std::uint32_t kIncompatFlexBg = 0x200;
constexpr std::uint32_t kIncompatEaInode = 0x400;
// s_feature_ro_compat
constexpr std::uint32_t kRoBigalloc = 0x200;
constexpr std::uint32_t kRoMetadataCsum = 0x400;
constexpr std::uint32_t kRoOrphanPresent = 0x10000;

struct Feature {
  std::uint32_t bit;
  const char* name;
};

// filetype, recover (refused by itself), meta_bg, extents, 64bit, flex_bg, ea_inode (never changed), csum_seed,
// large_dir, inline_data, encrypt and casefold (folders that use these two are refused one by one).
constexpr std::uint32_t kIncompatKnown = 0x2 | kIncompatRecover | 0x10 | kIncompatExtents | kIncompat64Bit |
                                         kIncompatFlexBg | kIncompatEaInode | 0x2000 | 0x4000 | 0x8000 | 0x10000 |
                                         0x20000;
constexpr std::array kIncompatNames{Feature{0x1, "compression"}, Feature{0x8, "journal_dev"}, Feature{0x100, "mmp"},
                                    Feature{0x1000, "dirdata"}};

// sparse_super, large_file, huge_file, uninit_bg, dir_nlink, extra_isize, metadata_csum, verity, orphan_present
// (refused by itself). With any other, libext2fs alone would leave something stale: quota files, snapshots, shared
// blocks.
constexpr std::uint32_t kRoChangeable =
    0x1 | 0x2 | 0x8 | 0x10 | 0x20 | 0x40 | kRoMetadataCsum | 0x8000 | kRoOrphanPresent;
// libext2fs does not count the blocks of attributes that have inodes of their own (i_blocks).
constexpr std::uint32_t kIncompatReadOnly = kIncompatEaInode;
constexpr std::array kReadOnlyNames{Feature{kIncompatEaInode, "ea_inode"}};
constexpr std::array kRoNames{Feature{0x80, "has_snapshot"},    Feature{0x100, "quota"},
                              Feature{kRoBigalloc, "bigalloc"}, Feature{0x800, "replica"},
                              Feature{0x1000, "read-only"},     Feature{0x2000, "project"},
                              Feature{0x4000, "shared_blocks"}};

class Fields {
 public:
  explicit Fields(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint16_t u16(std::size_t offset) const { return read_le<std::uint16_t>(bytes_, offset).value_or(0); }
  std::uint32_t u32(std::size_t offset) const { return read_le<std::uint32_t>(bytes_, offset).value_or(0); }
  std::string text(std::size_t offset, std::size_t length) const {
    const auto view = as_text(bytes_.subspan(offset, length));
    return std::string(view.substr(0, view.find('\0')));
  }

 private:
  std::span<const std::byte> bytes_;
};

struct Features {
  std::uint32_t compat = 0, incompat = 0, ro_compat = 0;
};

// A revision 0 file system has no feature fields.
Features features_of(const Fields& sb) {
  if (sb.u32(0x4c) == 0) return {};
  return {sb.u32(0x5c), sb.u32(0x60), sb.u32(0x64)};
}

std::string names_of(std::uint32_t bits, std::span<const Feature> known) {
  std::vector<std::string> names;
  for (const Feature& feature : known) {
    if ((bits & feature.bit) != 0) names.emplace_back(feature.name);
    bits &= ~feature.bit;
  }
  for (std::uint32_t bit = 1; bit != 0; bit <<= 1) {
    if ((bits & bit) != 0) names.push_back("feature bit " + std::to_string(bit));
  }
  return join(names, ", ");
}

Error corrupt(const std::string& what) {
  return {ErrorCode::kCorrupt, "the ext file system " + what + ": run e2fsck -f on it, then try again"};
}

Status check_cleanliness(const Fields& sb, const Features& features) {
  const std::uint16_t state = sb.u16(0x3a);
  if ((features.incompat & kIncompatRecover) != 0) return corrupt("has a journal to recover (needs_recovery)");
  if ((features.ro_compat & kRoOrphanPresent) != 0 || sb.u32(0xe8) != 0) {
    return corrupt("has orphaned files to clean up (orphan_present)");
  }
  if ((state & kStateErrors) != 0) return corrupt("is marked as having errors");
  if ((state & kStateClean) == 0) return corrupt("was not unmounted cleanly");
  return ok_status();
}

// Only what libext2fs does not check itself, or checks after it has allocated memory for what the fields claim.
Status check_geometry(const Fields& sb, const Superblock& read, const BlockSource& volume) {
  const std::uint32_t blocks_per_group = sb.u32(0x20);
  const std::uint32_t inodes_per_group = sb.u32(0x28);
  const std::uint32_t first_block = sb.u32(0x14);
  const std::uint32_t bits = static_cast<std::uint32_t>(read.block_size * 8);
  const bool clustered = sb.u32(0x4c) != 0 && (sb.u32(0x64) & kRoBigalloc) != 0;
  const std::uint32_t bits_per_group = clustered ? sb.u32(0x24) : blocks_per_group;
  if (bits_per_group == 0 || bits_per_group % 8 != 0 || bits_per_group > bits || inodes_per_group == 0 ||
      inodes_per_group % 8 != 0 || inodes_per_group > bits || first_block >= read.blocks || first_block > 1) {
    return corrupt("contradicts itself in its superblock");
  }
  const auto size = checked_mul(read.blocks, read.block_size);
  if (!size || *size > volume.size()) {
    return Error(ErrorCode::kCorrupt, "the ext file system says it has " + std::to_string(read.blocks) + " blocks of " +
                                          human_bytes(read.block_size) + ", but only " + human_bytes(volume.size()) +
                                          " are there: the image is cut short; get it again");
  }
  const std::uint32_t first_inode = sb.u32(0x4c) == 0 ? 11 : sb.u32(0x54);
  const std::uint16_t inode_size = sb.u32(0x4c) == 0 ? 128 : sb.u16(0x58);
  if (first_inode < 11 || first_inode > sb.u32(0x00) || inode_size > read.block_size ||
      sb.u16(0xce) > read.block_size / 4) {
    return corrupt("contradicts itself in its superblock");
  }
  return ok_status();
}

Status check_support(const Fields& sb, const Features& features) {
  const std::uint32_t unknown = features.incompat & ~kIncompatKnown;
  if (unknown != 0) {
    return Error(ErrorCode::kUnsupported, "the ext file system uses " + names_of(unknown, kIncompatNames) +
                                              ", which this program does not handle: make the base image without");
  }
  if (sb.u32(0x48) == 1) {
    return Error(ErrorCode::kUnsupported, "the ext file system was made for GNU/Hurd, whose inodes differ from Linux'");
  }
  return ok_status();
}

std::string write_refusal(const Features& features) {
  std::vector<std::string> names;
  const std::uint32_t incompat = features.incompat & kIncompatReadOnly;
  const std::uint32_t ro_compat = features.ro_compat & ~kRoChangeable;
  if (incompat != 0) names.push_back(names_of(incompat, kReadOnlyNames));
  if (ro_compat != 0) names.push_back(names_of(ro_compat, kRoNames));
  if (names.empty()) return {};
  return "the ext file system uses " + join(names, ", ") +
         ", so it can be read but not changed: make the base image without";
}

std::string type_of(const Features& features) {
  constexpr std::uint32_t kExt4Incompat = kIncompatExtents | kIncompat64Bit | kIncompatFlexBg;
  if ((features.incompat & kExt4Incompat) != 0 || (features.ro_compat & ~std::uint32_t{0x7}) != 0) return "ext4";
  return (features.compat & kCompatJournal) != 0 ? "ext3" : "ext2";
}

}  // namespace

Result<Superblock> read_superblock(const BlockSource& volume, Uncleaned uncleaned) {
  const Error none(ErrorCode::kUnsupported, "there is no ext2, ext3 or ext4 file system");
  if (volume.size() < kSuperblockOffset + kSuperblockSize) return none;
  std::array<std::byte, kSuperblockSize> bytes{};
  KRAKEN_TRY(volume.read(kSuperblockOffset, bytes).with_context("reading the ext superblock"));
  const Fields sb(bytes);
  if (sb.u16(0x38) != kMagic) return none;
  const Features features = features_of(sb);
  KRAKEN_TRY(check_support(sb, features));

  // 4 KiB is the largest block that a kernel with 4 KiB pages mounts, and directories' record lengths change their
  // encoding above 32 KiB.
  if (sb.u32(0x18) > 2) {
    return Error(ErrorCode::kUnsupported,
                 "the ext file system has blocks of more than 4 KiB, which a Pi does not mount");
  }
  Superblock read;
  read.block_size = kKiB << sb.u32(0x18);
  read.blocks = sb.u32(0x04);
  if ((features.incompat & kIncompat64Bit) != 0) read.blocks |= std::uint64_t{sb.u32(0x150)} << 32;
  KRAKEN_TRY(check_geometry(sb, read, volume));
  const Status clean = check_cleanliness(sb, features);
  if (!clean.ok() && uncleaned == Uncleaned::kRefused) return clean.error();
  read.label = sb.text(0x78, 16);
  read.type_name = type_of(features);
  read.write_refusal = write_refusal(features);
  if (!clean.ok()) read.write_refusal = clean.error().what();
  return read;
}

}  // namespace kraken::ext4
