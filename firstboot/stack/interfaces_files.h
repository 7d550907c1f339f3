// The files of ifupdown, interfaces(5): what they bring up, and the small changes that make room for our own. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kraken {

inline constexpr std::string_view kInterfacesPath = "/etc/network/interfaces";
inline constexpr std::string_view kInterfacesFolder = "/etc/network/interfaces.d";
inline constexpr std::string_view kOwnInterfacesPath = "/etc/network/interfaces.d/kraken";

using Files = std::map<std::string, std::string>;  // content by path

// An `iface` with an address for something other than the loopback or a wireless interface.
bool configures_wired(const Files& files);

// The default routes of others come after ours: a stanza without a metric has 0, which wins over all.
inline constexpr int kOthersMetric = 100;

// The files, so changed that none but ours brings one of `names` up, that every other stanza's default route has a
// metric, and that /etc/network/interfaces reads ours. All other lines stay. A file that is right already is not among
// them. Applied to its own result it changes nothing.
Files make_room(const Files& files, const std::vector<std::string>& names);

}  // namespace kraken
