#include "cli/choose_card.h"
#include "cli/commands.h"
#include "cli/node_burn.h"
#include "cli/render.h"

namespace kraken {

namespace {

Status confirm(const NodeBurn& burn) {
  const BlockDevice& card = *burn.place().card;
  const std::string name = card.path.string();
  const std::string model = card.model.empty() ? "" : ", " + card.model;
  const std::string what = name + " (" + human_bytes(card.size) + model + ")";
  if (ask_yes("Overwrite all of " + what + " with " + burn.subject().name + "?")) return ok_status();
  return Error(ErrorCode::kTargetRefused, name + " was not written: answer yes, or pass --yes");
}

Result<BurnPlace> place_on(const std::optional<std::filesystem::path>& device, const CardOptions& cards) {
  KRAKEN_ASSIGN(BlockDevice card, choose_card(device, cards));
  return BurnPlace{card.path, card};
}

Status burn_node(const BurnOptionsCli& options, const CommonOptions& common, BurnTeller& teller, EarlyBurns& early) {
  std::optional<BurnPlace> place;
  if (options.output) place = BurnPlace{*options.output, std::nullopt};
  // A named one that will not do is told of before the base is decoded.
  if (options.device) {
    KRAKEN_ASSIGN(place, place_on(options.device, options.cards));
  }
  std::vector<BlockDevice> cards;
  if (place && place->card) cards.push_back(*place->card);
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common, &early, cards));
  KRAKEN_ASSIGN(const NodeConfig* node, job.find_node(options.node));
  if (!place) {
    KRAKEN_ASSIGN(place, place_on(std::nullopt, options.cards));
  }
  BurnRun run{job, options, teller, early};
  KRAKEN_ASSIGN(NodeBurn burn, NodeBurn::prepare(run, *node, std::move(*place)));
  if (burn.place().card && !options.yes) KRAKEN_TRY(confirm(burn));
  KRAKEN_TRY(burn.open());
  KRAKEN_TRY(burn.write());
  return ok_status();
}

}  // namespace

Status run_burn(const BurnOptionsCli& options, const CommonOptions& common) {
  const auto teller = common.json ? make_json_burn_teller() : make_text_burn_teller();
  EarlyBurns early(options, *teller);
  Status done = burn_node(options, common, *teller, early);
  if (!done.ok()) done = early.explain(done.error());
  if (!done.ok()) teller->failed({options.node, "", ""}, done.error());
  return done;
}

}  // namespace kraken
