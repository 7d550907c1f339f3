#include "burn/writer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/endian.h"
#include "burn/card_head.h"
#include "burn/card_tail.h"
#include "burn/probe.h"
#include "burn/unit_pipeline.h"

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;

// The unit that holds the boot block (image_digest.h).
constexpr std::size_t kBootUnit = 0;

// Adds the time that passes in its scope to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds), start_(Clock::now()) {}
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() { seconds_ += std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  double& seconds_;
  Clock::time_point start_;
};

std::string extents_sha256(const WriteMap& map, const Sha256Digest& image) {
  Sha256 hash;
  for (const auto& extent : map.extents()) {
    std::array<std::byte, 16> pair{};
    static_cast<void>(write_le(std::span<std::byte>(pair), 0, extent.offset));  // both fit
    static_cast<void>(write_le(std::span<std::byte>(pair), 8, extent.length));
    hash.update(pair);
  }
  hash.update(image);
  return hex_digest(hash.finish());
}

// One burn, step by step; the order of run() is the whole point.
class Burn {
 public:
  Burn(const BlockSource& image, Target& target, const BurnOptions& options, const WriteMap& map)
      : image_(image),
        target_(target),
        options_(options),
        map_(map),
        tail_(target, map),
        pipeline_(image, target, map) {}

  Status run() {
    KRAKEN_TRY(check_stop());
    KRAKEN_TRY(is_update() ? update_body() : replace_body());
    KRAKEN_TRY(verify_body());
    KRAKEN_TRY(check_stop());
    is_boot_block_written_ = true;
    KRAKEN_TRY(finish_boot_block());
    const Status published = target_.publish();
    return published.ok() ? published : target_failed(target_, "finishing", published.error());
  }

  // After run() failed: adds what the user must know to the error. Only a device keeps what was written.
  Error give_up(const Error& error) {
    if (target_.holes_read_as_zeros() || !is_boot_block_written_ || !is_changed_) return error;
    if (clear_head(target_, options_.mark).ok()) return error;
    return Error(error.code(), error.what() + "; and its head cannot be cleared: it may look bootable, do not use it",
                 error.sys_errno());
  }

  BurnReport report() {
    const Sha256Digest digest = pipeline_.digest();
    report_.image_size = image_.size();
    report_.image_sha256 = hex_digest(digest);
    report_.sha256_written = extents_sha256(map_, digest);
    return report_;
  }

 private:
  bool is_update() const { return options_.mode == WriteMode::kDifferences; }

  UnitRange body() const { return {kBootUnit + 1, pipeline_.unit_count()}; }
  static UnitRange boot_block() { return {kBootUnit, kBootUnit + 1}; }
  // The rest of the head: the mark lies in it.
  UnitRange behind_boot_block() const { return {kBootUnit + 1, std::min(kBootUnit + 2, pipeline_.unit_count())}; }
  UnitRange behind_head() const { return {behind_boot_block().end, pipeline_.unit_count()}; }

  Status replace_body() {
    if (options_.head_start != nullptr) {
      pipeline_.adopt(*options_.head_start);
      report_.early = options_.head_start->written;
      is_changed_ = true;
    } else if (!target_.holes_read_as_zeros()) {
      if (options_.verify == VerifyMode::kReadBack) pipeline_.sample(body());
      KRAKEN_TRY(make_unbootable());
      if (options_.probe == ProbeMode::kBeforeWriting) KRAKEN_TRY(probe_capacity(target_));
    }
    const Stopwatch watch(report_.seconds_write);
    KRAKEN_TRY(check_stop());
    // Before the body: on a card whose addresses start over, the end lies in it.
    KRAKEN_TRY(tail_.clear());
    KRAKEN_TRY(move(body()));
    return flush();
  }

  // The mark goes last: until then all that is behind it may be half old.
  Status update_body() {
    const Stopwatch watch(report_.seconds_write);
    KRAKEN_ASSIGN(const bool is_head_there, pipeline_.holds({kBootUnit, behind_boot_block().end}));
    KRAKEN_ASSIGN(const bool is_tail_clear, tail_.is_clear());
    if (!is_head_there || !is_tail_clear) KRAKEN_TRY(make_unbootable());
    if (!is_tail_clear) KRAKEN_TRY(tail_.clear());
    KRAKEN_TRY(move(behind_head()));
    KRAKEN_TRY(flush());
    KRAKEN_TRY(move(behind_boot_block()));
    return flush();
  }

