// Takes a card that was put into a reader for a node, or says why it will not do. Serves burn/next_card.h, which asks
// again while a card is in use; what was made, or answered, for it is kept as long as it is in the reader.
#pragma once

#include <optional>

#include "cli/node_burn.h"
#include "cli/spent_cards.h"

namespace kraken {

class CardTaking {
 public:
  // All three outlive it.
  CardTaking(BurnRun& run, const NodeConfig& node, const SpentCards& spent)
      : run_(&run), node_(&node), spent_(&spent) {}

  // The burn is open when this succeeds. kTargetRefused with the reason when the card must not be written, is too
  // small, had its turn in this run, or nobody says yes to it, with EBUSY when it is only in use; otherwise as
  // NodeBurn::prepare() fails.
  Status take(const BlockDevice& card);

  // Only after take() succeeded.
  NodeBurn&& burn() { return std::move(*burn_); }

 private:
  bool is_prepared_for(const BlockDevice& card) const;

  BurnRun* run_;
  const NodeConfig* node_;
  const SpentCards* spent_;
  std::optional<NodeBurn> burn_;
  std::optional<Status> answer_;  // to the question about burn_'s card
};

}  // namespace kraken
