// Burns the nodes of a run: to readers, which ask for card after card, or to files. Every reader works in a thread of
// its own; what happens at one makes no difference to the others.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/burn_outcome.h"
#include "cli/node_burn.h"

namespace kraken {

// What a run ended in, in the order of its nodes.
using BurnOutcomes = std::vector<BurnOutcome>;

// `cards` are those that are in the readers now, no more than there are nodes, of size 0 where none is: the first nodes
// go to these readers, each of the others to whichever is free first, once another card is in it and was asked about.
// Those that are there were asked about before; all of them are made and opened before anything is written that was not
// begun early, and a failure of that is one of the run's.
Result<BurnOutcomes> burn_to_cards(BurnRun& run, const std::vector<const NodeConfig*>& nodes,
                                   const std::vector<BlockDevice>& cards);

// `files[i]` is that of `nodes[i]`.
BurnOutcomes burn_to_files(BurnRun& run, const std::vector<const NodeConfig*>& nodes,
                           const std::vector<std::filesystem::path>& files);

}  // namespace kraken
