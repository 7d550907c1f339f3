// What is looked at before --update changes a card: whose it is.
#pragma once

#include <string>

#include "burn/card_head.h"
#include "burn/target.h"
#include "cli/node_job.h"
#include "cli/options.h"

namespace kraken {

struct UpdateOf {
  const NodeJob& job;
  const NodeImage& image;
  Target& target;  // opened, not yet written
  const BurnOptionsCli& options;
};

struct CardUpdate {
  HeadMark mark;       // for the head while the card is half updated
  std::string notice;  // that it was another node's; empty otherwise
};

// kTargetRefused, with the reason and what to do, when the card does not hold a node of this cluster, or that cannot be
// told: unless --any-card is given. The card is only read.
Result<CardUpdate> prepare_update(const UpdateOf& update);

}  // namespace kraken
