#include "fs/fat/marks.h"

#include <array>
#include <string>

namespace kraken::fat {

namespace {

// Linux, include/uapi/linux/msdos_fs.h: fat16.state and fat32.state of struct fat_boot_sector, FAT_STATE_DIRTY.
constexpr Bytes kStateFat16 = 0x25;
constexpr Bytes kStateFat32 = 0x41;
constexpr std::byte kDirty{0x01};

Status clear_state(BlockStore& store, Bytes offset) {
  std::array<std::byte, 1> state{};
  KRAKEN_TRY(store.read(offset, state).with_context("reading the boot sector's state"));
  if ((state[0] & kDirty) == std::byte{0}) return ok_status();
  state[0] &= ~kDirty;
  return store.write(offset, state).with_context("writing the boot sector's state");
}

}  // namespace

Status check_layout(const Geometry& geometry) {
  if (geometry.fat_count > 2) {
    return Error(ErrorCode::kUnsupported, "the FAT volume has " + std::to_string(geometry.fat_count) +
                                              " FATs, and fsck.fat knows one or two: make it anew with two");
  }
  if (geometry.type == FatType::kFat32 && !geometry.backup_offset) {
    return Error(ErrorCode::kUnsupported,
                 "the FAT32 volume has no copy of its boot sector: fsck.fat -a makes one, run it on the volume");
  }
  return ok_status();
}

Status mark_unmounted(Volume& volume) {
  const Geometry& geometry = volume.geometry();
  const Bytes state = geometry.type == FatType::kFat16 ? kStateFat16 : kStateFat32;
  KRAKEN_TRY(clear_state(volume.store(), state));
  if (geometry.backup_offset) KRAKEN_TRY(clear_state(volume.store(), *geometry.backup_offset + state));
  return volume.clusters().mark_unmounted();
}

}  // namespace kraken::fat
