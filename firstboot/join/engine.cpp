#include "join/engine.h"

namespace kraken {

std::string_view to_word(SwarmState state) {
  switch (state) {
    case SwarmState::kInactive:
      return "inactive";
    case SwarmState::kPending:
      return "pending";
    case SwarmState::kActive:
      return "active";
    case SwarmState::kError:
      return "error";
    case SwarmState::kLocked:
      return "locked";
  }
  return "";
}

bool add_labels(SwarmNode& node, const std::map<std::string, std::string>& labels) {
  const auto before = node.labels;
  for (const auto& [key, value] : labels) node.labels[key] = value;
  Json all = Json::object();
  for (const auto& [key, value] : node.labels) all.set(key, value);
  node.spec.set("Labels", std::move(all));
  return node.labels != before;
}

void demote(SwarmNode& node) {
  node.spec.set("Role", "worker");
}

}  // namespace kraken
