#include "fs/fat/pieces.h"

#include <algorithm>

namespace kraken::fat {

namespace {

constexpr Bytes kBufferSize = 256 * kKiB;

// The next bytes of the content, zeros once it has ended.
Status read_padded(const BlockSource& content, Bytes position, std::span<std::byte> out) {
  const Bytes left = content.size() > position ? content.size() - position : 0;
  const auto inside = out.first(std::min<Bytes>(out.size(), left));
  if (!inside.empty()) KRAKEN_TRY(content.read(position, inside).with_context("reading the new content"));
  std::ranges::fill(out.subspan(inside.size()), std::byte{0});
  return ok_status();
}

}  // namespace

Bytes total_length(const Pieces& pieces) {
  Bytes total = 0;
  for (const Piece& piece : pieces) total += piece.length;
  return total;
}

Status read_pieces(const BlockSource& volume, const Pieces& pieces, std::span<std::byte> out) {
  for (const Piece& piece : pieces) {
    if (out.empty()) break;
    const Bytes length = std::min<Bytes>(piece.length, out.size());
    KRAKEN_TRY(volume.read(piece.offset, out.first(length)));
    out = out.subspan(length);
  }
  if (!out.empty()) return Error(ErrorCode::kInternal, "a read passes the end of its clusters");
  return ok_status();
}

Status write_pieces(BlockStore& volume, const Pieces& pieces, Bytes position, std::span<const std::byte> data) {
  for (const Piece& piece : pieces) {
    if (data.empty()) break;
    if (position >= piece.length) {
      position -= piece.length;
      continue;
    }
    const Bytes length = std::min<Bytes>(piece.length - position, data.size());
    KRAKEN_TRY(volume.write(piece.offset + position, data.first(length)));
    data = data.subspan(length);
    position = 0;
  }
  if (!data.empty()) return Error(ErrorCode::kInternal, "a write passes the end of its clusters");
  return ok_status();
}

Status fill_pieces(BlockStore& volume, const Pieces& pieces, const BlockSource& content) {
  if (content.size() > total_length(pieces)) {
    return Error(ErrorCode::kInternal, "the content is longer than the clusters taken for it");
  }
  std::vector<std::byte> buffer(std::min(kBufferSize, total_length(pieces)));
  Bytes position = 0;
  for (const Piece& piece : pieces) {
    for (Bytes done = 0; done < piece.length;) {
      const auto part = std::span(buffer).first(std::min<Bytes>(buffer.size(), piece.length - done));
      KRAKEN_TRY(read_padded(content, position, part));
      KRAKEN_TRY(volume.write(piece.offset + done, part));
      done += part.size();
      position += part.size();
    }
  }
  return ok_status();
}

}  // namespace kraken::fat
