// Inside steps/: what a node tells its managers of itself, whatever cluster it is in.
#pragma once

#include <string>
#include <string_view>

#include "contract/node_record.h"
#include "facts/facts.h"
#include "json/json.h"

namespace kraken {

// Plain ASCII, cut: what the node's firmware and programs say may be anything.
std::string report_text(std::string_view text);
// Program, node, model, kernel, network.
Json node_report(const Facts& facts, const NodeRecord& record);

}  // namespace kraken
