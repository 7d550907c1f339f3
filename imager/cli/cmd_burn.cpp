#include <chrono>

#include "base/version.h"
#include "burn/receipt.h"
#include "burn/target.h"
#include "burn/writer.h"
#include "cli/choose_card.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/exit_status.h"
#include "cli/node_job.h"
#include "cli/render.h"
#include "cli/render_plan.h"
#include "image/used_space.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

// The card's own size, or what --size says; a file without either takes the node's own.
Result<std::optional<ImageSize>> image_size(const std::optional<BlockDevice>& card, const BurnOptionsCli& options) {
  if (card) {
    if (options.size && *options.size > card->size) {
      return Error(ErrorCode::kTargetRefused,
                   card->path.string() + " has " + human_bytes(card->size) + ", less than --size asks for");
    }
    return std::optional(ImageSize{round_down(options.size.value_or(card->size), kMiB), {card->path.string(), 0, 0}});
  }
  if (options.size) return std::optional(ImageSize{*options.size, {"--size", 0, 0}});
  return std::optional<ImageSize>();
}

Result<std::unique_ptr<Target>> open_target(const std::optional<BlockDevice>& card, const BurnOptionsCli& options,
                                            Bytes size) {
  if (!card) return open_file_target(*options.output, size);
  DevicePolicy policy{size, options.cards.roots, options.cards.limits, options.cards.fixed, identity_of(*card), {}};
  policy.permission.announce = print_note;
  policy.permission.patience.stop = &stop_flag();
  return open_device_target(card->path, policy);
}

Status confirm(const BlockDevice& card, const NodePlan& plan) {
  const std::string name = card.path.string();
  const std::string model = card.model.empty() ? "" : ", " + card.model;
  const std::string what = name + " (" + human_bytes(card.size) + model + ")";
  if (ask_yes("Overwrite all of " + what + " with " + plan.node_name + "?")) return ok_status();
  return Error(ErrorCode::kTargetRefused, name + " was not written: answer yes, or pass --yes");
}

Result<std::vector<ReceiptEdit>> receipt_edits(const NodePlan& plan) {
  std::vector<ReceiptEdit> edits;
  for (const Edit& edit : plan.edits) {
    if (edit.kind == EditKind::kRemove) continue;
    ReceiptEdit entry;
    entry.path = edit.path;
    KRAKEN_ASSIGN(entry.sha256, edit_sha256(edit));
    entry.size = edit.content ? edit.content->size() : 0;
    entry.mode = edit.attributes.mode;
    entry.secrecy = edit.secrecy == Secrecy::kSecret ? EditSecrecy::kSecret : EditSecrecy::kPublic;
    edits.push_back(std::move(entry));
  }
  return edits;
}

Result<Receipt> make_receipt(const NodeJob& job, const NodePlan& plan, const std::optional<BlockDevice>& card,
                             const BurnOptionsCli& options) {
  Receipt receipt;
  receipt.tool = kToolName;
  receipt.node_id = static_cast<int>(plan.node_id);
  receipt.node_name = plan.node_name;
  receipt.cluster = job.cluster().name.value;
  receipt.base_name = job.base_name();
  receipt.base_sha256 = job.base().sha256;
  receipt.base_file_sha256 = job.base().file_sha256;
  receipt.target_kind = card ? TargetKind::kDevice : TargetKind::kFile;
  receipt.target_name = card ? card->path.string() : options.output->string();
  if (card) {
    receipt.target_model = card->model;
    receipt.target_serial = card->serial;
  }
  receipt.verify = options.verify ? VerifyMode::kReadBack : VerifyMode::kNone;
  KRAKEN_ASSIGN(receipt.edits, receipt_edits(plan));
  return receipt;
}

// Beside the image; a card's lies in the cluster's folder.
Result<stdfs::path> receipt_path(const NodeJob& job, const NodePlan& plan, const BurnOptionsCli& options) {
  if (options.output) return stdfs::path(options.output->string() + ".receipt.json");
  const stdfs::path folder = job.cluster().folder / "receipts";
  KRAKEN_TRY(make_folders(folder));
  return folder / (plan.node_name + ".receipt.json");
}

std::string phase_name(BurnPhase phase) {
  switch (phase) {
    case BurnPhase::kWrite:
      return "writing";
    case BurnPhase::kFlush:
      return "flushing";
    case BurnPhase::kVerify:
      return "verifying";
  }
  return "";
}

// Nothing: every block.
Result<std::optional<std::vector<Extent>>> extents_to_write(const BlockSource& image, const BurnOptionsCli& options) {
  if (options.full) return std::optional<std::vector<Extent>>();
  KRAKEN_ASSIGN(UsedSpace used, find_used_space(image));
  for (const std::string& partition : used.whole) print_warning("written whole, with its free space: " + partition);
  return std::optional(std::move(used.extents));
}