  Status make_unbootable() {
    if (std::exchange(is_changed_, true)) return ok_status();
    const Stopwatch watch(is_update() ? ignored_ : report_.seconds_write);
    return clear_head(target_, options_.mark);
  }

  Status verify_body() {
    if (options_.verify == VerifyMode::kNone) return ok_status();
    const Stopwatch watch(report_.seconds_verify);
    KRAKEN_TRY(check_stop());
    KRAKEN_TRY(verify(body()));
    return tail_.verify();
  }

  // No stop in here: it is one block, and afterwards all is done.
  Status finish_boot_block() {
    is_stoppable_ = false;
    {
      const Stopwatch watch(report_.seconds_write);
      KRAKEN_TRY(move(boot_block()));
      KRAKEN_TRY(flush());
    }
    if (options_.verify == VerifyMode::kNone) return ok_status();
    const Stopwatch watch(report_.seconds_verify);
    return verify(boot_block());
  }

  Status move(UnitRange range) {
    if (!is_update()) {
      return pipeline_.write(range, [this](Bytes moved) {
        report_.written += moved;
        tell(BurnPhase::kWrite, report_.written, map_.mapped_bytes());
        return check_stop();
      });
    }
    const auto on_unit = [this](Bytes compared, Bytes written) {
      report_.compared += compared;
      report_.written += written;
      tell(BurnPhase::kCompare, report_.compared, map_.mapped_bytes());
      return check_stop();
    };
    return pipeline_.update(range, {[this] { return make_unbootable(); }, on_unit});
  }

  Status verify(UnitRange range) {
    return pipeline_.verify(range, [this](Bytes moved) {
      report_.verified += moved;
      tell(BurnPhase::kVerify, report_.verified, is_update() ? report_.written : map_.mapped_bytes());
      return check_stop();
    });
  }

  // Nothing was written: nothing to flush.
  Status flush() {
    if (is_update() && !is_changed_) return ok_status();
    if (is_stoppable_) tell(BurnPhase::kFlush, report_.written, is_update() ? report_.written : map_.mapped_bytes());
    const Status flushed = target_.sync();
    return flushed.ok() ? flushed : target_failed(target_, "flushing what was written", flushed.error());
  }

  Status check_stop() const {
    if (!is_stoppable_ || options_.stop == nullptr || !options_.stop->load()) return ok_status();
    const std::string state = is_update() && !is_changed_ ? "interrupted before anything on it was changed"
                                                          : "interrupted; what was written does not boot, burn it anew";
    return Error(ErrorCode::kInterrupted, target_.name() + ": " + state);
  }

  void tell(BurnPhase phase, Bytes done, Bytes total) const {
    if (options_.progress) options_.progress(BurnProgress{phase, done, total});
  }

  const BlockSource& image_;
  Target& target_;
  const BurnOptions& options_;
  const WriteMap& map_;
  CardTail tail_;
  UnitPipeline pipeline_;
  BurnReport report_;
  double ignored_ = 0;
  bool is_changed_ = false;  // a device: its head was cleared, or that was tried
  bool is_stoppable_ = true;
  bool is_boot_block_written_ = false;
};

Status check(const BlockSource& image, const Target& target, const BurnOptions& options) {
  if (image.size() == 0) return Error(ErrorCode::kTargetRefused, target.name() + ": the image is empty");
  if (image.size() > target.capacity()) {
    return Error(ErrorCode::kTargetRefused, target.name() + ": holds " + std::to_string(target.capacity()) +
                                                " bytes, and the image has " + std::to_string(image.size()));
  }
  if (options.mode == WriteMode::kDifferences && target.holes_read_as_zeros()) {
    return Error(ErrorCode::kInvalidArgument, target.name() + ": a new file has nothing in it to be updated");
  }
  return ok_status();
}

}  // namespace

Result<BurnReport> burn_image(const BlockSource& image, Target& target, const BurnOptions& options) {
  KRAKEN_TRY(check(image, target, options));
  const auto unwritten = target.holes_read_as_zeros() ? UnwrittenBytes::kZeros : UnwrittenBytes::kOldData;
  KRAKEN_ASSIGN(const WriteMap map, WriteMap::of(image, unwritten, options.used).with_context("reading the image"));
  Burn burn(image, target, options, map);
  if (const Status done = burn.run(); !done.ok()) return burn.give_up(done.error());
  return burn.report();
}

}  // namespace kraken
