#include "image/os_partuuid.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "disk/partition_table.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 2> kPrefixes = {"PARTUUID=", "/dev/disk/by-partuuid/"};
constexpr std::size_t kIdDigits = 8;
constexpr std::size_t kNameLength = kIdDigits + 3;  // "0f1ee700-02"

std::string_view without_prefix(std::string_view device) {
  for (const std::string_view prefix : kPrefixes) {
    if (device.starts_with(prefix)) return device.substr(prefix.size());
  }
  return {};
}

std::optional<MbrPartuuid> parse_name(std::string_view name) {
  if (name.size() != kNameLength || name[kIdDigits] != '-') return std::nullopt;
  const auto id = from_hex(name.substr(0, kIdDigits));
  const auto number = from_hex(name.substr(kIdDigits + 1));
  if (!id || !number) return std::nullopt;
  MbrPartuuid out;
  for (const std::byte b : *id) out.disk_id = out.disk_id << 8 | std::to_integer<std::uint32_t>(b);
  out.number = std::to_integer<int>(number->front());
  return out;
}

// A UUID of something else may begin in the same way.
bool goes_on(std::string_view rest) {
  const auto in_name = [](char c) {
    return c == '-' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  };
  return !rest.empty() && in_name(rest.front());
}

}  // namespace

bool is_partuuid(std::string_view device) {
  return std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return device.starts_with(prefix); });
}

std::optional<MbrPartuuid> parse_mbr_partuuid(std::string_view device) {
  return parse_name(without_prefix(device));
}

std::string change_partuuids(std::string_view text, const DiskIdChange& change) {
  std::string out(text);
  for (const std::string_view prefix : kPrefixes) {
    for (std::size_t at = text.find(prefix); at != std::string_view::npos; at = text.find(prefix, at + 1)) {
      std::size_t start = at + prefix.size();
      if (start < text.size() && text[start] == '"') ++start;
      const auto parsed = parse_name(text.substr(start, kNameLength));
      if (!parsed || parsed->disk_id != change.from || goes_on(text.substr(start + kNameLength))) continue;
      out.replace(start, kNameLength, mbr_partuuid(change.to, parsed->number));
    }
  }
  return out;
}

}  // namespace kraken
