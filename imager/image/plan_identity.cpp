#include "base/text.h"
#include "cluster/ssh_host_keys.h"
#include "contract/hosts_file.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

constexpr std::uint32_t kPrivateMode = 0600;
constexpr std::uint32_t kPublicMode = 0644;

Status plan_names(PlanParts& parts) {
  const NodeConfig& node = *parts.inputs.node;
  KRAKEN_TRY(parts.plan.edit_text(kHostnamePath, {"host name", node.name.origin},
                                  [&](const std::string&) { return Result<std::string>(node.name.value + "\n"); }));
  const NodeRecord record = make_node_record(parts.inputs, parts.image.os().boot_folder);
  return parts.plan.edit_text(
      kHostsPath, {"names of the cluster's nodes", node.name.origin},
      [&](const std::string& text) { return Result<std::string>(managed_hosts(text, record)); });
}

Status plan_time_zone(PlanParts& parts) {
  const auto& zone = parts.inputs.cluster->timezone;
  if (!zone.value) return ok_status();
  const std::string file = "/usr/share/zoneinfo/" + *zone.value;
  if (!parts.plan.exists(file)) {
    parts.warnings.push_back(zone.origin.text() + ": the image has no time zone " + *zone.value + " (" + file +
                             "): its own stays. Install tzdata in the base, or leave timezone out");
    return ok_status();
  }
  KRAKEN_TRY(parts.plan.link("/etc/localtime", file, {"time zone", zone.origin}));
  return parts.plan.edit_text("/etc/timezone", {"time zone", zone.origin},
                              [&](const std::string&) { return Result<std::string>(*zone.value + "\n"); });
}

Status plan_host_key(PlanParts& parts) {
  const SshHostKey& key = parts.inputs.host_key;
  const Origin& origin = parts.inputs.cluster->secrets_folder.origin;
  const EditReason reason{"SSH host key, derived from the cluster's secret", origin};
  const std::string path(kSshHostKeyPath);
  KRAKEN_TRY(parts.plan.make_folder("/etc/ssh", reason, with_mode(0755)));
  KRAKEN_TRY(
      parts.plan.write(path, as_text(key.private_key.view()), reason, with_mode(kPrivateMode), Secrecy::kSecret));
  return parts.plan.write(path + ".pub", key.public_file(), reason, with_mode(kPublicMode));
}

}  // namespace

Status plan_identity(PlanParts& parts) {
  KRAKEN_TRY(plan_names(parts));
  KRAKEN_TRY(plan_time_zone(parts));
  return plan_host_key(parts);
}

}  // namespace kraken
