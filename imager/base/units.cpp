#include "base/units.h"

#include <array>

namespace kraken {

std::string human_bytes(Bytes size) {
  if (size < kKiB) return std::to_string(size) + (size == 1 ? " byte" : " bytes");
  static constexpr std::array<const char*, 5> kNames = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  std::size_t index = 0;
  Bytes unit = kKiB;
  while (index + 1 < kNames.size() && size / unit >= kKiB) {
    unit *= kKiB;
    ++index;
  }
  const Bytes whole = size / unit;
  const Bytes tenth = (size % unit) * 10 / unit;
  std::string text = std::to_string(whole);
  if (tenth != 0) text += "." + std::to_string(tenth);
  return text + " " + kNames.at(index);
}

}  // namespace kraken
