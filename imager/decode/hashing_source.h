// A block source that hashes what is read through it, so that a file is read once for its digest and its content. For
// one thread. Does not own the source below.
#pragma once

#include "block/block_source.h"
#include "crypto/digest.h"

namespace kraken {

class HashingSource : public BlockSource {
 public:
  explicit HashingSource(const BlockSource& below) : below_(&below) {}

  Bytes size() const override { return below_->size(); }
  Status read(Bytes offset, std::span<std::byte> out) const override;

  // Reads what nobody has read yet, and gives the digest of the whole. Once.
  Result<Sha256Digest> finish();

 private:
  const BlockSource* below_;
  // read() is const to its callers; that it also hashes does not change what they see.
  mutable Sha256 hash_;
  mutable Bytes hashed_ = 0;  // the digest covers [0, hashed_)
};

}  // namespace kraken
