// A file of this machine as a block source, holes included (SEEK_HOLE). The file is opened once and never reopened;
// that nobody changes it meanwhile is the caller's to see to. Reading from several threads is safe.
#pragma once

#include <filesystem>
#include <memory>

#include "base/unique_fd.h"
#include "block/block_source.h"

namespace kraken {

class FileSource : public BlockSource {
 public:
  // A regular file or a block device. kNotFound, kIo as the system says; kInvalidArgument for anything else.
  static Result<std::unique_ptr<FileSource>> open(const std::filesystem::path& path);

  Bytes size() const override { return size_; }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Result<Extent> extent_at(Bytes offset) const override;

  const std::filesystem::path& path() const { return path_; }
  int fd() const { return fd_.get(); }  // for fstat(2)

 private:
  FileSource(UniqueFd fd, Bytes size, std::filesystem::path path)
      : fd_(std::move(fd)), size_(size), path_(std::move(path)) {}
  UniqueFd fd_;
  Bytes size_;
  std::filesystem::path path_;
};

}  // namespace kraken
