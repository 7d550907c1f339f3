#include <chrono>
#include <map>
#include <mutex>

#include "cli/burn_teller.h"
#include "cli/exit_status.h"
#include "cli/render.h"

namespace kraken {

namespace {

class JsonBurnTeller : public BurnTeller {
 public:
  void warn(const BurnSubject& /*subject*/, const std::string& warning) override { print_warning(warning); }

  // Twice a second, and at a phase's start and end.
  void progress(const BurnSubject& subject, const BurnProgress& progress) override {
    const std::lock_guard lock(mutex_);
    Told& told = told_[subject.target];
    const auto time = Clock::now();
    const bool is_due =
        told.phase != progress.phase || progress.done == progress.total || time - told.time >= kInterval;
    if (!is_due) return;
    told = {progress.phase, time};
    Json json = event("progress");
    json.set("phase", phase_name(progress.phase));
    json.set("done", progress.done);
    json.set("total", progress.total);
    print_json_line(json);
  }

  void finished(const BurnSubject& /*subject*/, const FinishedBurn& burn) override {
    const std::lock_guard lock(mutex_);
    Json json = event("result");
    json.set("receipt", receipt_json(burn.receipt));
    print_json_line(json);
  }

  void failed(const BurnSubject& /*subject*/, const Error& error) override {
    const std::lock_guard lock(mutex_);
    Json json = event("error");
    json.set("status", exit_status_of(error.code()));
    json.set("message", error.what());
    print_json_line(json);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{500};

  struct Told {
    std::optional<BurnPhase> phase;
    Clock::time_point time;
  };

  static Json event(std::string_view name) {
    Json json = Json::object();
    json.set("event", name);
    return json;
  }

  std::mutex mutex_;
  std::map<std::string, Told> told_;  // by target
};

}  // namespace

std::unique_ptr<BurnTeller> make_json_burn_teller() {
  return std::make_unique<JsonBurnTeller>();
}

}  // namespace kraken
