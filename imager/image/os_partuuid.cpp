#include "image/os_partuuid.h"

#include "base/text.h"
#include "disk/partition_table.h"

namespace kraken {

std::optional<MbrPartuuid> parse_mbr_partuuid(std::string_view text) {
  constexpr std::size_t kIdDigits = 8;
  if (!text.starts_with(kPartuuidPrefix)) return std::nullopt;
  text.remove_prefix(kPartuuidPrefix.size());
  if (text.size() <= kIdDigits || text[kIdDigits] != '-') return std::nullopt;
  const auto id = from_hex(text.substr(0, kIdDigits));
  const auto number = from_hex(text.substr(kIdDigits + 1));
  if (!id || !number || number->size() != 1) return std::nullopt;
  MbrPartuuid out;
  for (const std::byte b : *id) out.disk_id = out.disk_id << 8 | std::to_integer<std::uint32_t>(b);
  out.number = std::to_integer<int>(number->front());
  return out;
}

std::optional<std::string> changed_partuuid(std::string_view text, const DiskIdChange& change) {
  const auto parsed = parse_mbr_partuuid(text);
  if (!parsed || parsed->disk_id != change.from) return std::nullopt;
  return std::string(kPartuuidPrefix) + mbr_partuuid(change.to, parsed->number);
}

}  // namespace kraken
