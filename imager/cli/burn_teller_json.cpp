#include <chrono>
#include <map>
#include <mutex>

#include "cli/burn_events.h"
#include "cli/burn_teller.h"
#include "cli/render.h"

namespace kraken {

namespace {

class JsonBurnTeller : public BurnTeller {
 public:
  void begin(std::size_t nodes) override { has_several_ = nodes > 1; }
  void warn(const BurnSubject& /*subject*/, const std::string& warning) override {
    const std::lock_guard lock(mutex_);
    print_warning(warning);
  }

  void waiting(const BurnSubject& subject) override { print(burn_event("waiting", subject)); }
  void refused(const BurnSubject& subject, const std::string& reason) override {
    Json json = burn_event("refused", subject);
    json.set("reason", reason);
    print(json);
  }
  void inserted(const BurnSubject& subject, const BlockDevice& card) override {
    Json json = burn_event("inserted", subject);
    json.set("size", card.size);
    json.set("model", card.model.empty() ? Json() : Json(card.model));
    json.set("serial", card.serial.empty() ? Json() : Json(card.serial));
    print(json);
  }
  bool can_ask() const override { return false; }
  bool confirm(const std::string& /*question*/) override { return false; }

  // Twice a second.
  void obtaining(const Progress& progress) override {
    const std::lock_guard lock(mutex_);
    const auto time = Clock::now();
    if (obtaining_told_ && time - *obtaining_told_ < kInterval) return;
    obtaining_told_ = time;
    print_json_line(obtaining_event(progress));
  }

  // Twice a second, and at a phase's start and end.
  void progress(const BurnSubject& subject, const BurnProgress& progress) override {
    const std::lock_guard lock(mutex_);
    Told& told = told_[subject.node];
    const auto time = Clock::now();
    const bool is_due =
        told.phase != progress.phase || progress.done == progress.total || time - told.time >= kInterval;
    if (!is_due) return;
    told = {progress.phase, time};
    print_json_line(progress_event(subject, progress));
  }

  void finished(const BurnSubject& subject, const FinishedBurn& burn) override {
    Json json = burn_event("result", subject);
    json.set("receipt", receipt_json(burn.receipt));
    print(json);
  }

  void failed(const BurnSubject& subject, const Error& error) override {
    print(error_event(subject, error));
    const std::lock_guard lock(mutex_);
    if (has_several_) print_error(error);
  }

  void aborted(const BurnSubject& subject, const Error& error) override { print(error_event(subject, error)); }
  void summary(const std::vector<BurnOutcome>& outcomes) override { print(summary_event(outcomes)); }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{500};

  struct Told {
    std::optional<BurnPhase> phase;
    Clock::time_point time;
  };

  void print(const Json& event) {
    const std::lock_guard lock(mutex_);
    print_json_line(event);
  }

  bool has_several_ = false;  // else the program's last words tell of the failure
  std::mutex mutex_;
  std::optional<Clock::time_point> obtaining_told_;
  std::map<std::uint32_t, Told> told_;  // by node
};

}  // namespace

std::unique_ptr<BurnTeller> make_json_burn_teller() {
  return std::make_unique<JsonBurnTeller>();
}

}  // namespace kraken
