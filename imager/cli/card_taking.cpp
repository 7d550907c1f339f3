#include "cli/card_taking.h"

#include "cli/confirm_card.h"

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
  if (!answer_) answer_ = confirm_card(card, node_->name.value, run_->options, run_->teller);
  KRAKEN_TRY(*answer_);
  return burn_->open();
}

bool CardTaking::is_prepared_for(const BlockDevice& card) const {
  return burn_ && identity_of(*burn_->place().card) == identity_of(card);
}

}  // namespace kraken
