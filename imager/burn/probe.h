// Finds cards that say they are larger than they are, in seconds: marks are written up to the end that the card claims,
// and read back past the page cache. For 32 GB they are some 500, for 256 GB 1400.
//
// What the card held at the marks is lost. Found are cards that drop what lies past their true end, and those whose
// addresses start over there, at any multiple of kProbeGrid that leaves out more than 2 MiB of what is claimed. A card
// that cheats otherwise (or holds the marks in a memory of its own) is found by the verification after writing.
#pragma once

#include "burn/target.h"

namespace kraken {

// Each mark takes this much, at a multiple of it.
inline constexpr Bytes kMarkSize = 4 * kKiB;

// What sizes of cards are multiples of (SD specification 4.10, C_SIZE in the CSD of SDHC and SDXC: 512 KiB each).
inline constexpr Bytes kProbeGrid = 512 * kKiB;

// The places of the marks, in the order they are written in: growing, none below 1 MiB, the last one at the end. Of any
// distance that is a multiple of kProbeGrid, up to 2 MiB less than the capacity, there are two that far apart.
std::vector<Bytes> probe_places(Bytes capacity);

// kWriteFailed, with the first byte at which the card does not keep what it is given, or with what it answered.
// A target smaller than 2 MiB passes unlooked at.
Status probe_capacity(Target& target);

}  // namespace kraken
