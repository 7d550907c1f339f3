#include "burn/probe.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/endian.h"
#include "burn/aligned_buffer.h"
#include "burn/image_digest.h"
#include "burn/unit_pipeline.h"
#include "crypto/digest.h"
#include "crypto/random.h"

namespace kraken {

namespace {

// Where the first mark is: behind the head.
constexpr Bytes kFirst = kMiB;

using Mark = std::array<std::byte, kMarkSize>;

// Nothing that the card can have held before: each probe has a number of its own.
class Marks {
 public:
  static Result<Marks> make() {
    Marks marks;
    KRAKEN_ASSIGN(const SecretBytes number, random_bytes(marks.number_.size()));
    std::ranges::copy(number.view(), marks.number_.begin());
    return marks;
  }

  void put(Bytes place, std::span<std::byte> out) const {
    std::array<std::byte, 24> seed{};
    std::ranges::copy(number_, seed.begin());
    static_cast<void>(write_le(std::span<std::byte>(seed), 16, place));  // it fits
    const Sha256Digest digest = sha256(seed);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = digest[i % digest.size()];
  }

  // Whose mark it is; nothing when it is none.
  std::optional<Bytes> place_of(std::span<const std::byte> found, const std::vector<Bytes>& places) const {
    Mark mark{};
    for (const Bytes place : places) {
      put(place, mark);
      if (std::ranges::equal(mark, found)) return place;
    }
    return std::nullopt;
  }

 private:
  Marks() = default;
  std::array<std::byte, 16> number_{};
};

std::string what_is_there(std::span<const std::byte> found, const std::optional<Bytes>& owner) {
  if (owner) return "what was written at byte " + std::to_string(*owner);
  return is_zero(found) ? "zeros" : "other data";
}

Status write_marks(Target& target, const Marks& marks, const std::vector<Bytes>& places) {
  AlignedBuffer buffer(kMarkSize);
  for (const Bytes place : places) {
    marks.put(place, buffer.first(kMarkSize));
    const Status written = target.write(place, buffer.first(kMarkSize));
    if (!written.ok()) return target_failed(target, "probing at byte " + std::to_string(place), written.error());
  }
  const Status flushed = target.sync();
  return flushed.ok() ? flushed : target_failed(target, "probing", flushed.error());
}

}  // namespace

std::vector<Bytes> probe_places(Bytes capacity) {
  std::vector<Bytes> places;
  if (capacity < 2 * kFirst) return places;
  // Small steps from the first mark on, then steps as large as all of these: what is n steps of the grid away from a
  // large step's end is met by one of the small ones, for every n.
  const Bytes last = capacity - kMarkSize;
  const Bytes steps = (last - kFirst) / kProbeGrid;
  const auto small = static_cast<Bytes>(std::ceil(std::sqrt(static_cast<double>(steps))));
  for (Bytes step = 0; step <= std::min(small, steps); ++step) places.push_back(kFirst + step * kProbeGrid);
  for (Bytes step = 2 * small; step < steps; step += small) places.push_back(kFirst + step * kProbeGrid);
  places.push_back(kFirst + steps * kProbeGrid);
  places.push_back(round_down(last, kMarkSize));
  std::ranges::sort(places);
  places.erase(std::unique(places.begin(), places.end()), places.end());
  return places;
}

Status probe_capacity(Target& target) {
  const auto places = probe_places(target.capacity());
  KRAKEN_ASSIGN(const Marks marks, Marks::make());
  KRAKEN_TRY(write_marks(target, marks, places));
  AlignedBuffer buffer(kMarkSize);
  Mark wanted{};
  for (const Bytes place : places) {
    const auto found = buffer.first(kMarkSize);
    const Status read = target.read_back(place, found);
    if (!read.ok()) return target_failed(target, "probing at byte " + std::to_string(place), read.error());
    marks.put(place, wanted);
    if (is_same(found, wanted)) continue;
    const auto owner = marks.place_of(found, places);
    return Error(ErrorCode::kWriteFailed, target.name() + ": says it holds " + human_bytes(target.capacity()) +
                                              ", but does not keep what is written at byte " + std::to_string(place) +
                                              " (there reads " + what_is_there(found, owner) +
                                              "): it is smaller than it says, and so a fake; use another one");
  }
  return ok_status();
}

}  // namespace kraken
