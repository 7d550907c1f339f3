#include "burn/write_map.h"
#include "cli/commands.h"
#include "cli/node_job.h"
#include "cli/render.h"
#include "cli/render_plan.h"
#include "image/used_space.h"

namespace kraken {

Status run_plan(const PlanOptions& options, const CommonOptions& common) {
  std::vector<const NodeConfig*> nodes;
  const auto find_nodes = [&](const ClusterConfig& cluster, const Environment& /*environment*/) -> Status {
    if (options.node) {
      KRAKEN_ASSIGN(const NodeConfig* node, find_node(cluster, *options.node));
      nodes.push_back(node);
    } else {
      for (const NodeConfig& node : cluster.nodes) nodes.push_back(&node);
    }
    return ok_status();
  };
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common, find_nodes));
  std::optional<ImageSize> size;
  if (options.size) size = ImageSize{*options.size, {"--size", 0, 0}};
  Json all = Json::array();
  for (const NodeConfig* node : nodes) {
    KRAKEN_ASSIGN(const NodeImage image, job.make(*node, size));
    // What burn would write to an empty file.
    KRAKEN_ASSIGN(const UsedSpace used, find_used_space(*image.image));
    KRAKEN_ASSIGN(const WriteMap map, WriteMap::of(*image.image, UnwrittenBytes::kZeros, used.extents));
    const Bytes data = map.mapped_bytes();
    if (common.json) {
      all.push_back(plan_json(image.plan, data));
    } else {
      print_text(plan_text(image.plan, data));
    }
  }
  if (common.json) print_json(options.node ? all.as_array()->front() : all);
  return ok_status();
}

}  // namespace kraken
