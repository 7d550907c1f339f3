#include "decode/hashing_source.h"

#include <algorithm>
#include <vector>

namespace kraken {

Status HashingSource::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(below_->read(offset, out));
  // A zip is read in leaps: only what continues the part that is hashed counts, and finish() reads the rest.
  if (offset <= hashed_ && hashed_ - offset < out.size()) {
    const auto fresh = out.subspan(hashed_ - offset);
    hash_.update(fresh);
    hashed_ += fresh.size();
  }
  return ok_status();
}

Result<Sha256Digest> HashingSource::finish() {
  std::vector<std::byte> buffer(std::min<Bytes>(kMiB, size() - hashed_));
  while (hashed_ < size())
    KRAKEN_TRY(read(hashed_, std::span(buffer).first(std::min<Bytes>(buffer.size(), size() - hashed_))));
  return hash_.finish();
}

}  // namespace kraken
