#include "facts/settled_network.h"

#include <algorithm>
#include <array>

#include "contract/strict_object.h"
#include "json/json.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 4> kKeys = {"format", "version", "primary", "fallback"};
constexpr std::array<std::string_view, 4> kNicKeys = {"mac", "path", "onboard", "usb"};
constexpr std::size_t kLongestPath = 512;

Json nic_json(const NicIdentity& nic) {
  return Json::Object{{"mac", nic.mac ? format_mac(*nic.mac) : std::string()},
                      {"path", nic.path},
                      {"onboard", nic.onboard},
                      {"usb", nic.usb}};
}

Result<NicIdentity> read_nic(const Json& value, const std::string& place) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, place, kNicKeys));
  NicIdentity nic;
  KRAKEN_ASSIGN(const std::string mac, object.text("mac"));
  KRAKEN_ASSIGN(nic.path, object.text("path"));
  KRAKEN_ASSIGN(nic.onboard, object.flag("onboard"));
  KRAKEN_ASSIGN(nic.usb, object.flag("usb"));
  nic.mac = parse_mac(mac);
  if (!mac.empty() && !nic.mac) return Error(ErrorCode::kCorrupt, object.place("mac") + ": no MAC address");
  const bool printable = std::ranges::all_of(nic.path, [](char c) { return c > 0x20 && c < 0x7f; });
  if (nic.path.size() > kLongestPath || !printable)
    return Error(ErrorCode::kCorrupt, object.place("path") + ": no path");
  if (!nic.mac && nic.path.empty()) return Error(ErrorCode::kCorrupt, place + ": neither a MAC address nor a path");
  return nic;
}

}  // namespace

NicIdentity identity_of(const Nic& nic) {
  return {nic.mac_is_random ? std::nullopt : nic.permanent_mac, nic.path, nic.onboard, nic.usb.has_value()};
}

Nic absent_nic(const NicIdentity& identity) {
  Nic nic;
  nic.name = "absent";
  nic.permanent_mac = identity.mac;
  nic.mac_is_random = !identity.mac;
  nic.path = identity.path;
  nic.onboard = identity.onboard;
  if (identity.usb) nic.usb = UsbId{};
  return nic;
}

bool is_same_nic(const NicIdentity& identity, const Nic& nic) {
  const NicIdentity other = identity_of(nic);
  if (identity.mac && other.mac) return identity.mac == other.mac;
  return !identity.path.empty() && identity.path == other.path;
}

std::string format_settled_network(const SettledNetwork& network) {
  Json document = Json::Object{{"format", kSettledNetworkFormat}, {"version", kSettledNetworkVersion}};
  document.set("primary", nic_json(network.primary));
  document.set("fallback", network.fallback ? nic_json(*network.fallback) : Json());
  return format_json(document);
}

Result<SettledNetwork> parse_settled_network(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, {.max_size = kSettledNetworkMaxSize, .max_depth = 4}));
  KRAKEN_TRY(check_format(document, kSettledNetworkFormat, kSettledNetworkVersion));
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", kKeys));
  SettledNetwork network;
  KRAKEN_ASSIGN(network.primary, read_nic(object.member("primary"), "primary"));
  const Json& fallback = object.member("fallback");
  if (!fallback.is_null()) {
    KRAKEN_ASSIGN(network.fallback, read_nic(fallback, "fallback"));
  }
  return network;
}

}  // namespace kraken
