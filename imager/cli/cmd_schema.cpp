#include "cli/commands.h"
#include "cli/render.h"
#include "config/reader.h"

namespace kraken {

Status run_schema(const SchemaOptions& options) {
  print_text(json_schema(options.kind));
  return ok_status();
}

}  // namespace kraken
