#include "cli/burn_receipt.h"

#include "base/version.h"
#include "cli/render_plan.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr std::string_view kEnding = ".receipt.json";

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

std::filesystem::path receipt_beside(const std::filesystem::path& image) {
  return image.string() + std::string(kEnding);
}

std::filesystem::path receipt_file_of(const ClusterConfig& cluster, const std::string& node, const BurnPlace& place) {
  return place.card ? receipt_beside(cluster.folder / "receipts" / node) : receipt_beside(place.path);
}

Status prepare_receipt(const std::filesystem::path& file, const BurnPlace& place) {
  Status prepared = place.card ? make_folders(file.parent_path()) : ok_status();
  if (prepared.ok()) prepared = check_atomic_write(file);
  return std::move(prepared)
      .with_context(place.path.string() + ": nothing was written, for its receipt could not be")
      .recode(ErrorCode::kTargetRefused);
}

}  // namespace kraken
