#include "image/plan_parts.h"

namespace kraken {

NodeAttributes with_mode(std::uint32_t mode) {
  NodeAttributes attributes;
  attributes.mode = mode;
  return attributes;
}

Status plan_overlay_file(PlanBuilder& plan, const std::string& overlay, const OverlayFile& file) {
  EditReason reason{"overlay " + overlay, file.origin};
  switch (file.type) {
    case NodeType::kFolder:
      return plan.make_folder(file.path, std::move(reason), file.attributes);
    case NodeType::kSymlink:
      return plan.link(file.path, file.target, std::move(reason));
    default:
      return plan.write_source(file.path, file.content, std::move(reason), file.attributes);
  }
}

}  // namespace kraken
