#include "image/plan_parts.h"

namespace kraken {

NodeAttributes with_mode(std::uint32_t mode) {
  NodeAttributes attributes;
  attributes.mode = mode;
  return attributes;
}

namespace {

Status put(PlanBuilder& plan, const OverlayFile& file, const EditReason& reason) {
  switch (file.type) {
    case NodeType::kFolder:
      return plan.make_folder(file.path, reason, file.attributes);
    case NodeType::kSymlink:
      return plan.link(file.path, file.target, reason);
    default:
      return plan.write_source(file.path, file.content, reason, file.attributes);
  }
}

}  // namespace

Status plan_overlay_file(PlanBuilder& plan, const std::string& overlay, const OverlayFile& file) {
  const EditReason reason{"overlay " + overlay, file.origin, file.local.string()};
  const Status status = put(plan, file, reason);
  if (status.ok()) return status;
  return told_of_overlay(status.error(), reason);
}

}  // namespace kraken
