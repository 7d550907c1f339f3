#include <algorithm>

#include "cli/burn_nodes.h"
#include "cli/choose_card.h"
#include "cli/commands.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

Error usage(const std::string& what) {
  return {ErrorCode::kInvalidArgument, what};
}

Result<std::vector<BlockDevice>> named_cards(const BurnOptionsCli& options) {
  std::vector<BlockDevice> cards;
  for (const stdfs::path& device : options.devices) {
    KRAKEN_ASSIGN(BlockDevice card, named_card(device, options.cards));
    const auto same = std::ranges::find(cards, card.number, &BlockDevice::number);
    if (same != cards.end()) return usage(same->path.string() + " and " + device.string() + " are the same device");
    cards.push_back(std::move(card));
  }
  return cards;
}

Status check_devices(std::size_t devices, std::size_t nodes) {
  if (devices <= nodes) return ok_status();
  return usage(std::to_string(devices) + " devices are named, and only " + std::to_string(nodes) +
               " nodes to burn: leave a --device out");
}

Result<std::vector<const NodeConfig*>> wanted_nodes(const NodeJob& job, const BurnOptionsCli& options) {
  std::vector<const NodeConfig*> nodes;
  for (const std::uint32_t id : options.nodes) {
    KRAKEN_ASSIGN(const NodeConfig* node, job.find_node(id));
    nodes.push_back(node);
  }
  if (!options.nodes.empty()) return nodes;
  for (const NodeConfig& node : job.cluster().nodes) nodes.push_back(&node);
  return nodes;
}

// A single node's file is named itself, unless the name ends in a slash.
Result<std::vector<stdfs::path>> output_files(const BurnOptionsCli& options,
                                              const std::vector<const NodeConfig*>& nodes) {
  const stdfs::path& output = *options.output;
  const bool is_folder_name = !output.has_filename();
  std::error_code ignored;
  if (!is_folder_name && options.nodes.size() == 1) return std::vector{output};
  if (!is_folder_name && !stdfs::is_directory(output, ignored)) {
    return usage("--output " + output.string() + ": several nodes need a folder; end its name in / to have it made");
  }
  KRAKEN_TRY(make_folders(output).recode(ErrorCode::kTargetRefused));
  std::vector<stdfs::path> files;
  for (const NodeConfig* node : nodes) files.push_back(output / (node->name.value + ".img"));
  return files;
}

Result<BurnOutcomes> burn(const BurnOptionsCli& options, const CommonOptions& common, BurnTeller& teller) {
  // What the command line alone shows to be wrong is told of before the base is decoded.
  if (!options.nodes.empty()) KRAKEN_TRY(check_devices(options.devices.size(), options.nodes.size()));
  KRAKEN_ASSIGN(std::vector<BlockDevice> cards, named_cards(options));
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common));
  KRAKEN_ASSIGN(const std::vector<const NodeConfig*> nodes, wanted_nodes(job, options));
  KRAKEN_TRY(check_devices(options.devices.size(), nodes.size()));
  teller.begin(nodes.size());
  BurnRun run{job, options, teller, nodes.size()};
  if (options.output) {
    KRAKEN_ASSIGN(const std::vector<stdfs::path> files, output_files(options, nodes));
    return burn_to_files(run, nodes, files);
  }
  if (cards.empty()) {
    KRAKEN_ASSIGN(BlockDevice card, choose_card(options.cards, common.json ? Chooser::kNobody : Chooser::kTerminal));
    cards.push_back(std::move(card));
  }
  return burn_to_cards(run, nodes, cards);
}

// Of a run that nothing came of, as far as the command line names it.
BurnSubject subject_of(const BurnOptionsCli& options) {
  BurnSubject subject;
  if (options.nodes.size() == 1) subject.node = options.nodes.front();
  if (options.output) subject.target = options.output->string();
  if (options.devices.size() == 1) subject.target = options.devices.front().string();
  return subject;
}

}  // namespace

Status run_burn(const BurnOptionsCli& options, const CommonOptions& common) {
  const auto teller = common.json ? make_json_burn_teller() : make_text_burn_teller();
  const auto outcomes = burn(options, common, *teller);
  if (!outcomes.ok()) {
    teller->aborted(subject_of(options), outcomes.error());
    return outcomes.error();
  }
  if (outcomes->size() > 1) teller->summary(*outcomes);
  return status_of(*outcomes);
}

}  // namespace kraken
