// Finds cards that say they are larger than they are, in seconds: marks are written at growing distances up to the end
// that the card claims, and read back past the page cache.
//
// What the card held at the marks is lost. Found are cards that drop what lies past their true end and those whose
// addresses start over there at a power of two, which is how fake ones are made. A card that cheats otherwise (or holds
// the marks in a memory of its own) is found by the verification after writing.
#pragma once

#include "burn/target.h"

namespace kraken {

// Each mark takes this much, at a multiple of it.
inline constexpr Bytes kMarkSize = 4 * kKiB;

// The places of the marks, in the order they are written in: growing, none below 1 MiB, the last one at the end.
std::vector<Bytes> probe_places(Bytes capacity);

// kWriteFailed, with the first byte at which the card does not keep what it is given, or with what it answered.
// A target smaller than 2 MiB passes unlooked at.
Status probe_capacity(Target& target);

}  // namespace kraken
