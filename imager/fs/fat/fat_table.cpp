#include "fs/fat/fat_table.h"

#include <algorithm>
#include <string>

#include "base/endian.h"
#include "fs/fat/fat_error.h"

namespace kraken::fat {

namespace {

constexpr Bytes kPageSize = 4 * kKiB;
// 16 MiB: the whole table of any boot partition, while a terabyte volume's table (1 GiB) does not end up in memory.
constexpr std::size_t kMaxLoadedPages = 4096;

// fatgen103, "FAT Data Structure": only 28 bits of a FAT32 entry count, the upper four are to be kept.
constexpr std::uint32_t kFat32Mask = 0x0fffffff;
// Both types number their special values alike in the low bits: ...f7 is bad, ...f8 and above end a chain.
constexpr std::uint32_t kBadFat16 = 0xfff7;
constexpr std::uint32_t kBadFat32 = 0x0ffffff7;
constexpr std::uint32_t kEnd = 0x0fffffff;  // in FAT16, its low 16 bits
// fatgen103, "FAT Volume Dirty Bit": ClnShutBitMask of FAT[1].
constexpr std::uint32_t kMarksEntry = 1;
constexpr std::uint32_t kUnmountedFat16 = 0x8000;
constexpr std::uint32_t kUnmountedFat32 = 0x08000000;

}  // namespace

FatTable::FatTable(BlockStore& volume, const Geometry& geometry)
    : volume_(&volume), geometry_(geometry), entry_size_(geometry.type == FatType::kFat16 ? 2 : 4) {
  table_size_ = (Bytes{geometry.last_cluster()} + 1) * entry_size_;
  pages_.resize(round_up(table_size_, kPageSize) / kPageSize);
}

std::uint32_t FatTable::raw_at(std::span<const std::byte> bytes, Bytes offset) const {
  // The offset is inside by construction: pages and entries are both aligned.
  if (geometry_.type == FatType::kFat16) return read_le<std::uint16_t>(bytes, offset).value_or(0);
  return read_le<std::uint32_t>(bytes, offset).value_or(0);
}

FatEntry FatTable::decode(std::uint32_t raw) const {
  const std::uint32_t bad = geometry_.type == FatType::kFat16 ? kBadFat16 : kBadFat32;
  const std::uint32_t value = raw & kFat32Mask;
  if (value == 0) return {EntryKind::kFree, 0};
  if (geometry_.has_cluster(value)) return {EntryKind::kNext, value};
  if (value == bad) return {EntryKind::kBad, 0};
  return {value > bad ? EntryKind::kEnd : EntryKind::kReserved, 0};
}

Status FatTable::read_all_copies(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(volume_->read(geometry_.fat_offset + offset, out).with_context("reading the FAT"));
  std::vector<std::byte> other(out.size());
  for (std::uint32_t copy = 1; copy < geometry_.fat_count; ++copy) {
    KRAKEN_TRY(volume_->read(geometry_.fat_offset + copy * geometry_.fat_stride + offset, other)
                   .with_context("reading a copy of the FAT"));
    const auto differ = std::ranges::mismatch(out, other);
    if (differ.in1 == out.end()) continue;
    const Bytes at = offset + static_cast<Bytes>(differ.in1 - out.begin());
    return corrupt_volume("copy " + std::to_string(copy + 1) + " of the FAT differs from the first at cluster " +
                          std::to_string(at / entry_size_));
  }
  return ok_status();
}

Result<FatTable::Page*> FatTable::page_of(std::uint32_t cluster) {
  const Bytes index = entry_offset(cluster) / kPageSize;
  if (pages_[index] != nullptr) return pages_[index].get();
  if (loaded_ >= kMaxLoadedPages) {
    KRAKEN_TRY(flush());
    for (auto& page : pages_) page.reset();
    loaded_ = 0;
  }
  auto page = std::make_unique<Page>();
  const Bytes start = index * kPageSize;
  page->bytes.resize(std::min(kPageSize, table_size_ - start));
  KRAKEN_TRY(read_all_copies(start, page->bytes));
  pages_[index] = std::move(page);
  ++loaded_;
  return pages_[index].get();
}

Result<FatEntry> FatTable::get(std::uint32_t cluster) {
  KRAKEN_ASSIGN(const Page* page, page_of(cluster));
  return decode(raw_at(page->bytes, entry_offset(cluster) % kPageSize));
}

Result<std::uint32_t> FatTable::put_raw(std::uint32_t entry, std::uint32_t value) {
  KRAKEN_ASSIGN(Page * page, page_of(entry));
  const Bytes offset = entry_offset(entry) % kPageSize;
  const std::uint32_t old = raw_at(page->bytes, offset);
  bool written = false;
  if (geometry_.type == FatType::kFat16) {
    written = write_le(std::span(page->bytes), offset, static_cast<std::uint16_t>(value & 0xffff));
  } else {
    written = write_le(std::span(page->bytes), offset, (old & ~kFat32Mask) | (value & kFat32Mask));
  }
  if (!written) return Error(ErrorCode::kInternal, "FAT entry " + std::to_string(entry) + " lies outside its page");
  page->dirty = true;
  changed_ = true;
  return old;
}

Status FatTable::set_raw(std::uint32_t cluster, std::uint32_t value) {
  KRAKEN_ASSIGN(const std::uint32_t old, put_raw(cluster, value));
  const bool was_free = (old & kFat32Mask) == 0;
  const bool is_free = value == 0;
  if (free_ && was_free && !is_free) --*free_;
  if (free_ && !was_free && is_free) ++*free_;
  return ok_status();
}

Status FatTable::mark_unmounted() {
  KRAKEN_ASSIGN(const Page* page, page_of(kMarksEntry));
  const std::uint32_t marks = raw_at(page->bytes, entry_offset(kMarksEntry));
  const std::uint32_t unmounted = geometry_.type == FatType::kFat16 ? kUnmountedFat16 : kUnmountedFat32;
  if ((marks & unmounted) != 0) return ok_status();
  KRAKEN_TRY(put_raw(kMarksEntry, marks | unmounted));
  return ok_status();
}

Status FatTable::set_next(std::uint32_t cluster, std::uint32_t next) {
  return set_raw(cluster, next);
}
Status FatTable::set_end(std::uint32_t cluster) {
  return set_raw(cluster, kEnd);
}
Status FatTable::set_free(std::uint32_t cluster) {
  return set_raw(cluster, 0);
}

Status FatTable::count_free(std::uint32_t first, std::uint32_t end, std::uint32_t& count) {
  const Bytes start = entry_offset(first);
  std::vector<std::byte> bytes(entry_offset(end) - start);
  KRAKEN_TRY(read_all_copies(start, bytes));
  for (Bytes at = 0; at < bytes.size(); at += entry_size_) {
    if ((raw_at(bytes, at) & kFat32Mask) == 0) ++count;
  }
  return ok_status();
}

Result<std::uint32_t> FatTable::free_clusters() {
  if (free_) return *free_;
  KRAKEN_TRY(flush());  // the count below reads the volume
  constexpr std::uint32_t kStep = 64 * 1024;
  const std::uint32_t end = geometry_.last_cluster() + 1;
  std::uint32_t count = 0;
  for (std::uint32_t first = kFirstCluster; first < end;) {
    const std::uint32_t stop = first + std::min(kStep, end - first);
    KRAKEN_TRY(count_free(first, stop, count));
    first = stop;
  }
  free_ = count;
  return count;
}

Status FatTable::flush() {
  for (std::size_t index = 0; index < pages_.size(); ++index) {
    Page* page = pages_[index].get();
    if (page == nullptr || !page->dirty) continue;
    for (std::uint32_t copy = 0; copy < geometry_.fat_count; ++copy) {
      const Bytes at = geometry_.fat_offset + copy * geometry_.fat_stride + index * kPageSize;
      KRAKEN_TRY(volume_->write(at, page->bytes).with_context("writing the FAT"));
    }
    page->dirty = false;
  }
  return ok_status();
}

}  // namespace kraken::fat
