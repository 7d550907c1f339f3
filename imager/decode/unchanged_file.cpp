#include "decode/unchanged_file.h"

namespace kraken {

Result<std::unique_ptr<UnchangedFile>> UnchangedFile::open(const std::filesystem::path& file,
                                                           const FileIdentity& identity) {
  KRAKEN_ASSIGN(auto source, FileSource::open(file));
  std::unique_ptr<UnchangedFile> opened(new UnchangedFile(std::move(source), identity));
  KRAKEN_TRY(opened->check());
  return opened;
}

// After the read: what was changed before it has changed the times by then.
Status UnchangedFile::check() const {
  KRAKEN_ASSIGN(const FileIdentity now, identify(file_->fd(), file_->path()));
  return now == identity_ && file_->size() == identity_.size ? ok_status() : Status(file_changed(file_->path()));
}

Status UnchangedFile::read(Bytes offset, std::span<std::byte> out) const {
  Status done = file_->read(offset, out);
  KRAKEN_TRY(check());
  return done;
}

Result<Extent> UnchangedFile::extent_at(Bytes offset) const {
  auto extent = file_->extent_at(offset);
  KRAKEN_TRY(check());
  return extent;
}

}  // namespace kraken
