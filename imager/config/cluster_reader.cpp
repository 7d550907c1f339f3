#include "config/cluster_reader.h"

#include <algorithm>
#include <set>

#include "config/access_reader.h"
#include "config/base_reader.h"
#include "config/definitions.h"
#include "config/file_paths.h"
#include "config/join_rules.h"
#include "config/kubernetes_rules.h"
#include "config/network_rules.h"
#include "config/node_rules.h"
#include "config/overlay_reader.h"
#include "config/profile_reader.h"
#include "config/yaml.h"

namespace kraken {

namespace {

void read_general(const View& view, ClusterConfig& cluster, Problems& problems) {
  if (const auto name = view.find("cluster", "name")) cluster.name = name->sourced_text();
  if (const auto zone = view.find("cluster", "timezone")) cluster.timezone = {zone->text(), zone->origin()};
  cluster.secrets_folder = {(cluster.folder / "secrets").lexically_normal(), {}};
  if (const auto secrets = view.find("cluster", "secrets")) {
    auto path = resolve_path(cluster.folder, secrets->text());
    if (path.ok()) {
      cluster.secrets_folder = {std::move(*path), secrets->origin()};
    } else {
      problems.add(secrets->origin(), "cluster.secrets: " + path.error().what());
    }
  }
}

void read_file_base(const View& base, ClusterConfig& cluster, Problems& problems) {
  const auto file = base.find("file");
  if (!file) return;
  auto path = resolve_path(cluster.folder, file->text());
  if (!path.ok()) {
    problems.add(file->origin(), "base.file: " + path.error().what());
    return;
  }
  FileBase found{std::move(*path), std::nullopt};
  if (const auto digest = base.find("sha256")) found.sha256 = lower_case(digest->text());
  cluster.base = {std::move(found), base.origin()};
}

void read_base(const View& view, ClusterConfig& cluster, const ConfigPaths& paths, Problems& problems) {
  const auto base = view.find("base");
  if (!base) return;
  if (!base->is_text()) {
    read_file_base(*base, cluster, problems);
    return;
  }
  cluster.base = {NamedBase{base->text()}, base->origin()};
  Library bases(base_kind(), base_folders(cluster.folder, paths), problems);
  const Library::Entry* const entry = bases.find(base->sourced_text());
  if (entry != nullptr) base_from(entry->value, entry->file, problems);
}

// Each overlay once, whichever profile names it first.
void check_overlays(const ClusterConfig& cluster, Problems& problems) {
  std::set<std::string> seen;
  for (const NodeConfig& node : cluster.nodes) {
    for (const auto& overlay : node.profile.overlays) {
      if (!seen.insert(overlay.value).second) continue;
      const auto read = read_overlay(overlay, cluster.overlay_folders);
      if (!read.ok()) problems.add(read.error());
    }
  }
}

void read_all(const Value& value, ClusterConfig& cluster, const ConfigPaths& paths, Problems& problems) {
  check(value, cluster_definition(), "", problems);
  const auto view = View::of(value, cluster_definition());
  if (!view) return;
  read_general(*view, cluster, problems);
  read_base(*view, cluster, paths, problems);
  if (const auto network = view->find("network")) cluster.network = network_from(*network, problems);
  if (const auto orchestrator = view->find("orchestrator")) read_orchestrator(*orchestrator, cluster, problems);
  if (const auto access = view->find("access")) cluster.access = access_from(*access, cluster.folder, problems);
  Library profiles(profile_kind(), search_folders(cluster.folder, paths, "profiles"), problems);
  if (const auto nodes = view->find("nodes")) read_nodes(*nodes, cluster, profiles, problems);
  check_kubernetes(cluster, problems);
  check_overlays(cluster, problems);
}

Result<ClusterConfig> cluster_from(const std::optional<Value>& value, const std::filesystem::path& file,
                                   const ConfigPaths& paths, Problems& problems) {
  ClusterConfig cluster;
  cluster.file = file;
  cluster.folder = folder_of(file);
  cluster.overlay_folders = search_folders(cluster.folder, paths, "overlays");
  if (value) read_all(*value, cluster, paths, problems);
  KRAKEN_TRY(problems.status());
  return cluster;
}

void check_network(const Value& value, Problems& problems) {
  const auto view = View::of(value, cluster_definition());
  if (!view) return;
  ClusterConfig cluster;
  if (const auto network = view->find("network")) cluster.network = network_from(*network, problems);
  if (const auto orchestrator = view->find("orchestrator")) read_orchestrator(*orchestrator, cluster, problems);
}

}  // namespace

Result<ClusterConfig> read_cluster_text(std::string_view text, const std::filesystem::path& file,
                                        const ConfigPaths& paths) {
  Problems problems;
  const auto value = parse_yaml(text, file.string(), problems);
  return cluster_from(value, file, paths, problems);
}

Result<ClusterConfig> read_cluster(const std::filesystem::path& file, const ConfigPaths& paths) {
  Problems problems;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    return Error(ErrorCode::kConfig, file.string() + ": no such file; 'kraken-image init' writes one");
  }
  const auto value = read_yaml(file, problems);
  return cluster_from(value, file, paths, problems);
}

Status check_text(SchemaKind kind, std::string_view text, const std::string& name) {
  Problems problems;
  const auto value = parse_yaml(text, name, problems);
  if (!value) return problems.status();
  check(*value, definition_of(kind), "", problems);
  if (kind == SchemaKind::kCluster) check_network(*value, problems);
  if (kind == SchemaKind::kProfile) profile_from({name, {}}, *value, problems);
  if (kind == SchemaKind::kOverlay) rules_from(*value);
  // A base that extends another is not whole by itself.
  if (kind == SchemaKind::kBase && value->find("extends") == nullptr) base_from(*value, name, problems);
  return problems.status();
}

const NodeConfig* ClusterConfig::find_node(std::uint32_t id) const {
  const auto found = std::ranges::find(nodes, id, [](const NodeConfig& node) { return node.id.value; });
  return found == nodes.end() ? nullptr : &*found;
}

const NodeConfig* ClusterConfig::first_manager() const {
  const auto found =
      std::ranges::find(nodes, Role::kManager, [](const NodeConfig& node) { return node.profile.role.value; });
  return found == nodes.end() ? nullptr : &*found;
}

bool ClusterConfig::is_first_manager(const NodeConfig& node) const {
  const NodeConfig* first = first_manager();
  return first != nullptr && first->id.value == node.id.value;
}

}  // namespace kraken
