// libarchive over a block source: the handle, the callbacks, and its failures as errors of ours. Must not be moved once
// opened, for libarchive holds its address.
#pragma once

#include <archive.h>

#include <memory>
#include <optional>

#include "decode/input_cursor.h"

namespace kraken {

class ArchiveReader {
 public:
  explicit ArchiveReader(const BlockSource& input);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader() = default;

  // For archive_read_support_*(), before open().
  archive* handle() { return handle_.get(); }
  Status open();

  // Moves to the next entry; null at the end of the archive.
  Result<archive_entry*> next_entry();
  // Data of the entry: less than asked for only at its end, where libarchive has compared what checksum there is.
  Result<std::size_t> read(std::span<std::byte> out);

  // How far the input was read, with read-ahead; and how far the first filter has used it up.
  Bytes position() const { return input_.position(); }
  Bytes used() const;

 private:
  struct Free {
    void operator()(archive* a) const { archive_read_free(a); }
  };
  static la_ssize_t on_read(archive* a, void* self, const void** out);
  static la_int64_t on_skip(archive* a, void* self, la_int64_t wanted);
  static la_int64_t on_seek(archive* a, void* self, la_int64_t offset, int whence);
  Error failure() const;

  InputCursor input_;
  std::optional<Error> input_error_;
  std::unique_ptr<archive, Free> handle_;
};

}  // namespace kraken
