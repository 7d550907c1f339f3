// A file as a block source that vouches for what it reads: a file that changed since it was hashed is noticed with the
// first read after the change, before anybody uses the bytes. Reading from several threads is safe.
#pragma once

#include <memory>

#include "block/file_source.h"
#include "decode/file_identity.h"

namespace kraken {

class UnchangedFile : public BlockSource {
 public:
  // kBaseImage when the file has another identity than this, now or at any later call.
  static Result<std::unique_ptr<UnchangedFile>> open(const std::filesystem::path& file, const FileIdentity& identity);

  Bytes size() const override { return file_->size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Result<Extent> extent_at(Bytes offset) const override;

 private:
  UnchangedFile(std::unique_ptr<FileSource> file, const FileIdentity& identity)
      : file_(std::move(file)), identity_(identity) {}
  Status check() const;

  std::unique_ptr<FileSource> file_;
  FileIdentity identity_;
};

}  // namespace kraken
