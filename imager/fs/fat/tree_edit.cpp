#include "fs/fat/tree_edit.h"

#include <string>

#include "fs/fat/path_walk.h"

namespace kraken::fat {

namespace {

constexpr Bytes kMaxFileSize = UINT32_MAX;  // fatgen103, DIR_FileSize: 32 bits

Error already_there(const std::string& name) {
  return Error(ErrorCode::kAlreadyExists, "\"" + name + "\" is there already, as a folder or a file");
}

ShortName dot_name(std::size_t dots) {
  ShortName name{};
  name.fill(' ');
  for (std::size_t i = 0; i < dots; ++i) name.at(i) = '.';
  return name;
}

Record new_record(std::uint8_t attributes, const Chain& chain, const DosTime& now) {
  Record record;
  record.attributes = attributes;
  record.first_cluster = first_cluster(chain);
  record.set_created(now);
  record.set_written(now);
  return record;
}

// The record's clusters are given back when the entry cannot be made: nothing points to them then.
Status insert_or_release(Located& at, const Placement& placement, const Record& record, Volume& volume) {
  const Status inserted = at.parent.insert(placement, record);
  if (inserted.ok() || record.first_cluster == 0) return inserted;
  KRAKEN_ASSIGN(const Chain chain, volume.clusters().walk(record.first_cluster, volume.geometry().cluster_count));
  KRAKEN_TRY(volume.clusters().release(chain));
  return inserted;
}

Status create_file(Volume& volume, Located& at, const BlockSource& content, const DosTime& now) {
  KRAKEN_ASSIGN(const Placement placement, at.parent.place(at.name));
  KRAKEN_TRY(volume.clusters().require(volume.geometry().clusters_for(content.size()) + placement.new_clusters));
  KRAKEN_ASSIGN(const Chain chain, volume.store_content(content));
  Record record = new_record(kArchive, chain, now);
  record.size = static_cast<std::uint32_t>(content.size());
  return insert_or_release(at, placement, record, volume);
}

Status replace_file(Volume& volume, Located& at, const BlockSource& content, const DosTime& now) {
  const Entry& entry = *at.entry;
  KRAKEN_ASSIGN(const Chain old, volume.chain_of_file(entry.record.first_cluster, entry.record.size));
  KRAKEN_ASSIGN(const Chain chain, volume.store_content(content));
  Record record = entry.record;
  record.attributes |= kArchive;
  record.first_cluster = first_cluster(chain);
  record.size = static_cast<std::uint32_t>(content.size());
  record.set_written(now);
  const Status updated = at.parent.update(entry, record);
  KRAKEN_TRY(volume.clusters().release(updated.ok() ? old : chain));
  return updated;
}

// The two entries that a sub-folder begins with.
Status write_dot_records(Volume& volume, const Chain& chain, std::uint32_t parent, const DosTime& now) {
  Record self = new_record(kDirectory, chain, now);
  self.name = dot_name(1);
  Record up = self;
  up.name = dot_name(2);
  up.first_cluster = parent;
  const Pieces pieces = volume.pieces_of(chain);
  KRAKEN_TRY(write_pieces(volume.store(), pieces, 0, encode_record(self)));
  return write_pieces(volume.store(), pieces, kRecordSize, encode_record(up));
}

}  // namespace

Status write_file(Volume& volume, std::string_view path, const BlockSource& content, const DosTime& now) {
  KRAKEN_ASSIGN(const std::vector<std::string> parts, split_path(path));
  if (parts.empty()) return already_there("/");
  if (content.size() > kMaxFileSize) {
    return Error(ErrorCode::kUnsupported, "a file on FAT has at most 4 GiB less one byte, and this one has " +
                                              std::to_string(content.size()) + " bytes");
  }
  KRAKEN_ASSIGN(Located at, locate(volume, path));
  if (!at.entry) return create_file(volume, at, content, now);
  if (at.entry->record.is_folder()) return already_there(at.entry->name);
  return replace_file(volume, at, content, now);
}

Status make_folder(Volume& volume, std::string_view path, const DosTime& now) {
  KRAKEN_ASSIGN(const std::vector<std::string> parts, split_path(path));
  if (parts.empty()) return already_there("/");
  KRAKEN_ASSIGN(Located at, locate(volume, path));
  if (at.entry) return already_there(at.entry->name);
  KRAKEN_ASSIGN(const Placement placement, at.parent.place(at.name));
  KRAKEN_TRY(volume.clusters().require(placement.new_clusters + 1));
  KRAKEN_ASSIGN(const Chain chain, volume.store_zeros(1));
  const Status written = write_dot_records(volume, chain, at.parent.first_cluster(), now);
  if (!written.ok()) {
    KRAKEN_TRY(volume.clusters().release(chain));
    return written;
  }
  return insert_or_release(at, placement, new_record(kDirectory, chain, now), volume);
}

Status remove_node(Volume& volume, std::string_view path) {
  KRAKEN_ASSIGN(Located at, locate_existing(volume, path));
  const Entry& entry = *at.entry;
  Chain chain;
  if (entry.record.is_folder()) {
    KRAKEN_ASSIGN(const std::vector<std::string> parts, split_path(path));
    KRAKEN_ASSIGN(const Folder folder, open_folder(volume, parts));
    if (!folder.entries().empty()) {
      return Error(ErrorCode::kInvalidArgument, "the folder is not empty; remove what is in it first");
    }
    chain = folder.chain();
  } else {
    KRAKEN_ASSIGN(chain, volume.chain_of_file(entry.record.first_cluster, entry.record.size));
  }
  KRAKEN_TRY(at.parent.erase(entry));
  return volume.clusters().release(chain);
}

}  // namespace kraken::fat
