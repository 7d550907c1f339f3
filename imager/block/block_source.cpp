#include "block/block_source.h"

namespace kraken {

Result<Extent> BlockSource::extent_at(Bytes offset) const {
  KRAKEN_TRY(check_range(offset, 1, size()));
  return Extent{offset, size() - offset, false};
}

Status check_range(Bytes offset, Bytes length, Bytes size) {
  if (offset <= size && length <= size - offset) return ok_status();
  return Error(ErrorCode::kCorrupt, "bytes " + std::to_string(offset) + " to " + std::to_string(offset) + "+" +
                                        std::to_string(length) + " lie outside the " + std::to_string(size) +
                                        " there are");
}

}  // namespace kraken
