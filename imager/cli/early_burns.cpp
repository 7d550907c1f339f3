#include "cli/early_burns.h"

#include <algorithm>

#include "cli/burn_place.h"
#include "cli/environment.h"

namespace kraken {

namespace {

Error spoiled(const std::filesystem::path& device, const Error& why) {
  return Error(why.code(),
               why.what() + "; " + device.string() + " had begun to be written, and does not boot: burn it anew",
               why.sys_errno());
}

}  // namespace

Status EarlyBurns::begin(const std::vector<const NodeConfig*>& nodes, const std::vector<BlockDevice>& cards) {
  nodes_ = nodes.size();
  if (options_.update) return ok_status();
  for (std::size_t i = 0; i < std::min(cards.size(), nodes.size()); ++i) {
    if (cards[i].size == 0) continue;
    const BurnPlace place{cards[i].path, cards[i]};
    KRAKEN_ASSIGN(const std::optional<ImageSize> size, image_size_for(place, options_));
    Waiting waiting;
    waiting.subject = {nodes[i]->id.value, nodes[i]->name.value, place.path.string()};
    KRAKEN_ASSIGN(waiting.card.target, open_place(place, size->bytes, options_.cards));
    const EarlyOptions early{size->bytes, options_.verify ? VerifyMode::kReadBack : VerifyMode::kNone,
                             options_.probe ? ProbeMode::kBeforeWriting : ProbeMode::kNone};
    waiting.card.writer = std::make_unique<EarlyWriter>(growing_, *waiting.card.target, early);
    cards_.emplace(place.path, std::move(waiting));
  }
  return ok_status();
}

bool EarlyBurns::is_writing() const {
  return std::ranges::any_of(cards_, [](const auto& entry) { return entry.second.card.writer->total() > 0; });
}

bool EarlyBurns::tell() {
  bool is_any_alive = nodes_ > cards_.size();
  for (const auto& [device, waiting] : cards_) {
    const EarlyWriter& writer = *waiting.card.writer;
    is_any_alive = is_any_alive || !writer.has_failed();
    if (writer.total() == 0) continue;
    teller_.progress(waiting.subject, {BurnPhase::kWrite, writer.written(), writer.total()});
  }
  return is_any_alive;
}

Error EarlyBurns::explain(const Error& error) {
  std::optional<Error> own;
  for (auto& [device, waiting] : cards_) {
    const Status given_up = waiting.card.writer->give_up();
    if (!given_up.ok()) own = given_up.error();
  }
  const bool was_given_up = own && error.code() == ErrorCode::kInterrupted && !stop_flag().load();
  Error cause = was_given_up ? *own : error;
  for (auto& [device, waiting] : cards_) {
    if (waiting.card.writer->total() == 0) continue;
    if (nodes_ == 1) {
      cause = spoiled(device, cause);
      continue;
    }
    const Status given_up = waiting.card.writer->give_up();
    const Error why = spoiled(device, given_up.ok() ? cause : given_up.error());
    teller_.failed(waiting.subject, why.with_context(waiting.subject.name));
  }
  cards_.clear();
  return cause;
}

std::optional<EarlyCard> EarlyBurns::take(const std::filesystem::path& device) {
  auto found = cards_.extract(device);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped().card);
}

}  // namespace kraken
