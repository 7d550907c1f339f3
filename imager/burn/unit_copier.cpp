#include "burn/unit_copier.h"

#include <algorithm>

namespace kraken {

namespace {

Bytes total_length(const std::vector<Extent>& parts) {
  Bytes total = 0;
  for (const auto& part : parts) total += part.length;
  return total;
}

// The first byte of the parts that differs, as an index into both; nothing when none does.
std::optional<std::size_t> first_difference(const std::vector<Extent>& parts, Bytes start,
                                            std::span<const std::byte> wanted, std::span<const std::byte> found) {
  for (const auto& part : parts) {
    for (Bytes i = part.offset - start; i < part.end() - start; ++i) {
      if (wanted[i] != found[i]) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

Error target_failed(const Target& target, std::string_view doing, const Error& error) {
  return error.recode(ErrorCode::kWriteFailed).with_context(doing).with_context(target.name());
}

UnitCopier::UnitCopier(const BlockSource& image, Target& target, const WriteMap& map)
    : image_(image), target_(target), map_(map), digests_(kraken::unit_count(image.size())) {}

// What the map leaves out stays zero, as image_digest.h defines it.
Status UnitCopier::read_image(const Unit& unit, std::span<std::byte> out) const {
  std::ranges::fill(out, std::byte{0});
  for (const auto& part : map_.within(unit.offset, unit.length)) {
    KRAKEN_TRY(image_.read(part.offset, out.subspan(part.offset - unit.offset, part.length))
                   .with_context("reading the image"));
  }
  return ok_status();
}

Result<Bytes> UnitCopier::write(std::size_t index) {
  const Unit unit = unit_at(index, image_.size());
  const auto parts = map_.within(unit.offset, unit.length);
  if (parts.empty()) return Bytes{0};
  const auto bytes = buffer_.first(unit.length);
  KRAKEN_TRY(read_image(unit, bytes));
  digests_[index] = unit_digest(bytes);
  for (const auto& part : parts) {
    const Status written = target_.write(part.offset, bytes.subspan(part.offset - unit.offset, part.length));
    if (!written.ok()) return target_failed(target_, "writing at byte " + std::to_string(part.offset), written.error());
  }
  return total_length(parts);
}

Result<Bytes> UnitCopier::verify(std::size_t index) {
  const Unit unit = unit_at(index, image_.size());
  const auto parts = map_.within(unit.offset, unit.length);
  if (parts.empty()) return Bytes{0};
  const auto bytes = buffer_.first(unit.length);
  std::ranges::fill(bytes, std::byte{0});
  for (const auto& part : parts) {
    const Status got = target_.read_back(part.offset, bytes.subspan(part.offset - unit.offset, part.length));
    if (!got.ok()) return target_failed(target_, "verifying at byte " + std::to_string(part.offset), got.error());
  }
  if (unit_digest(bytes) != digests_[index]) return mismatch(unit, bytes);
  return total_length(parts);
}

Error UnitCopier::mismatch(const Unit& unit, std::span<const std::byte> found) {
  AlignedBuffer again(kUnitSize);
  const auto wanted = again.first(unit.length);
  const std::string where = "verifying at byte ";
  if (const Status read = read_image(unit, wanted); !read.ok()) {
    return Error(ErrorCode::kWriteFailed, target_.name() + ": " + where + std::to_string(unit.offset) +
                                              ": reads back otherwise than it was written");
  }
  const auto index = first_difference(map_.within(unit.offset, unit.length), unit.offset, wanted, found);
  if (!index) {
    return Error(ErrorCode::kWriteFailed,
                 target_.name() + ": " + where + std::to_string(unit.offset) +
                     ": the image itself changed while it was written; let nothing else write to it and try again");
  }
  const Bytes sector = round_down(*index, kSectorSize);
  const bool zeros = is_zero(found.subspan(sector, std::min<Bytes>(kSectorSize, found.size() - sector)));
  return Error(ErrorCode::kWriteFailed, target_.name() + ": " + where + std::to_string(unit.offset + *index) +
                                            ": reads back as " + (zeros ? "zeros" : "other data") +
                                            "; the medium lost what was written: use another one");
}

}  // namespace kraken
