// What a target holds, to be looked at before it is written: read past the page cache. For one thread, with no transfer
// under way. Does not own the target.
#pragma once

#include "block/block_source.h"
#include "burn/target.h"

namespace kraken {

class TargetSource : public BlockSource {
 public:
  explicit TargetSource(Target& target) : target_(&target) {}

  Bytes size() const override { return target_->capacity(); }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    KRAKEN_TRY(check_range(offset, out.size(), size()));
    return target_->read_back(offset, out);
  }

 private:
  Target* target_;
};

}  // namespace kraken
