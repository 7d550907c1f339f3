#include <algorithm>
#include <cerrno>

#include "cli/burn_nodes.h"
#include "cli/burn_place.h"
#include "cli/burn_receipt.h"
#include "cli/choose_card.h"
#include "cli/commands.h"
#include "cli/confirm_card.h"
#include "cli/output_files.h"
#include "cli/render.h"

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

Result<std::vector<const NodeConfig*>> wanted_nodes(const ClusterConfig& cluster, const BurnOptionsCli& options) {
  std::vector<const NodeConfig*> nodes;
  for (const std::uint32_t id : options.nodes) {
    KRAKEN_ASSIGN(const NodeConfig* node, find_node(cluster, id));
    nodes.push_back(node);
  }
  if (!options.nodes.empty()) return nodes;
  for (const NodeConfig& node : cluster.nodes) nodes.push_back(&node);
  return nodes;
}

// What a run is about, all of it known and checked before the base is obtained.
struct Wanted {
  std::vector<const NodeConfig*> nodes;
  std::vector<stdfs::path> files;  // with --output, one for each node
  std::vector<BlockDevice> cards;  // else; of size 0: a reader whose card is waited for
};

Status find_wanted(const ClusterConfig& cluster, const BurnOptionsCli& options, Chooser chooser, Wanted& wanted) {
  KRAKEN_ASSIGN(wanted.nodes, wanted_nodes(cluster, options));
  KRAKEN_TRY(check_devices(options.devices.size(), wanted.nodes.size()));
  if (!options.output && wanted.cards.empty()) {
    KRAKEN_ASSIGN(BlockDevice card, choose_card(options.cards, chooser));
    wanted.cards.push_back(std::move(card));
  }
  return ok_status();
}

// Once, before the base is obtained: it can take minutes, in which nobody need wait for a question. All of the cards
// are asked about before the first is opened.
Status confirm_cards(const Wanted& wanted, const BurnOptionsCli& options, BurnTeller& teller) {
  for (std::size_t i = 0; i < wanted.cards.size(); ++i) {
    if (wanted.cards[i].size == 0) continue;
    const BurnPlace place{wanted.cards[i].path, wanted.cards[i]};
    KRAKEN_ASSIGN(const std::optional<ImageSize> size, image_size_for(place, options));
    KRAKEN_TRY(check_image_size(*size, *wanted.nodes[i], 0).recode(ErrorCode::kTargetRefused));
  }
  for (std::size_t i = 0; i < wanted.cards.size(); ++i) {
    const BlockDevice& card = wanted.cards[i];
    KRAKEN_TRY(card.size == 0 ? check_can_confirm(card, options, teller)
                              : confirm_card(card, wanted.nodes[i]->name.value, options, teller));
  }
  return ok_status();
}

// Here too, for a card may be written before its image is made. Who takes several cards in turn is told at the first.
Status prepare_receipts(const ClusterConfig& cluster, const Wanted& wanted) {
  if (wanted.cards.empty()) return ok_status();
  const BurnPlace place{wanted.cards.front().path, wanted.cards.front()};
  for (const NodeConfig* node : wanted.nodes) {
    KRAKEN_TRY(prepare_receipt(receipt_file_of(cluster, node->name.value, place), place));
  }
  return ok_status();
}

Result<BurnOutcomes> burn(const BurnOptionsCli& options, const CommonOptions& common, BurnTeller& teller,
                          EarlyBurns& early) {
  Wanted wanted;
  KRAKEN_ASSIGN(wanted.cards, named_cards(options));
  const auto before_base = [&](const ClusterConfig& cluster, const Environment& environment) -> Status {
    KRAKEN_TRY(find_wanted(cluster, options, common.json ? Chooser::kNobody : Chooser::kTerminal, wanted));
    const RunInputs inputs = inputs_of(cluster, common, environment);
    for (const BlockDevice& card : wanted.cards) KRAKEN_TRY(check_spares_inputs(card, inputs));
    if (options.output) {
      KRAKEN_ASSIGN(wanted.files, output_files(options, wanted.nodes, inputs));
    }
    teller.begin(wanted.nodes.size());
    KRAKEN_TRY(confirm_cards(wanted, options, teller));
    KRAKEN_TRY(prepare_receipts(cluster, wanted));
    return early.begin(wanted.nodes, wanted.cards);
  };
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common, before_base, &early));
  BurnRun run{job, options, teller, early, wanted.nodes.size()};
  if (options.output) return burn_to_files(run, wanted.nodes, wanted.files);
  return burn_to_cards(run, wanted.nodes, wanted.cards);
}

// Of a run that nothing came of, as far as the command line names it.
BurnSubject subject_of(const BurnOptionsCli& options) {
  BurnSubject subject;
  if (options.nodes.size() == 1) subject.node = options.nodes.front();
  if (options.output) subject.target = options.output->string();
  if (options.devices.size() == 1) subject.target = options.devices.front().string();
  return subject;
}

// After which nothing more is told: of several nodes a summary; a single one has told of its end, if it had a begin.
void tell_end(BurnTeller& teller, const BurnOptionsCli& options, const BurnOutcomes& outcomes) {
  if (outcomes.size() > 1) return teller.summary(outcomes);
  const BurnOutcome& only = outcomes.front();
  if (only.verdict != BurnVerdict::kNotBegun) return;
  BurnSubject subject = only.subject;
  subject.target = subject_of(options).target;
  teller.aborted(subject, status_of(outcomes).error());
}

// Who could not read of it to the end must not take a good card for a bad one.
void note_unread(const BurnOptionsCli& options, const Status& burned) {
  const Status shown = output_status();
  if (shown.ok()) return;
  const std::string why = shown.error().sys_errno() == EPIPE ? "the reader of standard output went away before the end"
                                                             : "not all could be written to standard output";
  print_note(why + (!burned.ok()     ? ""
                    : options.verify ? "; all that was to be burned is good: written and verified"
                                     : "; all that was to be burned is written, and not verified, as was asked for"));
}

}  // namespace

Status run_burn(const BurnOptionsCli& options, const CommonOptions& common) {
  const auto teller = common.json ? make_json_burn_teller() : make_text_burn_teller();
  EarlyBurns early(options, *teller);
  const auto outcomes = burn(options, common, *teller, early);
  if (!outcomes.ok()) {
    const Error error = early.explain(outcomes.error());
    teller->aborted(subject_of(options), error);
    return error;
  }
  tell_end(*teller, options, *outcomes);
  const Status burned = status_of(*outcomes);
  note_unread(options, burned);
  return burned;
}

}  // namespace kraken
