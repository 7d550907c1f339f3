#include <map>
#include <mutex>

#include "cli/burn_teller.h"
#include "cli/render.h"

namespace kraken {

namespace {

class TextBurnTeller : public BurnTeller {
 public:
  void warn(const BurnSubject& /*subject*/, const std::string& warning) override { print_warning(warning); }

  void progress(const BurnSubject& /*subject*/, const BurnProgress& progress) override {
    const std::lock_guard lock(mutex_);
    if (shown_ != progress.phase) line_.emplace(phase_name(progress.phase));
    shown_ = progress.phase;
    line_->update(progress.done, progress.total);
  }

  void finished(const BurnSubject& /*subject*/, const FinishedBurn& done) override {
    const std::lock_guard lock(mutex_);
    line_.reset();
    const auto& [plan, receipt, receipt_file] = done;
    const BurnReport& burn = receipt.burn;
    for (const std::string& warning : plan.warnings) print_warning(warning);
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

  // The program's last words say it.
  void failed(const BurnSubject& /*subject*/, const Error& /*error*/) override {
    const std::lock_guard lock(mutex_);
    line_.reset();
  }

 private:
  std::mutex mutex_;
  std::optional<BurnPhase> shown_;
  std::optional<ProgressLine> line_;
};

}  // namespace

std::unique_ptr<BurnTeller> make_text_burn_teller() {
  return std::make_unique<TextBurnTeller>();
}

}  // namespace kraken
