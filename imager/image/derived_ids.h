// Ids that differ from node to node and are the same every time: derived, never random.
#pragma once

#include <cstdint>
#include <string_view>

namespace kraken {

// The MBR disk id of a node's card: cards of one cluster in one reader must not share PARTUUIDs. Never 0, which many
// programs take for "none".
std::uint32_t derived_disk_id(std::string_view cluster, std::uint32_t node_id, std::string_view base_sha256);

}  // namespace kraken
