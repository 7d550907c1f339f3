// One digest for an image, cheap on sparse ones and the same whatever an image's holes look like. The image is cut into
// units: [0, 4 KiB), [4 KiB, 1 MiB), then one for each MiB, the last one perhaps shorter. The digest is SHA-256 over
// the image's size (64-bit little-endian), then for each unit that is not all zeros, in order, its offset (64-bit
// little-endian) and the SHA-256 of its bytes. What a write map leaves out counts as zeros.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/units.h"
#include "crypto/digest.h"

namespace kraken {

// The block that makes a card bootable, written last: it holds the MBR or a boot sector for every sector size in use.
inline constexpr Bytes kBootBlock = 4 * kKiB;
inline constexpr Bytes kUnitSize = kMiB;

struct Unit {
  Bytes offset = 0;
  Bytes length = 0;
  Bytes end() const { return offset + length; }
};

std::size_t unit_count(Bytes image_size);
// Only for an index below unit_count().
Unit unit_at(std::size_t index, Bytes image_size);
// Of the unit that the byte lies in.
std::size_t unit_index(Bytes offset);

// Nothing for a unit that is all zeros.
using UnitDigest = std::optional<Sha256Digest>;
UnitDigest unit_digest(std::span<const std::byte> bytes);

// `units` by index, unit_count(image_size) of them.
Sha256Digest image_digest(Bytes image_size, std::span<const UnitDigest> units);

}  // namespace kraken
