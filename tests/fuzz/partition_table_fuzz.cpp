// Any bytes as the beginning of a disk: reading its table must answer a table whose partitions lie in the disk and
// apart, or an error; editing must change nothing but what it was asked to. The last byte chooses the disk's size.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "disk/partition_table.h"
#include "support/sparse_memory.h"

namespace {

using namespace kraken;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_extended(const Partition& partition) {
  return partition.mbr_type == 0x05 || partition.mbr_type == 0x0f || partition.mbr_type == 0x85;
}

void check(const PartitionTable& table, Bytes disk_size) {
  for (const auto& a : table.partitions) {
    require(a.number > 0 && a.size > 0 && a.end() > a.start && a.end() <= disk_size);
    for (const auto& b : table.partitions) {
      if (a.number == b.number) continue;
      const bool apart = a.end() <= b.start || b.end() <= a.start;
      require(apart || (is_extended(a) && b.is_logical) || (is_extended(b) && a.is_logical));
    }
  }
}

std::array<std::byte, 512> first_sector(const BlockSource& disk) {
  std::array<std::byte, 512> sector{};
  require(disk.read(0, sector).ok());
  return sector;
}

void check_edit(test::SparseMemory& disk, const PartitionTable& table, const Partition& partition) {
  const auto before = first_sector(disk);
  const TableEdit edit{0x12345678, TableEdit::Resize{partition.number, 512}};
  const bool edited = edit_partition_table(disk, edit).ok();
  const auto after = first_sector(disk);
  if (!edited) {
    require(before == after);
    return;
  }
  const std::size_t entry = 446 + 16 * (static_cast<std::size_t>(partition.number) - 1);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if ((i >= 440 && i < 444) || (i >= entry && i < entry + 16)) continue;
    require(before[i] == after[i]);
  }
  const auto now = read_partition_table(disk);
  require(now.ok() && now->disk_id == 0x12345678 && now->partitions.size() == table.partitions.size());
  const auto found = std::ranges::find(now->partitions, partition.number, &Partition::number);
  require(found != now->partitions.end() && found->start == partition.start && found->size == 512);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::array<Bytes, 5> kSizes = {0, kMiB, 64 * kMiB + 100, 8 * kGiB, 3072 * kGiB};
  if (size == 0) return 0;
  const Bytes input = size - 1;
  const Bytes disk_size = std::max<Bytes>(input, kSizes[data[size - 1] % kSizes.size()]);
  test::SparseMemory disk(disk_size);
  std::vector<std::byte> bytes(input);
  std::transform(data, data + input, bytes.begin(), [](std::uint8_t b) { return static_cast<std::byte>(b); });
  require(disk.write(0, bytes).ok());

  const auto table = read_partition_table(disk);
  if (!table.ok()) return 0;
  check(*table, disk_size);
  if (table->kind != TableKind::kMbr) return 0;
  for (const auto& partition : table->partitions) check_edit(disk, *table, partition);
  return 0;
}
