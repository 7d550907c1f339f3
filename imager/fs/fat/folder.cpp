#include "fs/fat/folder.h"

#include <algorithm>

#include "fs/fat/fat_error.h"
#include "fs/fat/long_name.h"
#include "fs/fat/name_text.h"

namespace kraken::fat {

namespace {

constexpr Bytes kMaxFolderSize = 65536 * kRecordSize;

bool is_dot_entry(const ShortName& name) {
  static constexpr std::string_view kDot = ".          ";
  static constexpr std::string_view kDotDot = "..         ";
  return std::ranges::equal(name, kDot) || std::ranges::equal(name, kDotDot);
}

}  // namespace

Result<Folder> Folder::load(Volume& volume, std::uint32_t first_cluster) {
  Folder folder(volume, first_cluster);
  KRAKEN_TRY(folder.read());
  KRAKEN_TRY(folder.parse());
  return folder;
}

Status Folder::read() {
  const Geometry& geometry = volume_->geometry();
  if (first_cluster_ == kRootFolder && geometry.type == FatType::kFat16) {
    pieces_ = {{geometry.root_offset, geometry.root_size}};
  } else {
    const std::uint32_t start = first_cluster_ == kRootFolder ? geometry.root_cluster : first_cluster_;
    KRAKEN_ASSIGN(chain_, volume_->clusters().walk(start, geometry.clusters_for(kMaxFolderSize)));
    pieces_ = volume_->pieces_of(chain_);
  }
  bytes_.resize(total_length(pieces_));
  return read_pieces(volume_->store(), pieces_, bytes_).with_context("reading a folder");
}

std::span<const std::byte> Folder::slot_bytes(std::size_t slot) const {
  return std::span(bytes_).subspan(slot * kRecordSize, kRecordSize);
}

Status Folder::parse() {
  LongNameReader reader;
  used_.assign(capacity(), false);
  for (end_ = 0; end_ < capacity(); ++end_) {
    const SlotKind kind = slot_kind(slot_bytes(end_));
    if (kind == SlotKind::kEndOfFolder) break;
    if (kind == SlotKind::kFree) {
      has_stray_parts_ = has_stray_parts_ || reader.has_parts();
      reader.drop();
      continue;
    }
    used_[end_] = true;
    if (kind == SlotKind::kLongNamePart) {
      const LongNamePart part = decode_long_name_part(slot_bytes(end_));
      const bool restarts = part.is_last && reader.has_parts();
      reader.add(part, end_);
      has_stray_parts_ = has_stray_parts_ || restarts || !reader.has_parts();
      continue;
    }
    const Record record = decode_record(slot_bytes(end_), volume_->geometry().type);
    if (kind == SlotKind::kVolumeLabel) {
      if (label_.empty()) label_ = read_label(record.name);
    } else if (!is_dot_entry(record.name)) {
      const auto long_name = reader.finish(short_name_checksum(record.name));
      if (!long_name && reader.has_parts()) has_stray_parts_ = true;
      KRAKEN_TRY(add_entry(end_, long_name ? long_name->first_slot : end_, long_name ? long_name->text : u""));
    }
    reader.drop();
  }
  has_stray_parts_ = has_stray_parts_ || reader.has_parts();
  return ok_status();
}

Status Folder::add_entry(std::size_t slot, std::size_t first_slot, std::u16string long_name) {
  Entry entry;
  entry.record = decode_record(slot_bytes(slot), volume_->geometry().type);
  entry.first_slot = first_slot;
  entry.slot = slot;
  const auto short_text = read_short_name(entry.record.name, entry.record.case_bits);
  if (!short_text) return corrupt_volume("entry " + std::to_string(slot) + " of a folder has a name that FAT forbids");
  const std::u16string& shown = long_name.empty() ? *short_text : long_name;
  const auto name = to_utf8(shown);
  if (!name) return corrupt_volume("entry " + std::to_string(slot) + " of a folder has a name that is no text");
  entry.name = *name;
  entry.folded = fold_case(shown);
  entry.folded_short = fold_case(*short_text);
  short_names_.insert(entry.record.name);
  entries_.push_back(std::move(entry));
  return ok_status();
}

const Entry* Folder::find(std::string_view name) const {
  const auto units = to_utf16(name);
  if (!units) return nullptr;
  const std::u16string folded = fold_case(*units);
  auto found = std::ranges::find(entries_, folded, &Entry::folded);
  if (found == entries_.end()) found = std::ranges::find(entries_, folded, &Entry::folded_short);
  return found == entries_.end() ? nullptr : &*found;
}

Result<Placement> Folder::place(std::string_view name) const {
  KRAKEN_ASSIGN(const std::u16string units, checked_name(name));
  Placement placement;
  const auto form = short_form(units);
  if (form && !short_names_.contains(form->name)) {
    placement.short_name = form->name;
    placement.case_bits = form->case_bits;
    // Stray parts in front of a lone record could be taken for its name; a long name of its own starts afresh.
    if (!form->is_exact || has_stray_parts_) placement.long_name = units;
  } else {
    KRAKEN_ASSIGN(placement.short_name, make_alias(units, short_names_));
    placement.long_name = units;
  }
  placement.slot_count = (placement.long_name.size() + kUnitsPerPart - 1) / kUnitsPerPart + 1;
  KRAKEN_TRY(place_slots(placement));
  return placement;
}

// The first gap that is wide enough, so that the same calls always give the same folder; else behind the last entry.
Status Folder::place_slots(Placement& placement) const {
  std::size_t gap = 0;
  for (std::size_t slot = 0; slot < capacity(); ++slot) {
    gap = used_[slot] ? 0 : gap + 1;
    if (gap < placement.slot_count) continue;
    placement.first_slot = slot + 1 - gap;
    return ok_status();
  }
  placement.first_slot = capacity() - gap;
  const Bytes new_size = (placement.first_slot + placement.slot_count) * kRecordSize;
  if (chain_.empty()) {
    return Error(ErrorCode::kNoSpace, "the root folder of this FAT16 volume is full: it holds " +
                                          std::to_string(capacity()) + " slots; use a sub-folder or FAT32");
  }
  if (new_size > kMaxFolderSize) return Error(ErrorCode::kNoSpace, "the folder is full: FAT allows 65536 slots");
  placement.new_clusters = volume_->geometry().clusters_for(new_size - bytes_.size());
  return ok_status();
}

Status Folder::grow(std::uint64_t clusters) {
  if (clusters == 0) return ok_status();
  KRAKEN_ASSIGN(const Chain tail, volume_->store_zeros(clusters));
  const Run last = chain_.back();
  KRAKEN_TRY(volume_->clusters().append(last.first + last.count - 1, tail));
  chain_.insert(chain_.end(), tail.begin(), tail.end());
  pieces_ = volume_->pieces_of(chain_);
  bytes_.resize(total_length(pieces_));
  return ok_status();
}

Status Folder::write_slots(std::size_t slot, std::span<const RawRecord> records) {
  std::vector<std::byte> data;
  for (const RawRecord& record : records) data.insert(data.end(), record.begin(), record.end());
  return write_pieces(volume_->store(), pieces_, slot * kRecordSize, data).with_context("writing a folder");
}

Status Folder::insert(const Placement& placement, Record record) {
  KRAKEN_TRY(grow(placement.new_clusters));
  record.name = placement.short_name;
  record.case_bits = placement.case_bits;
  std::vector<RawRecord> slots = encode_long_name(placement.long_name, short_name_checksum(record.name));
  slots.push_back(encode_record(record));
  // What stands behind the end of a folder is undefined: the end moves with the entry.
  const std::size_t behind = placement.first_slot + placement.slot_count;
  if (behind > end_ && behind < capacity()) slots.push_back(RawRecord{});
  return write_slots(placement.first_slot, slots);
}

Status Folder::update(const Entry& entry, const Record& record) {
  const RawRecord raw = encode_record(record);
  return write_slots(entry.slot, std::span(&raw, 1));
}

Status Folder::erase(const Entry& entry) {
  constexpr std::byte kDeleted{0xe5};
  for (std::size_t slot = entry.first_slot; slot <= entry.slot; ++slot) {
    RawRecord raw{};
    std::ranges::copy(slot_bytes(slot), raw.begin());
    raw[0] = kDeleted;
    KRAKEN_TRY(write_slots(slot, std::span(&raw, 1)));
  }
  return ok_status();
}

}  // namespace kraken::fat
