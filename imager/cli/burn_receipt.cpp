#include "cli/burn_receipt.h"

#include "base/version.h"
#include "cli/render_plan.h"
#include "sys/files.h"

namespace kraken {

namespace {

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

}  // namespace

Result<Receipt> start_receipt(const NodeJob& job, const NodePlan& plan, const BurnPlace& place) {
  Receipt receipt;
  receipt.tool = kToolName;
  receipt.node_id = static_cast<int>(plan.node_id);
  receipt.node_name = plan.node_name;
  receipt.cluster = job.cluster().name.value;
  receipt.base_name = job.base_name();
  receipt.base_sha256 = job.base().sha256;
  receipt.base_file_sha256 = job.base().file_sha256;
  receipt.target_kind = place.card ? TargetKind::kDevice : TargetKind::kFile;
  receipt.target_name = place.path.string();
  if (place.card) {
    receipt.target_model = place.card->model;
    receipt.target_serial = place.card->serial;
  }
  KRAKEN_ASSIGN(receipt.edits, receipt_edits(plan));
  return receipt;
}

Result<std::filesystem::path> receipt_file_of(const NodeJob& job, const NodePlan& plan, const BurnPlace& place) {
  if (!place.card) return std::filesystem::path(place.path.string() + ".receipt.json");
  const std::filesystem::path folder = job.cluster().folder / "receipts";
  KRAKEN_TRY(make_folders(folder));
  return folder / (plan.node_name + ".receipt.json");
}

}  // namespace kraken
