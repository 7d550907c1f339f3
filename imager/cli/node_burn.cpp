#include "cli/node_burn.h"

#include "cli/burn_receipt.h"
#include "cli/card_update.h"
#include "image/used_space.h"
#include "sys/clock.h"

namespace kraken {

namespace {

VerifyMode verify_mode(const BurnOptionsCli& options) {
  return options.verify ? VerifyMode::kReadBack : VerifyMode::kNone;
}

BurnOptions writer_options(const BurnOptionsCli& options) {
  BurnOptions burn;
  burn.verify = verify_mode(options);
  burn.probe = options.probe ? ProbeMode::kBeforeWriting : ProbeMode::kNone;
  burn.mode = options.update ? WriteMode::kDifferences : WriteMode::kAll;
  burn.stop = &stop_flag();
  return burn;
}

}  // namespace

NodeBurn::NodeBurn(BurnRun& run, BurnPlace place, NodeImage image, std::optional<std::vector<Extent>> used)
    : run_(&run),
      place_(std::move(place)),
      image_(std::move(image)),
      used_(std::move(used)),
      subject_{image_.plan.node_id, image_.plan.node_name, place_.path.string()} {}

Result<NodeBurn> NodeBurn::prepare(BurnRun& run, const NodeConfig& node, BurnPlace place) {
  const std::lock_guard lock(run.making);
  KRAKEN_ASSIGN(const std::optional<ImageSize> size, image_size_for(place, run.options));
  // With a card it is the card that will not do, whatever the size is a mistake of else.
  if (place.card) {
    KRAKEN_TRY(check_image_size(*size, node, run.job.base().size).recode(ErrorCode::kTargetRefused));
  }
  KRAKEN_ASSIGN(NodeImage image, run.job.make(node, size));
  if (run.options.full) return NodeBurn(run, std::move(place), std::move(image), std::nullopt);
  KRAKEN_ASSIGN(UsedSpace used, find_used_space(*image.image));
  NodeBurn burn(run, std::move(place), std::move(image), std::move(used.extents));
  for (const std::string& partition : used.whole) {
    run.teller.warn(burn.subject(), "written whole, with its free space: " + partition);
  }
  return burn;
}

Status NodeBurn::open() {
  if (auto card = run_->early.take(place_.path)) {
    target_ = std::move(card->target);
    early_ = std::move(card->writer);
    return ok_status();
  }
  KRAKEN_ASSIGN(auto target, open_place(place_, image_.plan.image_size, run_->options.cards));
  KRAKEN_TRY(prepare_receipt(receipt_file(), place_));
  if (run_->options.update) {
    KRAKEN_ASSIGN(CardUpdate update, prepare_update({run_->job, image_, *target, run_->options}));
    if (!update.notice.empty()) run_->teller.warn(subject_, update.notice);
    mark_ = std::move(update.mark);
  }
  target_ = std::move(target);
  return ok_status();
}

std::filesystem::path NodeBurn::receipt_file() const {
  return receipt_file_of(run_->job.cluster(), image_.plan.node_name, place_);
}

Result<BurnReport> NodeBurn::write() {
  KRAKEN_ASSIGN(Receipt receipt, start_receipt(run_->job, image_.plan, place_));
  BurnOptions options = writer_options(run_->options);
  options.used = std::move(used_);
  options.mark = std::move(mark_);
  options.progress = [this](const BurnProgress& progress) { run_->teller.progress(subject_, progress); };
  receipt.verify = options.verify;
  receipt.started = now();
  std::optional<HeadStart> head_start;
  if (early_ != nullptr) {
    KRAKEN_ASSIGN(head_start, early_->hand_over(*image_.image));
    if (head_start) options.head_start = &*head_start;
  }
  auto report = burn_image(*image_.image, *target_, options);
  // Closed before it is told of: who hears of a finished card takes it out.
  target_.reset();
  if (!report.ok()) return report;
  receipt.burn = *report;
  receipt.finished = now();
  receipt_ = std::move(receipt);
  return report;
}

Status NodeBurn::leave_receipt() {
  const Status left = write_receipt(*receipt_, receipt_file());
  if (!left.ok()) {
    const std::string what = place_.card ? "the card" : "the image";
    const std::string state = run_->options.verify ? " is good and was verified" : " was written";
    return Error(ErrorCode::kWriteFailed,
                 place_.path.string() + ": " + what + state + "; only its receipt is missing: " + left.error().what());
  }
  run_->teller.finished(subject_, {image_.plan, *receipt_, receipt_file()});
  return ok_status();
}

}  // namespace kraken
