#include <sys/ioctl.h>
#include <unistd.h>

#include <iostream>
#include <map>
#include <mutex>

#include "cli/burn_teller.h"
#include "cli/environment.h"
#include "cli/progress_board.h"
#include "cli/render.h"

namespace kraken {

namespace {

// 0: not a terminal.
std::size_t terminal_columns() {
  constexpr std::size_t kUsual = 80;
  if (::isatty(STDERR_FILENO) != 1) return 0;
  winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::string card_text(const BlockDevice& card) {
  return human_bytes(card.size) + (card.model.empty() ? "" : ", " + card.model);
}

// "node 3 (kraken-3): ...", and what was done, line by line.
void print_burn(const FinishedBurn& done) {
  const auto& [plan, receipt, receipt_file] = done;
  const BurnReport& burn = receipt.burn;
  print_line("node " + std::to_string(plan.node_id) + " (" + plan.node_name + "): " + plan.system);
  print_line("  base       " + receipt.base_name + ", sha256 " + receipt.base_sha256);
  print_line("  edits      " + std::to_string(plan.edits.size()) + " (kraken-image plan --node " +
             std::to_string(plan.node_id) + " lists them)");
  if (burn.compared > 0) print_line("  compared   " + human_bytes(burn.compared) + " that the card had");
  print_line("  written    " + human_bytes(burn.written) + " of " + human_bytes(burn.image_size) + " to " +
             receipt.target_name);
  print_line(receipt.verify == VerifyMode::kReadBack
                 ? "  verified   " + human_bytes(burn.verified) + " read back past the page cache, all as written"
                 : std::string("  verified   no (--no-verify)"));
  print_line("  image      sha256 " + burn.image_sha256);
  print_line("  receipt    " + receipt_file.string());
}

std::string outcome_time(const BurnOutcome& outcome) {
  return outcome.verdict == BurnVerdict::kNotBegun ? "" : time_text(outcome.seconds);
}

std::string outcome_table(const std::vector<BurnOutcome>& outcomes) {
  std::vector<std::vector<std::string>> rows{{"node", "to", "written", "time", "verdict"}};
  for (const BurnOutcome& outcome : outcomes) {
    const std::string why = outcome.error ? ": " + outcome.error->what() : "";
    rows.push_back({outcome.subject.name, outcome.subject.target.empty() ? "-" : outcome.subject.target,
                    outcome.written == 0 ? "-" : human_bytes(outcome.written), outcome_time(outcome),
                    verdict_word(outcome.verdict) + why});
  }
  return format_table(rows);
}

class TextBurnTeller : public BurnTeller {
 public:
  void begin(std::size_t nodes) override { has_several_ = nodes > 1; }

  void warn(const BurnSubject& subject, const std::string& warning) override {
    above([&] { print_warning(prefix(subject) + warning); });
  }
  void waiting(const BurnSubject& subject) override {
    above([&] { std::cerr << "Put the card for " << subject.name << " into " << subject.target << '\n'; });
  }
  void refused(const BurnSubject& subject, const std::string& reason) override {
    above([&] { std::cerr << "The card in " << subject.target << " is not taken: " << reason << '\n'; });
  }
  void inserted(const BurnSubject& subject, const BlockDevice& card) override {
    above([&] { std::cerr << subject.name << ": to " << subject.target << " (" << card_text(card) << ")\n"; });
  }

  bool can_ask() const override { return ::isatty(STDIN_FILENO) == 1; }
  // Other cards go on meanwhile, and are shown again afterwards.
  bool confirm(const std::string& question) override {
    const std::lock_guard one_at_a_time(asking_);
    set_quiet(true);
    const bool is_yes = ask_yes(question, stop_flag());
    set_quiet(false);
    return is_yes;
  }

  // It has a line of its own, as with every command that needs a base.
  void obtaining(const Progress& /*progress*/) override {}
  void progress(const BurnSubject& subject, const BurnProgress& progress) override {
    const std::lock_guard lock(mutex_);
    if (progress.total == 0) return;
    Card& card = cards_[subject.node];
    const auto time = ProgressMeter::Clock::now();
    if (card.phase != progress.phase) card = {progress.phase, {}, time};
    const Progress done{progress.done, progress.total};
    const std::string phase = prefix(subject) + phase_name(progress.phase);
    const std::string text = card.meter.text(done, time);
    if (columns_ > 0) {
      board_.set(subject.node, phase + ' ' + progress_bar(done) + ' ' + text);
      if (is_quiet_ || time - drawn_ < kRedrawInterval) return;
      drawn_ = time;
      board_.draw();
    } else if (time - card.told >= kPlainInterval) {
      card.told = time;
      std::cerr << phase << ": " << text << '\n' << std::flush;
    }
  }

  void finished(const BurnSubject& subject, const FinishedBurn& burn) override {
    forget(subject);
    above([&] {
      for (const std::string& warning : burn.plan.warnings) print_warning(prefix(subject) + warning);
      if (!has_several_) return print_burn(burn);
      const bool is_verified = burn.receipt.verify == VerifyMode::kReadBack;
      print_line(subject.name + ": " + human_bytes(burn.receipt.burn.written) + " written to " + subject.target +
                 (is_verified ? " and verified" : ", not verified") + "; receipt " + burn.receipt_file.string());
    });
  }

  // Of a single node, and of a run, the program's last words tell.
  void failed(const BurnSubject& subject, const Error& error) override {
    forget(subject);
    above([&] {
      if (has_several_) print_error(error);
    });
  }

  void aborted(const BurnSubject& /*subject*/, const Error& /*error*/) override {}
  void summary(const std::vector<BurnOutcome>& outcomes) override {
    above([&] { print_text(outcome_table(outcomes)); });
  }

 private:
  struct Card {
    std::optional<BurnPhase> phase;
    ProgressMeter meter;
    ProgressMeter::Clock::time_point told;
  };

  std::string prefix(const BurnSubject& subject) const { return has_several_ ? subject.name + ": " : ""; }

  // Prints what stays, above the bars.
  template <typename Print>
  void above(const Print& print) {
    const std::lock_guard lock(mutex_);
    board_.hide();
    print();
    if (columns_ > 0 && !is_quiet_) board_.draw();
  }

  void set_quiet(bool is_quiet) {
    const std::lock_guard lock(mutex_);
    is_quiet_ = is_quiet;
    board_.hide();
  }

  void forget(const BurnSubject& subject) {
    const std::lock_guard lock(mutex_);
    cards_.erase(subject.node);
    board_.remove(subject.node);
  }

  bool has_several_ = false;
  std::mutex asking_;  // taken before the other one
  std::mutex mutex_;
  std::size_t columns_ = terminal_columns();
  ProgressBoard board_{std::cerr, columns_};
  bool is_quiet_ = false;
  ProgressMeter::Clock::time_point drawn_;
  std::map<std::uint32_t, Card> cards_;  // by node
};

}  // namespace

std::unique_ptr<BurnTeller> make_text_burn_teller() {
  return std::make_unique<TextBurnTeller>();
}

}  // namespace kraken
