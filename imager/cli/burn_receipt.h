// What is noted of a node's burn before it begins, and where its receipt goes.
#pragma once

#include <filesystem>

#include "burn/receipt.h"
#include "cli/burn_place.h"
#include "cli/node_job.h"

namespace kraken {

// All but the times and what the writer reports.
Result<Receipt> start_receipt(const NodeJob& job, const NodePlan& plan, const BurnPlace& place);

std::filesystem::path receipt_beside(const std::filesystem::path& image);
// Beside an image file; a card's in a folder beside cluster.yaml, named after the node.
std::filesystem::path receipt_file_of(const ClusterConfig& cluster, const std::string& node, const BurnPlace& place);

// Before anything is written to the place: makes the folder of a card's receipt. kTargetRefused when it can be told
// that the receipt could not be written.
Status prepare_receipt(const std::filesystem::path& file, const BurnPlace& place);

}  // namespace kraken
