#include "burn/next_card.h"

#include <algorithm>
#include <cerrno>
#include <vector>

namespace kraken {

namespace {

// The cards that come and go in one reader.
class Reader {
 public:
  explicit Reader(std::optional<CardIdentity> spent) : spent_(std::move(spent)) {}

  // Whether a card is in it that has not had its turn.
  bool has_new_card(const Result<BlockDevice>& seen) {
    const bool is_empty = !seen.ok() || seen->size == 0;
    const auto card = is_empty ? std::nullopt : std::optional(identity_of(*seen));
    if (card != card_) reasons_.clear();
    card_ = card;
    if (card_ != spent_) spent_.reset();
    return card_ && !spent_;
  }

  // The card had its turn.
  void spend() { spent_ = card_; }

  bool is_news(const std::string& reason) {
    if (std::ranges::find(reasons_, reason) != reasons_.end()) return false;
    reasons_.push_back(reason);
    return true;
  }

 private:
  std::optional<CardIdentity> spent_;
  std::optional<CardIdentity> card_;  // what was in it at the last look
  std::vector<std::string> reasons_;  // that it was refused for
};

}  // namespace

Status wait_for_card(std::optional<CardIdentity> spent, const CardHooks& hooks) {
  Reader reader(std::move(spent));
  while (true) {
    const Result<BlockDevice> seen = hooks.look();
    if (reader.has_new_card(seen)) {
      const Status taken = hooks.take(*seen);
      if (taken.ok() || taken.error().code() != ErrorCode::kTargetRefused) return taken;
      if (taken.error().sys_errno() != EBUSY) reader.spend();
      if (reader.is_news(taken.error().what())) hooks.on_refusal(taken.error().what());
    }
    if (!hooks.pause()) return Error(ErrorCode::kInterrupted, "interrupted while waiting for a card");
  }
}

}  // namespace kraken
