// What is noted of a node's burn before it begins, and where its receipt goes.
#pragma once

#include <filesystem>

#include "burn/receipt.h"
#include "cli/burn_place.h"
#include "cli/node_job.h"

namespace kraken {

// All but the times and what the writer reports.
Result<Receipt> start_receipt(const NodeJob& job, const NodePlan& plan, const BurnPlace& place);

// Beside an image file; a card's in a folder beside cluster.yaml, which is made.
Result<std::filesystem::path> receipt_file_of(const NodeJob& job, const NodePlan& plan, const BurnPlace& place);

}  // namespace kraken
