// The member `join` of the node record: its JSON, and what its values must be. Only for node_record*.cpp.
#pragma once

#include <optional>

#include "base/result.h"
#include "contract/join_settings.h"
#include "contract/node_record.h"
#include "json/json.h"

namespace kraken {

Json join_json(const std::optional<JoinSettings>& join);
Result<std::optional<JoinSettings>> read_join(const Json& value);
// kCorrupt, as check_node_record(); the rest of the record has passed already.
Status check_join(const NodeRecord& record);

}  // namespace kraken
