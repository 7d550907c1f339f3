#include "image/plan_node.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "image/derived_ids.h"
#include "image/plan_builder.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

// The root partition ends where the image ends, or has the size that the profile gives it.
Result<TablePlan> plan_table(const OpenedImage& image, const NodeInputs& inputs, const ImageSize& size) {
  const Partition& root = image.root_partition();
  TablePlan plan;
  plan.old_disk_id = image.table().disk_id;
  plan.new_disk_id = derived_disk_id(inputs.cluster->name.value, inputs.node->id.value, inputs.base_sha256);
  plan.root_partition = root.number;
  plan.old_root_size = plan.new_root_size = root.size;
  plan.size_reason = {"the root partition fills the card", size.origin};
  for (const Partition& other : image.table().partitions) {
    if (other.start <= root.start || other.end() <= root.end()) continue;
    plan.size_reason = {"another partition follows the root partition: it keeps its size", {}};
    return plan;
  }
  const Bytes room = round_down(size.bytes - root.start, kMiB);
  const auto& wanted = inputs.node->profile.root_size;
  Bytes target = room;
  if (wanted.value.bytes) {
    target = round_down(*wanted.value.bytes, kMiB);
    plan.size_reason = {"the root partition has the size that the profile gives it", wanted.origin};
  }
  if (target > room) {
    return Error(ErrorCode::kConfig, wanted.origin.text() + ": a root partition of " + human_bytes(target) +
                                         " does not fit into the " + human_bytes(room) + " that the card has for it");
  }
  if (wanted.value.bytes && target < root.size) {
    return Error(ErrorCode::kConfig, wanted.origin.text() + ": the base's root partition has " +
                                         human_bytes(root.size) + " already: root_size can only make it larger");
  }
  plan.new_root_size = std::max(target, root.size);
  return plan;
}

// "manager.address" is the first manager's: what a worker's files would want to name.
std::string manager_address(const ClusterConfig& cluster) {
  const NodeConfig* manager = cluster.first_manager();
  return manager != nullptr ? format_ipv4(manager->address.value) : "";
}

TemplateValues template_values(const NodeInputs& inputs) {
  const ClusterConfig& cluster = *inputs.cluster;
  const NodeConfig& node = *inputs.node;
  return {{"cluster.name", cluster.name.value},
          {"node.name", node.name.value},
          {"node.id", std::to_string(node.id.value)},
          {"node.address", format_ipv4(node.address.value)},
          {"node.role", to_word(node.profile.role.value)},
          {"network.gateway", format_ipv4(cluster.network.gateway.value)},
          {"network.subnet", format_ipv4_subnet(cluster.network.subnet.value)},
          {"manager.address", manager_address(cluster)}};
}

Status plan_overlays(PlanParts& parts) {
  const NodeInputs& inputs = parts.inputs;
  const TemplateValues values = template_values(inputs);
  const auto& names = inputs.node->profile.overlays;
  for (std::size_t i = 0; i < inputs.overlays.size(); ++i) {
    const OverlayDescription& overlay = inputs.overlays[i];
    KRAKEN_ASSIGN(const std::vector<OverlayFile> files,
                  read_overlay_files(overlay, names[i].origin, parts.image.os().boot_folder, values));
    for (const OverlayFile& file : files) {
      KRAKEN_TRY(plan_overlay_file(parts.plan, overlay.name, file));
      if (!file.warning.empty()) parts.warnings.push_back(file.warning);
    }
  }
  return ok_status();
}

bool has_program(PlanBuilder& plan, const std::string& name) {
  constexpr std::array<const char*, 4> kFolders = {"/usr/bin/", "/usr/sbin/", "/usr/local/bin/", "/usr/local/sbin/"};
  return std::ranges::any_of(kFolders, [&](const char* folder) { return plan.exists(folder + name); });
}

