#include "cli/confirm_card.h"

#include "cli/environment.h"

namespace kraken {

std::string card_question(const BlockDevice& card, const std::string& node, const BurnOptionsCli& options) {
  const std::string model = card.model.empty() ? "" : ", " + card.model;
  const std::string what = card.path.string() + " (" + human_bytes(card.size) + model + ")";
  if (!options.update) return "Overwrite all of " + what + " with " + node + "?";
  return "Update " + what + " to " + node + ", losing what was changed on it since it was burned?";
}

Status confirm_card(const BlockDevice& card, const std::string& node, const BurnOptionsCli& options,
                    BurnTeller& teller) {
  if (options.yes || teller.confirm(card_question(card, node, options))) return ok_status();
  const std::string name = card.path.string();
  if (stop_flag().load()) return Error(ErrorCode::kInterrupted, "interrupted: " + name + " was not written");
  return Error(ErrorCode::kTargetRefused, name + " was not written: answer yes, or pass --yes");
}

Status check_can_confirm(const BlockDevice& reader, const BurnOptionsCli& options, const BurnTeller& teller) {
  if (options.yes || teller.can_ask()) return ok_status();
  return Error(
      ErrorCode::kTargetRefused,
      reader.path.string() + ": no medium in it, and nobody to be asked about one: put a card in, or pass --yes");
}

}  // namespace kraken
