// A run of bytes that lies in pieces across the volume: a chain of clusters, or FAT16's root folder in one piece. Reads
// and writes by position in the run; all positions must be inside it.
#pragma once

#include <span>
#include <vector>

#include "block/block_source.h"

namespace kraken::fat {

struct Piece {
  Bytes offset = 0;  // in the volume
  Bytes length = 0;
};
using Pieces = std::vector<Piece>;

Bytes total_length(const Pieces& pieces);

Status read_pieces(const BlockSource& volume, const Pieces& pieces, std::span<std::byte> out);  // from position 0
Status write_pieces(BlockStore& volume, const Pieces& pieces, Bytes position, std::span<const std::byte> data);

// Streams the whole content into the pieces, which must be long enough, and zeros behind it to their end.
Status fill_pieces(BlockStore& volume, const Pieces& pieces, const BlockSource& content);

}  // namespace kraken::fat
