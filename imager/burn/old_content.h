// A little of what a target held in each unit before it was written to, to tell a medium that kept its old content from
// one that damaged the new. About 60 bytes for each unit.
#pragma once

#include <optional>
#include <vector>

#include "block/block_source.h"
#include "crypto/digest.h"

namespace kraken {

class UnitRing;

struct OldSample {
  std::size_t unit = 0;
  Extent place;  // inside the unit
};

class OldContent {
 public:
  static constexpr Bytes kSampleSize = 4 * kKiB;

  struct Noted {
    Extent place;
    Sha256Digest digest{};
  };

  explicit OldContent(std::size_t units) : noted_(units) {}

  // Reads the samples, each at most kSampleSize long, one a unit. What cannot be read is not noted.
  void take(UnitRing& ring, const std::vector<OldSample>& samples, Bytes image_size);
  void note(const OldSample& sample, std::span<const std::byte> found);

  const std::optional<Noted>& of(std::size_t unit) const { return noted_[unit]; }
  // What is known from before about the units that there are here too.
  void adopt(const OldContent& other);

 private:
  std::vector<std::optional<Noted>> noted_;
};

}  // namespace kraken
