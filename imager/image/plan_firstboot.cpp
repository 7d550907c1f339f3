#include "base/text.h"
#include "block/file_source.h"
#include "image/os_accounts.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

constexpr std::uint32_t kProgramMode = 0755;
constexpr std::uint32_t kFolderMode = 0755;
constexpr std::uint32_t kPublicMode = 0644;
constexpr std::uint32_t kPrivateMode = 0600;

constexpr const char* kUnitFolder = "/etc/systemd/system/";
constexpr const char* kJoinSocketFolder = "/etc/systemd/system/kraken-join.socket.d";

Status plan_unit(PlanParts& parts, const FirstbootUnit& unit, const std::string& text) {
  const std::string folder = kUnitFolder;
  const std::string name(unit.name);
  const std::string path = folder + name;
  KRAKEN_TRY(parts.plan.write(path, text, {"starts kraken-firstboot", {}}, with_mode(kPublicMode)));
  if (unit.wanted_by.empty()) return ok_status();
  const std::string wants = folder + std::string(unit.wanted_by) + ".wants";
  KRAKEN_TRY(parts.plan.make_folder(wants, {"for the units that are started", {}}, with_mode(kFolderMode)));
  return parts.plan.link(wants + "/" + name, path, {name + " is enabled", {}});
}

Status plan_program(PlanParts& parts, const FirstbootFiles& files) {
  KRAKEN_ASSIGN(std::unique_ptr<FileSource> program, FileSource::open(files.program));
  KRAKEN_TRY(parts.plan.make_folder("/usr/lib/kraken", {"for kraken-firstboot", {}}, with_mode(kFolderMode)));
  KRAKEN_TRY(parts.plan.write_source(kFirstbootPath, std::move(program),
                                     {"kraken-firstboot for " + parts.image.os().architecture, {}},
                                     with_mode(kProgramMode)));
  const bool is_manager = parts.inputs.node->profile.role.value == Role::kManager;
  for (std::size_t i = 0; i < kFirstbootUnits.size(); ++i) {
    const FirstbootUnit& unit = kFirstbootUnits[i];
    if (is_manager || !unit.of_managers) KRAKEN_TRY(plan_unit(parts, unit, files.unit_texts[i]));
  }
  return ok_status();
}

// systemd-timesyncd begins with the time of this file, or, when it has to make it, with its own build's: a node without
// a clock would start every boot before the time of its image (systemd-timesyncd.service(8), FILES).
Status plan_clock_floor(PlanParts& parts) {
  if (!parts.plan.exists("/lib/systemd/systemd-timesyncd")) return ok_status();
  const std::string folder = "/var/lib/systemd/timesync";
  const EditReason reason{"the node's clock does not start before the image's time", {}};
  NodeAttributes owner = with_mode(kFolderMode);
  KRAKEN_ASSIGN(const std::string passwd, parts.plan.text_of("/etc/passwd"));
  KRAKEN_ASSIGN(const std::vector<AccountEntry> accounts, parse_passwd(passwd));
  for (const AccountEntry& account : accounts) {
    if (account.name != "systemd-timesync") continue;
    owner.uid = account.uid;
    owner.gid = account.gid;
  }
  KRAKEN_TRY(parts.plan.make_folder(folder, reason, owner));
  owner.mode = kPublicMode;
  return parts.plan.write(folder + "/clock", "", reason, owner);
}

// The unit of the join broker's socket says the default port; an empty ListenStream= takes it back (systemd.socket(5)).
Status plan_broker_port(PlanParts& parts, const NodeRecord& record) {
  const bool is_manager = record.node.role == kManagerRole;
  if (!is_manager || !record.join || record.join->port == kDefaultBrokerPort) return ok_status();
  const EditReason reason{"port of the join broker", parts.inputs.cluster->join.broker_port.origin};
  KRAKEN_TRY(parts.plan.make_folder(kJoinSocketFolder, reason, with_mode(kFolderMode)));
  return parts.plan.write(std::string(kJoinSocketFolder) + "/port.conf",
                          "[Socket]\nListenStream=\nListenStream=" + std::to_string(record.join->port) + "\n", reason,
                          with_mode(kPublicMode));
}

// A base that was a node's card once must not bring another cluster's keys along.
Status plan_secrets(PlanParts& parts) {
  const auto& secrets = parts.inputs.secrets;
  if (!secrets) return parts.plan.remove(kNodeSecretsPath, {"secrets of another node", {}});
  KRAKEN_TRY(check_node_secrets(*secrets));
  const SecretBytes text = format_node_secrets(*secrets);
  const bool is_manager = !secrets->join_keys.empty();
  const EditReason reason{is_manager ? "keys of the join broker, derived from the cluster's secret"
                                     : "key for the join broker, derived from the cluster's secret",
                          parts.inputs.cluster->secrets_folder.origin};
  return parts.plan.write(kNodeSecretsPath, as_text(text.view()), reason, with_mode(kPrivateMode), Secrecy::kSecret);
}

}  // namespace

Status plan_firstboot(PlanParts& parts) {
  const NodeInputs& inputs = parts.inputs;
  KRAKEN_ASSIGN(const FirstbootFiles files, find_firstboot(inputs.share, parts.image.os().architecture));
  KRAKEN_TRY(plan_program(parts, files));
  KRAKEN_TRY(plan_clock_floor(parts));
  const NodeRecord record = make_node_record(inputs, parts.image.os().boot_folder);
  KRAKEN_TRY(parts.plan.make_folder("/etc/kraken", {"for the node record", {}}, with_mode(kFolderMode)));
  const std::string text = format_node_record(record);
  // What the node would refuse must not get onto a card.
  KRAKEN_TRY(parse_node_record(text).recode(ErrorCode::kConfig));
  KRAKEN_TRY(parts.plan.write(kNodeRecordPath, text,
                              {"node record of node " + std::to_string(inputs.node->id.value), inputs.node->id.origin},
                              with_mode(kPrivateMode)));
  KRAKEN_TRY(plan_broker_port(parts, record));
  return plan_secrets(parts);
}

}  // namespace kraken
