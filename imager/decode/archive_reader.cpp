#include "decode/archive_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/text.h"

namespace kraken {

ArchiveReader::ArchiveReader(const BlockSource& input) : input_(input), handle_(archive_read_new()) {}

Status ArchiveReader::open() {
  if (handle_ == nullptr) return Error(ErrorCode::kNoSpace, "there is not enough memory to open the archive");
  archive_read_set_callback_data(handle_.get(), this);
  archive_read_set_read_callback(handle_.get(), on_read);
  archive_read_set_skip_callback(handle_.get(), on_skip);
  archive_read_set_seek_callback(handle_.get(), on_seek);
  if (archive_read_open1(handle_.get()) != ARCHIVE_OK) return failure();
  return ok_status();
}

Result<archive_entry*> ArchiveReader::next_entry() {
  archive_entry* entry = nullptr;
  const int code = archive_read_next_header(handle_.get(), &entry);
  if (code == ARCHIVE_EOF) return static_cast<archive_entry*>(nullptr);
  // A warning here is about a name that this locale cannot spell; names are only for messages.
  if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return failure();
  return entry;
}

Result<std::size_t> ArchiveReader::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const la_ssize_t got = archive_read_data(handle_.get(), out.data() + done, out.size() - done);
    // A negative number may be a mere warning, and "bad checksum" has been one: none is let pass.
    if (got < 0) return failure();
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Bytes ArchiveReader::used() const {
  return static_cast<Bytes>(std::max<la_int64_t>(0, archive_filter_bytes(handle_.get(), -1)));
}

la_ssize_t ArchiveReader::on_read(archive* a, void* self, const void** out) {
  auto& reader = *static_cast<ArchiveReader*>(self);
  const auto piece = reader.input_.next();
  if (!piece.ok()) {
    reader.input_error_ = piece.error();
    archive_set_error(a, EIO, "%s", piece.error().what().c_str());
    return -1;
  }
  *out = piece->data();
  return static_cast<la_ssize_t>(piece->size());
}

la_int64_t ArchiveReader::on_skip(archive* /*a*/, void* self, la_int64_t wanted) {
  InputCursor& input = static_cast<ArchiveReader*>(self)->input_;
  const Bytes start = input.position();
  const Bytes length = std::min(static_cast<Bytes>(std::max<la_int64_t>(0, wanted)), input.size() - start);
  input.seek(start + length);
  return static_cast<la_int64_t>(length);
}

la_int64_t ArchiveReader::on_seek(archive* /*a*/, void* self, la_int64_t offset, int whence) {
  InputCursor& input = static_cast<ArchiveReader*>(self)->input_;
  la_int64_t from = 0;
  if (whence == SEEK_CUR) from = static_cast<la_int64_t>(input.position());
  if (whence == SEEK_END) from = static_cast<la_int64_t>(input.size());
  la_int64_t target = 0;
  if (__builtin_add_overflow(from, offset, &target) || target < 0) return ARCHIVE_FATAL;
  input.seek(static_cast<Bytes>(target));
  return static_cast<la_int64_t>(input.position());
}

Error ArchiveReader::failure() const {
  if (input_error_) return *input_error_;
  const char* text = archive_error_string(handle_.get());
  const ErrorCode code = archive_errno(handle_.get()) == ENOMEM ? ErrorCode::kNoSpace : ErrorCode::kCorrupt;
  return Error(code, text == nullptr ? "libarchive cannot read it" : text);
}

}  // namespace kraken
