#include "burn/card_head.h"

#include <algorithm>

#include "burn/aligned_buffer.h"
#include "burn/image_digest.h"
#include "burn/unit_ring.h"

namespace kraken {

namespace {

Status put(Target& target, Bytes offset, std::span<const std::byte> bytes) {
  Status done = target.write(offset, bytes);
  if (done.ok()) done = target.sync();
  return done.ok() ? done : target_failed(target, "clearing the head", done.error());
}

}  // namespace

Status clear_head(Target& target, const std::optional<HeadMark>& mark) {
  AlignedBuffer zeros(kHead);
  const auto head = zeros.first(std::min(kHead, target.capacity()));
  const auto boot_block = head.first(std::min<std::size_t>(kBootBlock, head.size()));
  KRAKEN_TRY(put(target, 0, boot_block));
  const auto rest = head.subspan(boot_block.size());
  if (rest.empty()) return ok_status();
  if (mark && mark->offset >= boot_block.size() && mark->offset + mark->bytes.size() <= head.size()) {
    std::ranges::copy(mark->bytes, head.subspan(mark->offset).begin());
  }
  return put(target, boot_block.size(), rest);
}

}  // namespace kraken
