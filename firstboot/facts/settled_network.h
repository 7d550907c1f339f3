// /var/lib/kraken/network.json: which interfaces the node's address was set up on, and proved to work. Kept so that an
// adapter which is away today is not taken for one that never was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/mac_address.h"
#include "nic/nic.h"

namespace kraken {

// An interface is known again by its address or its place, never by its name.
struct NicIdentity {
  std::optional<MacAddress> mac;  // nothing for an adapter that makes a new one up at every start
  std::string path;               // Nic::path
  bool onboard = false;
  bool usb = true;
  friend bool operator==(const NicIdentity&, const NicIdentity&) = default;
};

struct SettledNetwork {
  NicIdentity primary;
  std::optional<NicIdentity> fallback;
  friend bool operator==(const SettledNetwork&, const SettledNetwork&) = default;
};

inline constexpr std::string_view kSettledNetworkPath = "/var/lib/kraken/network.json";
inline constexpr std::string_view kSettledNetworkFormat = "kraken-network";
inline constexpr int kSettledNetworkVersion = 1;
inline constexpr std::size_t kSettledNetworkMaxSize = 4096;

NicIdentity identity_of(const Nic& nic);
// What a configuration needs of an interface that is away.
Nic absent_nic(const NicIdentity& identity);
// By the MAC address where both have one, else by the path.
bool is_same_nic(const NicIdentity& identity, const Nic& nic);

std::string format_settled_network(const SettledNetwork& network);
// kCorrupt for anything that is not exactly such a file, kUnsupported for another version.
Result<SettledNetwork> parse_settled_network(std::string_view text);

}  // namespace kraken
