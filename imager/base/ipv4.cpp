#include "base/ipv4.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

std::optional<Ipv4> parse_ipv4(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 4) return std::nullopt;
  std::uint32_t bits = 0;
  for (const std::string& part : parts) {
    const auto number = parse_u64(part);
    if (!number || *number > 255 || (part.size() > 1 && part[0] == '0')) return std::nullopt;
    bits = (bits << 8) | static_cast<std::uint32_t>(*number);
  }
  return Ipv4{bits};
}

std::optional<Ipv4Subnet> parse_ipv4_subnet(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto network = parse_ipv4(text.substr(0, slash));
  const auto prefix = parse_u64(text.substr(slash + 1));
  if (!network || !prefix || *prefix > 32) return std::nullopt;
  const Ipv4Subnet subnet{*network, static_cast<int>(*prefix)};
  if ((network->bits & ~subnet.mask()) != 0) return std::nullopt;
  return subnet;
}

bool Ipv4Subnet::is_private() const {
  static constexpr Ipv4Subnet kRanges[] = {{{0x0a000000}, 8}, {{0xac100000}, 12}, {{0xc0a80000}, 16}};
  return std::ranges::any_of(
      kRanges, [this](const Ipv4Subnet& range) { return prefix >= range.prefix && range.contains(network); });
}

std::string format_ipv4(Ipv4 address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string((address.bits >> shift) & 0xff);
    if (shift > 0) text += '.';
  }
  return text;
}

std::string format_ipv4_subnet(const Ipv4Subnet& subnet) {
  return format_ipv4(subnet.network) + "/" + std::to_string(subnet.prefix);
}

}  // namespace kraken
