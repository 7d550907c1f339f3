// The lines of `burn --json`: one JSON object each, and the schema that they keep to. README.md describes them.
#pragma once

#include <string>
#include <vector>

#include "burn/writer.h"
#include "cli/burn_outcome.h"
#include "cli/progress_meter.h"
#include "json/json.h"

namespace kraken {

// {"event": name, "node": id or null, "target": name or null}: what every line begins with.
Json burn_event(std::string_view name, const BurnSubject& subject);

// Of the base, without a node.
Json obtaining_event(const Progress& progress);
Json progress_event(const BurnSubject& subject, const BurnProgress& progress);
Json error_event(const BurnSubject& subject, const Error& error);
Json summary_event(const std::vector<BurnOutcome>& outcomes);

// JSON Schema, draft 2020-12, of one line.
std::string burn_events_schema();

}  // namespace kraken
