#include "burn/early_writer.h"

#include <algorithm>

#include "burn/card_head.h"
#include "burn/probe.h"

namespace kraken {

namespace {

// A card writes a smaller gap as fast as it skips it.
constexpr Bytes kSmallGap = 32 * kKiB;

// The runs of blocks that are not zeros.
std::vector<Extent> data_in(UnitSlot& slot) {
  std::vector<Extent> found;
  const Unit& unit = slot.unit;
  for (Bytes at = unit.offset; at < unit.end(); at += BlockSet::kBlock) {
    const Extent block{at, std::min(BlockSet::kBlock, unit.end() - at), false};
    if (is_zero(slot.bytes_of(block))) continue;
    if (!found.empty() && block.offset - found.back().end() < kSmallGap) {
      found.back().length = block.end() - found.back().offset;
    } else {
      found.push_back(block);
    }
  }
  return found;
}

}  // namespace

EarlyWriter::EarlyWriter(GrowingImage& image, Target& target, const EarlyOptions& options)
    : image_(image), target_(target), options_(options) {
  thread_ = std::thread([this] {
    result_ = run();
    has_failed_ = !result_.ok();
  });
}

EarlyWriter::~EarlyWriter() {
  stop();
}

void EarlyWriter::stop() {
  if (!thread_.joinable()) return;
  is_stopping_ = true;
  image_.wake();
  thread_.join();
}

Status EarlyWriter::give_up() {
  stop();
  return result_;
}

Result<std::optional<HeadStart>> EarlyWriter::hand_over(const Overlay& image) {
  stop();
  KRAKEN_TRY(result_);
  if (!start_) return std::optional<HeadStart>();
  for (const Extent& changed : image.changed()) start_->forget(changed);
  start_->written = written_.load();
  return std::exchange(start_, std::nullopt);
}

Status EarlyWriter::run() {
  const auto size = image_.wait_for_size(is_stopping_);
  if (!size || is_stopping_ || *size <= kHead || *size > options_.max_image) return ok_status();
  start_.emplace(*size);
  ring_.emplace(target_);
  total_ = *size;
  KRAKEN_TRY(prepare());
  const Status done = ring_->finish(follow(), "writing");
  ring_.reset();
  return done;
}

Status EarlyWriter::prepare() {
  if (options_.verify == VerifyMode::kReadBack) {
    std::vector<OldSample> samples;
    for (std::size_t i = 1; i < start_->digests.size(); ++i) {
      const Unit unit = unit_at(i, start_->size);
      samples.push_back({i, {unit.offset, std::min(OldContent::kSampleSize, unit.length), false}});
    }
    start_->old.take(*ring_, samples, start_->size);
    ring_->settle();
  }
  KRAKEN_TRY(clear_head(target_, std::nullopt));
  return options_.probe == ProbeMode::kBeforeWriting ? probe_capacity(target_) : ok_status();
}

Status EarlyWriter::follow() {
  const std::size_t end = start_->digests.size();
  filling_ = next_ = unit_index(kHead);
  Bytes reached = image_.reached();
  while (!is_stopping_ && next_ < end) {
    while (filling_ < end && filling_ < next_ + kFillAhead && unit_at(filling_, start_->size).end() <= reached) {
      while (ring_->slot(filling_).under_way > 0) KRAKEN_TRY(finish_one());
      start_filling(filling_++);
    }
    if (next_ < filling_) {
      KRAKEN_TRY(write_next());
      continue;
    }
    if (!ring_->is_idle()) {
      KRAKEN_TRY(finish_one());
      reached = image_.reached();
      continue;
    }
    const Bytes more = image_.wait_past(reached, is_stopping_);
    if (more == reached) break;
    reached = more;
  }
  while (!ring_->is_idle()) KRAKEN_TRY(finish_one());
  return ok_status();
}

void EarlyWriter::start_filling(std::size_t index) {
  UnitSlot& slot = ring_->slot(index);
  slot.index = index;
  slot.unit = unit_at(index, start_->size);
  ring_->start_work(slot, std::packaged_task<Status()>([this, &slot] { return fill(slot); }));
}

Status EarlyWriter::fill(UnitSlot& slot) const {
  KRAKEN_TRY(image_.read(slot.unit.offset, slot.bytes())
                 .with_context("reading what was decoded")
                 .recode(ErrorCode::kBaseImage));
  slot.found = unit_digest(slot.bytes());
  slot.parts = data_in(slot);
  return ok_status();
}

Status EarlyWriter::write_next() {
  while (writing_ >= kMaxWriting) KRAKEN_TRY(finish_one());
  UnitSlot& slot = ring_->slot(next_++);
  KRAKEN_TRY(slot.work.get());
  if (slot.parts.empty()) {
    note_done(slot);
    return ok_status();
  }
  KRAKEN_TRY(ring_->start_writing(slot));
  ++writing_;
  return ok_status();
}

Status EarlyWriter::finish_one() {
  KRAKEN_ASSIGN(UnitSlot * done, ring_->wait_transfer());
  if (done == nullptr) return ok_status();
  --writing_;
  note_done(*done);
  return ok_status();
}

// A last block that is shorter has something else behind it in the final image.
void EarlyWriter::note_done(UnitSlot& slot) {
  for (const Extent& part : slot.parts) {
    const Bytes whole = round_down(part.end(), BlockSet::kBlock) - part.offset;
    if (whole > 0) start_->there.insert({part.offset, whole, false});
  }
  start_->digests[slot.index] = slot.found;
  written_ += total_length(slot.parts);
}

}  // namespace kraken
