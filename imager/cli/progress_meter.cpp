#include "cli/progress_meter.h"

#include <algorithm>

namespace kraken {

std::string time_text(double seconds) {
  const auto whole = static_cast<long>(seconds);
  constexpr long kMinute = 60;
  if (whole < kMinute) return std::to_string(whole) + " s";
  return std::to_string(whole / kMinute) + " min " + std::to_string(whole % kMinute) + " s";
}

std::string progress_bar(const Progress& progress) {
  constexpr Bytes kWidth = 30;
  const Bytes filled = progress.total == 0 ? 0 : std::min(kWidth, kWidth * progress.done / progress.total);
  std::string bar(filled, '#');
  bar.resize(kWidth, '.');
  return "[" + bar + "]";
}

std::string ProgressMeter::text(const Progress& progress, Clock::time_point now) {
  const auto& [done, total] = progress;
  if (!start_) start_ = Start{now, done};
  const auto percent = std::min<Bytes>(100, done / std::max<Bytes>(1, total / 100));
  std::string text = std::to_string(percent) + " % of " + human_bytes(total);
  const double seconds = std::chrono::duration<double>(now - start_->time).count();
  const auto moved = static_cast<double>(done - std::min(done, start_->done));
  if (seconds < 1 || moved <= 0) return text;
  const double rate = moved / seconds;
  text += ", " + human_bytes(static_cast<Bytes>(rate)) + "/s";
  if (done < total) text += ", " + time_text(static_cast<double>(total - done) / rate) + " left";
  return text;
}

}  // namespace kraken
