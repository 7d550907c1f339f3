// The part of /etc/hosts that is ours: a block between two marks with every node of the cluster and this node's own
// 127.0.1.1 line. Shared, so that the imager writes exactly what the first boot would: then that finds nothing to do.
#pragma once

#include <string>
#include <string_view>

#include "contract/node_record.h"

namespace kraken {

inline constexpr std::string_view kHostsPath = "/etc/hosts";
inline constexpr std::string_view kHostnamePath = "/etc/hostname";
// Far more than any cluster's; a larger file is left alone.
inline constexpr std::size_t kHostsMaxSize = std::size_t{1024} * 1024;

// The whole file as it should be, given what it is now ("" when there is none: then localhost's lines are added).
// Applied to its own result it changes nothing. Lines outside the block stay as they are and where they are, but for
// those of 127.0.1.1, which would tell this node its former name. A mark without its partner is taken out alone.
std::string managed_hosts(std::string_view existing, const NodeRecord& record);

}  // namespace kraken
