// The one interface that images, overlays, partitions and cards are read through, and the one that edits go through.
// Offsets and sizes are bytes; no alignment is asked for. Not thread-safe unless an implementation says so.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

// A run of bytes that is either all data (which may be zeros) or a hole, which reads as zeros and was never written.
struct Extent {
  Bytes offset = 0;
  Bytes length = 0;
  bool is_hole = false;

  Bytes end() const { return offset + length; }
  friend bool operator==(const Extent&, const Extent&) = default;
};

class BlockSource {
 public:
  virtual ~BlockSource() = default;

  virtual Bytes size() const = 0;

  // Fills `out` whole. Fails with kIo, or with kCorrupt when offset + out.size() passes size(); `out` is then
  // undefined.
  virtual Status read(Bytes offset, std::span<std::byte> out) const = 0;

  // The extent that starts at `offset` (below size()): never empty, never past size(). A source that knows nothing of
  // holes answers with data to the end.
  virtual Result<Extent> extent_at(Bytes offset) const;
};

// A source that can be changed: an overlay, a window of one, memory. Whether a write is durable is not its business.
class BlockStore : public BlockSource {
 public:
  // Writes `data` whole. Fails with kIo, or kCorrupt past size(); a failed write may have changed a part of its range.
  virtual Status write(Bytes offset, std::span<const std::byte> data) = 0;
};

// kCorrupt with a sentence that names both when [offset, offset + length) does not lie in [0, size).
Status check_range(Bytes offset, Bytes length, Bytes size);

}  // namespace kraken
