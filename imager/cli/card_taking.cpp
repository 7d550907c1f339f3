#include "cli/card_taking.h"

namespace kraken {

Status CardTaking::take(const BlockDevice& card) {
  const CardOptions& cards = run_->options.cards;
  KRAKEN_TRY(check_named_card(card, cards.limits, cards.fixed));
  if (!is_prepared_for(card)) {
    const BurnPlace place{card.path, card};
    burn_.reset();
    answer_.reset();
    KRAKEN_TRY(spent_->check(card));
    KRAKEN_ASSIGN(burn_, NodeBurn::prepare(*run_, *node_, place));
  }
  if (!answer_) answer_ = confirm_card(*run_, *burn_);
  KRAKEN_TRY(*answer_);
  return burn_->open();
}

bool CardTaking::is_prepared_for(const BlockDevice& card) const {
  return burn_ && identity_of(*burn_->place().card) == identity_of(card);
}

Status confirm_card(BurnRun& run, const NodeBurn& burn) {
  if (run.options.yes) return ok_status();
  const BlockDevice& card = *burn.place().card;
  const std::string name = card.path.string();
  const std::string model = card.model.empty() ? "" : ", " + card.model;
  const std::string what = name + " (" + human_bytes(card.size) + model + ")";
  if (run.teller.confirm("Overwrite all of " + what + " with " + burn.subject().name + "?")) return ok_status();
  if (stop_flag().load()) return Error(ErrorCode::kInterrupted, "interrupted: " + name + " was not written");
  return Error(ErrorCode::kTargetRefused, name + " was not written: answer yes, or pass --yes");
}

}  // namespace kraken
