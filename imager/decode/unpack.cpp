#include "decode/unpack.h"

#include "decode/hashing_source.h"
#include "decode/image_writer.h"
#include "decode/input_cursor.h"

namespace kraken {

Status report_progress(const DecodeProgress& progress, Bytes done, Bytes total) {
  if (!progress || progress(done, total)) return ok_status();
  return Error(ErrorCode::kInterrupted, "stopped before it was done; nothing was kept");
}

Result<Unpacked> unpack_image(const BlockSource& input, const UnpackInto& into, const DecodeLimits& limits,
                              const DecodeProgress& progress) {
  HashingSource hashed(input);
  KRAKEN_ASSIGN(const auto decoder, open_image_decoder(hashed, limits));
  ImageWriter::OnWritten on_written;
  if (GrowingImage* growing = into.growing) on_written = [growing](Bytes end) { growing->grow(end); };
  ImageWriter writer(into.fd, on_written);
  bool more = true;
  while (more) {
    KRAKEN_TRY(report_progress(progress, decoder->consumed(), input.size()));
    ImageWriter::Buffer buffer = writer.take_buffer();
    KRAKEN_ASSIGN(const std::size_t got, decoder->read(buffer));
    more = got == buffer.size();
    KRAKEN_TRY(writer.push(std::move(buffer), got));
  }
  KRAKEN_ASSIGN(const ImageWriter::Written written, writer.finish());
  KRAKEN_ASSIGN(const Sha256Digest file_digest, hashed.finish());
  KRAKEN_TRY(report_progress(progress, input.size(), input.size()));
  return Unpacked{written.size, hex_digest(written.digest), hex_digest(file_digest)};
}

Result<std::string> hash_source(const BlockSource& input, const DecodeProgress& progress) {
  Sha256 hash;
  InputCursor cursor(input);
  while (!cursor.at_end()) {
    KRAKEN_TRY(report_progress(progress, cursor.position(), cursor.size()));
    KRAKEN_ASSIGN(const auto piece, cursor.next());
    hash.update(piece);
  }
  KRAKEN_TRY(report_progress(progress, cursor.size(), cursor.size()));
  return hex_digest(hash.finish());
}

}  // namespace kraken
