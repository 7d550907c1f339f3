#include "cli/burn_nodes.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "burn/next_card.h"
#include "burn/take_turns.h"
#include "cli/card_taking.h"

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;
using Nodes = std::vector<const NodeConfig*>;

BurnOutcome not_begun(const NodeConfig& node) {
  BurnOutcome outcome;
  outcome.subject = {node.id.value, node.name.value, ""};
  return outcome;
}

BurnOutcomes none_begun(const Nodes& nodes) {
  BurnOutcomes outcomes;
  for (const NodeConfig* node : nodes) outcomes.push_back(not_begun(*node));
  return outcomes;
}

Error told_error(BurnRun& run, const BurnSubject& subject, const Error& error) {
  Error named = run.nodes == 1 ? error : error.with_context(subject.name);
  run.teller.failed(subject, named);
  return named;
}

BurnOutcome failed(BurnRun& run, const BurnSubject& subject, const Error& error) {
  BurnOutcome outcome;
  outcome.subject = subject;
  outcome.verdict = BurnVerdict::kFailed;
  outcome.error = told_error(run, subject, error);
  return outcome;
}

BurnOutcome written(BurnRun& run, NodeBurn& burn, const BurnReport& report) {
  BurnOutcome outcome;
  outcome.subject = burn.subject();
  outcome.verdict = run.options.verify ? BurnVerdict::kVerified : BurnVerdict::kWritten;
  outcome.written = report.written;
  const Status noted = burn.leave_receipt();
  if (!noted.ok()) outcome.error = told_error(run, outcome.subject, noted.error());
  return outcome;
}

BurnOutcome write(BurnRun& run, NodeBurn& burn) {
  const auto started = Clock::now();
  const auto report = burn.write();
  BurnOutcome outcome = report.ok() ? written(run, burn, *report) : failed(run, burn.subject(), report.error());
  outcome.seconds = std::chrono::duration<double>(Clock::now() - started).count();
  return outcome;
}

// False when the run is to stop. A signal need not reach the thread that waits here.
bool pause_between_looks() {
  constexpr std::chrono::milliseconds kNap{50};
  constexpr int kNaps = 10;
  for (int i = 0; i < kNaps && !stop_flag().load(); ++i) std::this_thread::sleep_for(kNap);
  return !stop_flag().load();
}

struct Reader {
  std::filesystem::path device;
  std::optional<NodeBurn> first;      // for the card that was in it from the start, if one was
  std::optional<CardIdentity> spent;  // the card that has had its turn
};

class CardRun {
 public:
  CardRun(BurnRun& run, const Nodes& nodes) : run_(run), nodes_(nodes) {}

  Status open_first(const std::vector<BlockDevice>& cards) {
    for (std::size_t i = 0; i < cards.size(); ++i) {
      readers_.push_back({cards[i].path, std::nullopt, std::nullopt});
      if (cards[i].size == 0) continue;
      KRAKEN_ASSIGN(readers_[i].first, NodeBurn::prepare(run_, *nodes_[i], {cards[i].path, cards[i]}));
    }
    for (Reader& reader : readers_) {
      if (reader.first) KRAKEN_TRY(reader.first->open());
    }
    return ok_status();
  }

  BurnOutcomes burn_all() {
    BurnOutcomes outcomes = none_begun(nodes_);
    take_turns({readers_.size(), nodes_.size(), &stop_flag()},
               [&](Turn turn) { outcomes[turn.item] = burn_next(readers_[turn.lane], *nodes_[turn.item]); });
    return outcomes;
  }

 private:
  BurnOutcome burn_next(Reader& reader, const NodeConfig& node) {
    std::optional<NodeBurn> burn = std::exchange(reader.first, std::nullopt);
    if (!burn) {
      auto taken = wait_at(reader, node);
      if (!taken.ok() && taken.error().code() == ErrorCode::kInterrupted) return not_begun(node);
      if (!taken.ok()) return failed(run_, subject_at(reader, node), taken.error());
      burn = std::move(taken).value();
    }
    reader.spent = identity_of(*burn->place().card);
    BurnOutcome outcome = write(run_, *burn);
    // One that failed may be tried for another node.
    if (outcome.verdict != BurnVerdict::kFailed) note_spent(*burn);
    return outcome;
  }

  Result<NodeBurn> wait_at(const Reader& reader, const NodeConfig& node) {
    const BurnSubject subject = subject_at(reader, node);
    CardTaking taking(run_, node, spent_);
    run_.teller.waiting(subject);
    CardHooks hooks;
    hooks.look = [&] { return query_block_device(reader.device, run_.options.cards.roots); };
    hooks.take = [&](const BlockDevice& card) { return taking.take(card); };
    hooks.on_refusal = [&](const std::string& reason) { run_.teller.refused(subject, reason); };
    hooks.pause = pause_between_looks;
    KRAKEN_TRY(wait_for_card(reader.spent, hooks));
    NodeBurn burn = taking.burn();
    run_.teller.inserted(subject, *burn.place().card);
    return burn;
  }

  void note_spent(const NodeBurn& burn) {
    const std::lock_guard lock(run_.making);
    // The card is good even if it is not known again.
    static_cast<void>(spent_.add(burn.subject().name, *burn.place().card, burn.image()));
  }

  static BurnSubject subject_at(const Reader& reader, const NodeConfig& node) {
    return {node.id.value, node.name.value, reader.device.string()};
  }

  BurnRun& run_;
  const Nodes& nodes_;
  std::vector<Reader> readers_;
  SpentCards spent_;
};

BurnOutcome burn_to_file(BurnRun& run, const NodeConfig& node, const std::filesystem::path& file) {
  const BurnSubject subject{node.id.value, node.name.value, file.string()};
  auto burn = NodeBurn::prepare(run, node, {file, std::nullopt});
  if (!burn.ok()) return failed(run, subject, burn.error());
  const Status opened = burn->open();
  return opened.ok() ? write(run, *burn) : failed(run, subject, opened.error());
}

}  // namespace

Result<BurnOutcomes> burn_to_cards(BurnRun& run, const Nodes& nodes, const std::vector<BlockDevice>& cards) {
  CardRun burns(run, nodes);
  KRAKEN_TRY(burns.open_first(cards));
  return burns.burn_all();
}

BurnOutcomes burn_to_files(BurnRun& run, const Nodes& nodes, const std::vector<std::filesystem::path>& files) {
  const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
  BurnOutcomes outcomes = none_begun(nodes);
  take_turns({std::min(cores, nodes.size()), nodes.size(), &stop_flag()},
             [&](Turn turn) { outcomes[turn.item] = burn_to_file(run, *nodes[turn.item], files[turn.item]); });
  return outcomes;
}

}  // namespace kraken
