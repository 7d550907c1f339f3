#include "decode/unpack.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <future>

#include "decode/early_flush.h"
#include "decode/hashing_source.h"
#include "decode/image_writer.h"
#include "decode/input_cursor.h"
#include "decode/xz_unpacker.h"
#include "sys/files.h"

namespace kraken {

namespace {

// The digest of the input, taken on a thread of its own.
class InputDigest {
 public:
  explicit InputDigest(const BlockSource& input)
      : digest_(std::async(std::launch::async, [this, &input] {
          return hash_source(input, [this](Bytes, Bytes) { return !is_stopping_.load(); });
        })) {}
  ~InputDigest() { is_stopping_ = true; }
  InputDigest(const InputDigest&) = delete;
  InputDigest& operator=(const InputDigest&) = delete;

  // Waits. Once.
  Result<std::string> take() { return digest_.get(); }

 private:
  std::atomic<bool> is_stopping_ = false;
  std::future<Result<std::string>> digest_;  // the last member: its thread touches the other
};

// Decodes no more than what tells whether the image is one.
Status check_head(const BlockSource& input, const DecodeLimits& limits) {
  KRAKEN_ASSIGN(const auto decoder, open_image_decoder(input, limits));
  std::array<std::byte, kFormatHeadSize> head{};
  KRAKEN_TRY(decoder->read(head));
  return ok_status();
}

// Blocks come in any order: the image is hashed, and others follow it, as far as it has no gaps.
Result<std::string> hash_as_it_grows(XzUnpacker& unpacker, const UnpackInto& into, Bytes size,
                                     const std::function<Status()>& on_piece) {
  Sha256 hash;
  EarlyFlush flush(into.fd);
  std::vector<std::byte> buffer(256 * kKiB);
  Bytes there = 0;
  for (Bytes at = 0; at < size;) {
    KRAKEN_TRY(on_piece());
    if (there == at) {
      KRAKEN_ASSIGN(there, unpacker.wait_past(at));
    }
    const auto piece = std::span(buffer).first(std::min<Bytes>(buffer.size(), there - at));
    KRAKEN_TRY(read_all_at(into.fd, at, piece));
    hash.update(piece);
    at += piece.size();
    flush.grown_to(at);
    if (into.growing != nullptr) into.growing->grow(at);
  }
  KRAKEN_TRY(unpacker.finish());
  return hex_digest(hash.finish());
}

Result<Unpacked> unpack_blocks(const BlockSource& input, const XzPlan& plan, const UnpackInto& into,
                               const DecodeProgress& progress) {
  const Bytes size = plan.layout.image_size;
  if (::ftruncate(into.fd, static_cast<off_t>(size)) != 0) return Error::from_errno(errno, "set the image's size");
  InputDigest input_digest(input);
  XzUnpacker unpacker(input, plan, into.fd);
  const auto report = [&] { return report_progress(progress, unpacker.consumed(), input.size()); };
  KRAKEN_ASSIGN(std::string image_sha256, hash_as_it_grows(unpacker, into, size, report));
  KRAKEN_ASSIGN(std::string file_sha256, input_digest.take());
  KRAKEN_TRY(report_progress(progress, input.size(), input.size()));
  return Unpacked{size, std::move(image_sha256), std::move(file_sha256)};
}

Result<Unpacked> unpack_stream(const BlockSource& input, const UnpackInto& into, const DecodeLimits& limits,
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

}  // namespace

Status report_progress(const DecodeProgress& progress, Bytes done, Bytes total) {
  if (!progress || progress(done, total)) return ok_status();
  return Error(ErrorCode::kInterrupted, "stopped before it was done; nothing was kept");
}

Result<Unpacked> unpack_image(const BlockSource& input, const UnpackInto& into, const DecodeLimits& limits,
                              const DecodeProgress& progress) {
  KRAKEN_ASSIGN(const ImageFormat format, detect_source_format(input));
  const auto plan = format == ImageFormat::kXz ? plan_xz_unpacking(input, limits) : std::nullopt;
  if (!plan) return unpack_stream(input, into, limits, progress);
  KRAKEN_TRY(check_head(input, limits));
  return unpack_blocks(input, *plan, into, progress);
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
