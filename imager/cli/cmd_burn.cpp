#include "base/version.h"
#include "burn/receipt.h"
#include "burn/target.h"
#include "burn/writer.h"
#include "cli/commands.h"
#include "cli/node_job.h"
#include "cli/render.h"
#include "cli/render_plan.h"
#include "sys/clock.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

// The card's own size, or what --size says; a file without either takes the node's own.
Result<std::optional<ImageSize>> image_size(const BurnOptionsCli& options) {
  if (options.device) {
    KRAKEN_ASSIGN(const BlockDevice device, query_block_device(*options.device).recode(ErrorCode::kTargetRefused));
    if (options.size && *options.size > device.size) {
      return Error(ErrorCode::kTargetRefused,
                   options.device->string() + " has " + human_bytes(device.size) + ", less than --size asks for");
    }
    return std::optional(
        ImageSize{round_down(options.size.value_or(device.size), kMiB), {options.device->string(), 0, 0}});
  }
  if (options.size) return std::optional(ImageSize{*options.size, {"--size", 0, 0}});
  return std::optional<ImageSize>();
}

Result<std::unique_ptr<Target>> open_target(const BurnOptionsCli& options, Bytes size) {
  if (options.output) return open_file_target(*options.output, size);
  return open_device_target(*options.device, {size, {}});
}

Status confirm(const BurnOptionsCli& options, const NodePlan& plan) {
  if (!options.device || options.yes) return ok_status();
  const auto device = query_block_device(*options.device);
  const std::string model = device.ok() && !device->model.empty() ? " (" + device->model + ")" : "";
  if (ask_yes("Overwrite all of " + options.device->string() + model + " with " + plan.node_name + "?"))
    return ok_status();
  return Error(ErrorCode::kTargetRefused, options.device->string() + " was not written: answer yes, or pass --yes");
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

Result<Receipt> make_receipt(const NodeJob& job, const NodePlan& plan, const BurnOptionsCli& options) {
  Receipt receipt;
  receipt.tool = kToolName;
  receipt.node_id = static_cast<int>(plan.node_id);
  receipt.node_name = plan.node_name;
  receipt.cluster = job.cluster().name.value;
  receipt.base_name = job.base_name();
  receipt.base_sha256 = job.base().sha256;
  receipt.base_file_sha256 = job.base().file_sha256;
  receipt.target_kind = options.output ? TargetKind::kFile : TargetKind::kDevice;
  receipt.target_name = options.output ? options.output->string() : options.device->string();
  if (options.device) {
    if (const auto device = query_block_device(*options.device); device.ok()) receipt.target_model = device->model;
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

Result<BurnReport> write_target(const BlockSource& image, Target& target, const BurnOptionsCli& options) {
  std::optional<ProgressLine> line;
  std::optional<BurnPhase> shown;
  BurnOptions burn;
  burn.verify = options.verify ? VerifyMode::kReadBack : VerifyMode::kNone;
  burn.stop = &stop_flag();
  burn.progress = [&](const BurnProgress& progress) {
    if (shown != progress.phase) line.emplace(phase_name(progress.phase));
    shown = progress.phase;
    line->update(progress.done, progress.total);
  };
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

}  // namespace

Status run_burn(const BurnOptionsCli& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(const std::optional<ImageSize> size, image_size(options));
  KRAKEN_ASSIGN(const NodeJob job, NodeJob::open(common));
  KRAKEN_ASSIGN(const NodeConfig* node, job.find_node(options.node));
  KRAKEN_ASSIGN(const NodeImage image, job.make(*node, size));
  KRAKEN_TRY(confirm(options, image.plan));
  KRAKEN_ASSIGN(Receipt receipt, make_receipt(job, image.plan, options));
  KRAKEN_ASSIGN(const stdfs::path receipt_file, receipt_path(job, image.plan, options));
  KRAKEN_ASSIGN(const auto target, open_target(options, image.plan.image_size));
  receipt.started = now();
  KRAKEN_ASSIGN(receipt.burn, write_target(*image.image, *target, options));
  receipt.finished = now();
  KRAKEN_TRY(write_receipt(receipt, receipt_file).recode(ErrorCode::kWriteFailed));
  if (common.json) {
    print_json(receipt_json(receipt));
  } else {
    print_result(image.plan, receipt, receipt_file);
  }
  return ok_status();
}

}  // namespace kraken