void add_missing_for_kubeadm(PlanBuilder& plan, bool has_docker, std::vector<std::string>& missing) {
  for (const std::string program : {"kubeadm", "kubelet"}) {
    if (has_program(plan, program)) continue;
    std::string& text = missing.emplace_back("there is no ");
    text.append(program).append(" on this image: the node will say that it cannot join (put it into an overlay, as ");
    text.append("/usr/local/bin/").append(program).append(")");
  }
  if (!has_docker && !has_program(plan, "containerd")) {
    missing.emplace_back(
        "there is no container runtime on this image (put containerd or docker.io among the packages "
        "of the base)");
  }
  // What InPathCheck of cmd/kubeadm/app/preflight/checks.go insists on and an image may lack; 1.32 and 1.33 ended that.
  std::vector<std::string> checked = {"conntrack", "iptables"};
  if (!has_docker) checked.emplace_back("crictl");
  for (const std::string& program : checked) {
    if (has_program(plan, program)) continue;
    missing.push_back("there is no " + program +
                      " on this image: kubeadm's own checks do not pass without it in most of its versions (put it "
                      "among the packages of the base, or into an overlay)");
  }
}

// What each kind of cluster needs of the image. A setting must never be ignored in silence.
std::vector<std::string> missing_programs(Orchestrator kind, PlanBuilder& plan) {
  std::vector<std::string> missing;
  const bool has_docker = has_program(plan, "dockerd");
  if (kind == Orchestrator::kSwarm && !has_docker) {
    missing.emplace_back(
        "there is no Docker on this image: the node will say that it cannot join (put docker.io among "
        "the packages of the base)");
  }
  if (kind == Orchestrator::kKubeadm) add_missing_for_kubeadm(plan, has_docker, missing);
  if (kind == Orchestrator::kK3s && !plan.exists("/usr/local/bin/k3s")) {
    missing.emplace_back(
        "there is no /usr/local/bin/k3s on this image: nothing can be started (put k3s' program into an "
        "overlay, mode 0755)");
  }
  if (kind == Orchestrator::kK3s && !plan.exists("/var/lib/rancher/k3s/agent/images")) {
    missing.emplace_back(
        "there are no images in /var/lib/rancher/k3s/agent/images: the node will pull them from the "
        "internet (put k3s-airgap-images-ARCHITECTURE.tar.zst into an overlay for a node without)");
  }
  return missing;
}

void warn_of_joining(const NodeInputs& inputs, PlanBuilder& plan, std::vector<std::string>& warnings) {
  const ClusterConfig& cluster = *inputs.cluster;
  const Orchestrator kind = cluster.orchestrator.value;
  const std::string setting = "orchestrator: " + to_word(kind);
  for (const std::string& what : missing_programs(kind, plan)) {
    warnings.emplace_back(setting).append(", but ").append(what);
  }
  if (kind == Orchestrator::kKubeadm && cluster.is_first_manager(*inputs.node) && !plan.exists(kManifestsFolder)) {
    warnings.push_back(setting + ", but there is no network add-on in " + std::string(kManifestsFolder) +
                       ": nodes are not ready before one is applied (put its manifest into an overlay)");
  }
  const auto is_manager = [](const NodeConfig& node) { return node.profile.role.value == Role::kManager; };
  const auto managers = std::ranges::count_if(cluster.nodes, is_manager);
  if (kind != Orchestrator::kK3s || managers < 2) return;
  warnings.push_back(setting + " with " + std::to_string(managers) +
                     " managers keeps its state in etcd, which writes more than most SD cards bear for long, and takes "
                     "memory that a 1 GB server hardly has" +
                     (managers % 2 == 0 ? "; an even number of managers survives no more losses than one less" : ""));
}

}  // namespace

Result<NodePlan> plan_node(OpenedImage& image, const NodeInputs& inputs, const ImageSize& size) {
  NodePlan plan;
  plan.node_id = inputs.node->id.value;
  plan.node_name = inputs.node->name.value;
  plan.system = image.os().pretty_name + ", " + image.os().architecture;
  plan.image_size = size.bytes;
  plan.image_size_origin = size.origin;
  plan.warnings = image.os().warnings;
  KRAKEN_ASSIGN(plan.table, plan_table(image, inputs, size));
  PlanBuilder builder(image.tree());
  PlanParts parts{builder, image, inputs, plan.table, plan.warnings};
  KRAKEN_TRY(plan_access(parts));  // first: it may add to what has to be switched off
  KRAKEN_TRY(plan_boot(parts));
  KRAKEN_TRY(plan_identity(parts));
  KRAKEN_TRY(plan_firstboot(parts));
  KRAKEN_TRY(plan_kubernetes(parts));
  builder.close_planned_paths();
  KRAKEN_TRY(plan_overlays(parts));
  warn_of_joining(inputs, builder, plan.warnings);
  KRAKEN_ASSIGN(plan.edits, builder.take());
  return plan;
}

}  // namespace kraken
