// What was brought to a target while the image's base was still being decoded: which blocks of it lie there, and what
// is known about the units. It is only a head start: what it names is not written a second time, but read back and
// compared like everything else.
#pragma once

#include <optional>
#include <vector>

#include "burn/block_set.h"
#include "burn/image_digest.h"
#include "burn/old_content.h"

namespace kraken {

struct HeadStart {
  explicit HeadStart(Bytes image_size)
      : size(image_size), there(image_size), digests(unit_count(image_size)), old(unit_count(image_size)) {}

  Bytes size = 0;  // of the image that it was taken from
  BlockSet there;  // whole blocks that the target holds as that image has them
  // By unit, where known: of that image's bytes.
  std::vector<std::optional<UnitDigest>> digests;
  OldContent old;
  Bytes written = 0;  // to the target, all in all

  // What the image has otherwise than the one that this was taken from.
  void forget(const Extent& changed);
  // Of the image's unit with these mapped parts, as image_digest.h defines it; nothing when it has to be computed.
  std::optional<UnitDigest> digest_of(std::size_t index, const Unit& unit, const std::vector<Extent>& mapped) const;
};

}  // namespace kraken