// Tells of a burn while it runs: a bar or plain lines for people, lines of JSON for machines.
class Teller {
 public:
  explicit Teller(const CommonOptions& common) : as_json_(common.json) {}

  void tell(const BurnProgress& progress) {
    const bool is_new = shown_ != progress.phase;
    shown_ = progress.phase;
    if (as_json_) {
      const bool is_due = is_new || progress.done == progress.total || Clock::now() - told_ >= kInterval;
      if (is_due) print_event(progress);
      return;
    }
    if (is_new) line_.emplace(phase_name(progress.phase));
    line_->update(progress.done, progress.total);
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kInterval{500};

  void print_event(const BurnProgress& progress) {
    told_ = Clock::now();
    Json json = Json::object();
    json.set("event", "progress");
    json.set("phase", phase_name(progress.phase));
    json.set("done", progress.done);
    json.set("total", progress.total);
    print_json_line(json);
  }

  bool as_json_;
  std::optional<BurnPhase> shown_;
  std::optional<ProgressLine> line_;
  Clock::time_point told_;
};

Result<BurnReport> write_target(const BlockSource& image, Target& target, const BurnOptionsCli& options,
                                const CommonOptions& common) {
  BurnOptions burn;
  KRAKEN_ASSIGN(burn.used, extents_to_write(image, options));
  burn.verify = options.verify ? VerifyMode::kReadBack : VerifyMode::kNone;
  burn.probe = options.probe ? ProbeMode::kBeforeWriting : ProbeMode::kNone;
  burn.stop = &stop_flag();
  Teller teller(common);
  burn.progress = [&teller](const BurnProgress& progress) { teller.tell(progress); };
  return burn_image(image, target, burn);
}

void print_result(const NodePlan& plan, const Receipt& receipt, const stdfs::path& receipt_file) {
  const BurnReport& burn = receipt.burn;
  for (const std::string& warning : plan.warnings) print_warning(warning);
  print_line("node " + std::to_string(plan.node_id) + " (" + plan.node_name + "): " + plan.system);
  print_line("  base       " + receipt.base_name + ", sha256 " + receipt.base_sha256);
  print_line("  edits      " + std::to_string(plan.edits.size()) + " (kraken-image plan --node " +
             std::to_string(plan.node_id) + " lists them)");
  print_line("  written    " + human_bytes(burn.written) + " of " + human_bytes(burn.image_size) + " to " +
             receipt.target_name);
  print_line(receipt.verify == VerifyMode::kReadBack
                 ? "  verified   " + human_bytes(burn.verified) + " read back past the page cache, all as written"
                 : std::string("  verified   no (--no-verify)"));
  print_line("  image      sha256 " + burn.image_sha256);
  print_line("  receipt    " + receipt_file.string());
}

Status burn_node(const BurnOptionsCli& options, const CommonOptions& common) {
  std::optional<BlockDevice> card;
  // A named one that will not do is told of before the base is decoded.
  if (options.device) {
    KRAKEN_ASSIGN(card, choose_card(options.device, options.cards));
  }
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common));
  KRAKEN_ASSIGN(const NodeConfig* node, job.find_node(options.node));
  if (!options.device && !options.output) {
    KRAKEN_ASSIGN(card, choose_card(std::nullopt, options.cards));
  }
  KRAKEN_ASSIGN(const std::optional<ImageSize> size, image_size(card, options));
  KRAKEN_ASSIGN(const NodeImage image, job.make(*node, size));
  if (card && !options.yes) KRAKEN_TRY(confirm(*card, image.plan));
  KRAKEN_ASSIGN(Receipt receipt, make_receipt(job, image.plan, card, options));
  KRAKEN_ASSIGN(const stdfs::path receipt_file, receipt_path(job, image.plan, options));
  KRAKEN_ASSIGN(const auto target, open_target(card, options, image.plan.image_size));
  receipt.started = now();
  KRAKEN_ASSIGN(receipt.burn, write_target(*image.image, *target, options, common));
  receipt.finished = now();
  KRAKEN_TRY(write_receipt(receipt, receipt_file).recode(ErrorCode::kWriteFailed));
  if (common.json) {
    Json json = Json::object();
    json.set("event", "result");
    json.set("receipt", receipt_json(receipt));
    print_json_line(json);
  } else {
    print_result(image.plan, receipt, receipt_file);
  }
  return ok_status();
}

}  // namespace

Status run_burn(const BurnOptionsCli& options, const CommonOptions& common) {
  Status done = burn_node(options, common);
  if (!done.ok() && common.json) {
    Json json = Json::object();
    json.set("event", "error");
    json.set("status", exit_status_of(done.error().code()));
    json.set("message", done.error().what());
    print_json_line(json);
  }
  return done;
}

}  // namespace kraken
