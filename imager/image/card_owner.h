// Whose node a card holds, told by what kraken-image itself once put there. It is only looked at: a card whose node
// lost its power (a journal that was never replayed) can be told as well as a clean one, since nothing on a node
// changes the node record or the host key.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "block/block_source.h"
#include "cluster/secrets.h"

namespace kraken {

struct CardNode {
  std::string cluster;
  std::uint32_t id = 0;
  std::string name;
  std::string host_key;  // "ssh-ed25519 AAAA...": the public one
};

// While a card is half updated its partition table is gone, and what lies behind it may be half old: a mark in its head
// says then which node it is about to be.
inline constexpr Bytes kUpdateMarkPlace = 64 * kKiB;
std::vector<std::byte> format_update_mark(const CardNode& node);

// Found through the card's own partition table. Without one, by the mark; without that, where `image`, which is about
// to be written, has its partitions. kNotFound when there is no node of any cluster, kCorrupt when there is something
// that cannot be read, each with a sentence; or as the card's read() fails.
Result<CardNode> find_card_node(const BlockSource& card, const BlockSource& image);

// kTargetRefused, with the reason, unless it is a node of the cluster with this name and these secrets.
Status check_owner(const CardNode& found, const std::string& cluster, const ClusterSecrets& secrets);

}  // namespace kraken
