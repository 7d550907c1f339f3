#include "cli/burn_events.h"
#include "cli/commands.h"
#include "cli/render.h"
#include "config/reader.h"

namespace kraken {

Status run_schema(const SchemaOptions& options) {
  print_text(options.kind ? json_schema(*options.kind) : burn_events_schema());
  return ok_status();
}

}  // namespace kraken
