#include "disk/fdisk_table.h"

#include <libfdisk.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <string_view>

#include "sys/files.h"

namespace kraken {

namespace {

struct PartitionUnref {
  void operator()(fdisk_partition* partition) const { ::fdisk_unref_partition(partition); }
};
using PartitionHandle = std::unique_ptr<fdisk_partition, PartitionUnref>;

// libfdisk answers negative errno values.
Error failed(const std::string& doing, int result) {
  const int number = result < 0 ? -result : EIO;
  return Error::from_errno(number, "partition table: " + doing);
}

// Notices need no answer; a question gets none, so that whatever asked it fails.
int answer(fdisk_context* /*context*/, fdisk_ask* ask, void* /*data*/) {
  switch (::fdisk_ask_get_type(ask)) {
    case FDISK_ASKTYPE_INFO:
    case FDISK_ASKTYPE_WARN:
    case FDISK_ASKTYPE_WARNX:
      return 0;
    default:
      return -ECANCELED;
  }
}

Status copy_range(const BlockSource& disk, const Extent& range, int to) {
  std::vector<std::byte> bytes(range.length);
  KRAKEN_TRY(disk.read(range.offset, bytes).with_context("partition table"));
  return write_all_at(to, range.offset, bytes).with_context("partition table: copy");
}

Result<UniqueFd> copy_table(const BlockSource& disk, const std::vector<Extent>& ranges) {
  UniqueFd copy(::memfd_create("partition-table", MFD_CLOEXEC));
  if (!copy.valid()) return Error::from_errno(errno, "partition table: make a memory file");
  const Bytes size = disk.size();
  if (size > static_cast<Bytes>(std::numeric_limits<off_t>::max()) ||
      ::ftruncate(copy.get(), static_cast<off_t>(size)) != 0) {
    return Error(ErrorCode::kUnsupported, "partition table: a disk of " + human_bytes(size) + " is too large");
  }
  for (const auto& range : ranges) KRAKEN_TRY(copy_range(disk, range, copy.get()));
  return copy;
}

TableKind kind_of(fdisk_context* context) {
  if (::fdisk_is_labeltype(context, FDISK_DISKLABEL_DOS) != 0) return TableKind::kMbr;
  if (::fdisk_is_labeltype(context, FDISK_DISKLABEL_GPT) != 0) return TableKind::kGpt;
  return TableKind::kNone;
}

// libfdisk looks for BSD, SGI and SUN labels where other things have their data; and looking for a GPT it corrects what
// it takes for a protective MBR in its copy of the sector.
void disable_labels_but(fdisk_context* context, TableKind expected) {
  const std::string_view kept = expected == TableKind::kGpt ? "gpt" : "dos";
  for (const char* name : {"bsd", "dos", "gpt", "sgi", "sun"}) {
    fdisk_label* label = ::fdisk_get_label(context, name);
    if (label != nullptr && name != kept) ::fdisk_label_set_disabled(label, 1);
  }
}

Result<Partition> convert(fdisk_partition* partition, TableKind kind) {
  const auto number = ::fdisk_partition_get_partno(partition) + 1;
  const auto start = to_bytes(Lba{::fdisk_partition_get_start(partition)});
  const auto size = to_bytes(Lba{::fdisk_partition_get_size(partition)});
  if (!start || !size || !checked_add(*start, *size)) {
    return Error(ErrorCode::kCorrupt,
                 "partition table: partition " + std::to_string(number) + " is larger than any disk");
  }
  Partition result;
  result.number = static_cast<int>(number);
  result.start = *start;
  result.size = *size;
  const fdisk_parttype* type = ::fdisk_partition_get_type(partition);
  if (kind == TableKind::kMbr) {
    result.is_logical = number > kMbrEntryCount;
    if (type != nullptr) result.mbr_type = static_cast<std::uint8_t>(::fdisk_parttype_get_code(type));
  } else if (const char* text = type != nullptr ? ::fdisk_parttype_get_string(type) : nullptr) {
    result.gpt_type = text;
    std::ranges::transform(result.gpt_type, result.gpt_type.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  }
  return result;
}

}  // namespace

void FdiskTable::Unref::operator()(fdisk_context* context) const {
  ::fdisk_unref_context(context);
}

Result<FdiskTable> FdiskTable::open(const BlockSource& disk, const std::vector<Extent>& ranges, TableKind expected) {
  KRAKEN_ASSIGN(UniqueFd copy, copy_table(disk, ranges));
  std::unique_ptr<fdisk_context, Unref> context(::fdisk_new_context());
  if (!context) return Error::from_errno(ENOMEM, "partition table: start libfdisk");
  ::fdisk_set_ask(context.get(), answer, nullptr);
  disable_labels_but(context.get(), expected);
  // Spares it the search for file systems that the table would damage: in the copy there are none.
  ::fdisk_enable_listonly(context.get(), 1);
  const int result = ::fdisk_assign_device_by_fd(context.get(), copy.get(), "partition-table", 0);
  if (result != 0) return failed("read it", result);
  if (kind_of(context.get()) != expected) {
    return Error(ErrorCode::kCorrupt,
                 expected == TableKind::kGpt
                     ? "partition table: protective MBR, but the GPT behind it is damaged (its checksums or limits are "
                       "wrong); take an intact image"
                     : "partition table: damaged; take an intact image");
  }
  return FdiskTable(std::move(copy), std::move(context));
}

Result<std::vector<Partition>> FdiskTable::partitions() const {
  std::vector<Partition> partitions;
  const TableKind kind = kind_of(context_.get());
  const std::size_t slots = ::fdisk_get_npartitions(context_.get());
  for (std::size_t i = 0; i < slots; ++i) {
    if (::fdisk_is_partition_used(context_.get(), i) == 0) continue;
    fdisk_partition* raw = nullptr;
    if (const int result = ::fdisk_get_partition(context_.get(), i, &raw); result != 0) {
      return failed("read partition " + std::to_string(i + 1), result);
    }
    const PartitionHandle handle(raw);
    KRAKEN_ASSIGN(Partition partition, convert(raw, kind));
    if (partition.size > 0) partitions.push_back(std::move(partition));
  }
  return partitions;
}

Status FdiskTable::set_disk_id(std::uint32_t id) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%08x", id);
  const int result = ::fdisk_set_disklabel_id_from_string(context_.get(), text.data());
  return result == 0 ? ok_status() : Status(failed("set the disk id", result));
}

Status FdiskTable::resize(int number, Bytes size) {
  const PartitionHandle wanted(::fdisk_new_partition());
  if (!wanted) return Error::from_errno(ENOMEM, "partition table: resize");
  ::fdisk_partition_set_size(wanted.get(), size / kSectorSize);
  // Without this libfdisk rounds the end to its idea of alignment.
  ::fdisk_partition_size_explicit(wanted.get(), 1);
  const int result = ::fdisk_set_partition(context_.get(), static_cast<std::size_t>(number - 1), wanted.get());
  return result == 0 ? ok_status() : Status(failed("resize partition " + std::to_string(number), result));
}

Result<Sector> FdiskTable::written_first_sector() {
  if (const int result = ::fdisk_write_disklabel(context_.get()); result != 0) return failed("write it", result);
  Sector sector{};
  KRAKEN_TRY(read_all_at(copy_.get(), 0, sector).with_context("partition table: read it again"));
  return sector;
}

}  // namespace kraken
