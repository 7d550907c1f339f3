// overlay.yaml's Value (checked) to its rules.
#pragma once

#include <vector>

#include "config/problems.h"
#include "config/reader.h"
#include "config/value.h"

namespace kraken {

std::vector<OverlayRule> rules_from(const Value& value);

// A rule that names no file is a slip of the pen that would go unnoticed until the node misses the mode.
void check_rules_match(const OverlayDescription& overlay, Problems& problems);

}  // namespace kraken
