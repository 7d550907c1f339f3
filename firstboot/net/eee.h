// Energy-efficient Ethernet by the ethtool ioctl (linux/ethtool.h, ETHTOOL_GEEE and ETHTOOL_SEEE): it is in every
// kernel that a node may run, whereas ethtool's netlink came with Linux 5.6 and its EEE later.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace kraken {

// As Network::eee_enabled() and Network::set_eee(), by the link's name.
Result<std::optional<bool>> read_eee(const std::string& link);
Status write_eee(const std::string& link, bool enabled);

}  // namespace kraken
