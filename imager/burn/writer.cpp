#include "burn/writer.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/endian.h"
#include "burn/probe.h"
#include "burn/unit_pipeline.h"

namespace kraken {

namespace {

using Clock = std::chrono::steady_clock;

// What has to go for a card to be unbootable: MBR, GPT header and its entries, a boot sector (all in the first 34
// sectors; UEFI specification 2.10, section 5.3), and boot loaders in the gap before the first partition.
constexpr Bytes kHead = kMiB;

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
      : image_(image), target_(target), options_(options), map_(map), pipeline_(image, target, map) {}

  Status run() {
    KRAKEN_TRY(check_stop());
    if (!target_.holes_read_as_zeros()) {
      if (options_.verify == VerifyMode::kReadBack) pipeline_.sample(body());
      KRAKEN_TRY(clear_head());
      if (options_.probe == ProbeMode::kBeforeWriting) KRAKEN_TRY(probe_capacity(target_));
    }
    KRAKEN_TRY(write_body());
    KRAKEN_TRY(verify_body());
    KRAKEN_TRY(check_stop());
    is_boot_block_written_ = true;
    KRAKEN_TRY(finish_boot_block());
    const Status published = target_.publish();
    return published.ok() ? published : target_failed(target_, "finishing", published.error());
  }

  // After run() failed: adds what the user must know to the error. Only a device keeps what was written.
  Error give_up(const Error& error) {
    if (target_.holes_read_as_zeros() || !is_boot_block_written_) return error;
    if (clear_head().ok()) return error;
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
  // The boot block first, so that what cannot be cleared behind it does not leave an old system to boot from. All of
  // the head: the card's old table must not outlive a short image.
  Status clear_head() {
    const Stopwatch watch(report_.seconds_write);
    AlignedBuffer zeros(kHead);
    const Bytes head = std::min(kHead, target_.capacity());
    const Bytes boot_block = std::min(kBootBlock, head);
    KRAKEN_TRY(clear(0, zeros.first(boot_block)));
    return head > boot_block ? clear(boot_block, zeros.first(head - boot_block)) : ok_status();
  }

  Status clear(Bytes offset, std::span<const std::byte> zeros) {
    const Status written = target_.write(offset, zeros);
    if (!written.ok()) return target_failed(target_, "clearing the head", written.error());
    return flush();
  }

  UnitRange body() const { return {kBootUnit + 1, pipeline_.unit_count()}; }

  Status write_body() {
    const Stopwatch watch(report_.seconds_write);
    KRAKEN_TRY(check_stop());
    KRAKEN_TRY(pipeline_.write(body(), [this](Bytes moved) {
      count_written(moved);
      return check_stop();
    }));
    tell(BurnPhase::kFlush, report_.written);
    return flush();
  }

  Status verify_body() {
    if (options_.verify == VerifyMode::kNone) return ok_status();
    const Stopwatch watch(report_.seconds_verify);
    KRAKEN_TRY(check_stop());
    return pipeline_.verify(body(), [this](Bytes moved) {
      count_verified(moved);
      return check_stop();
    });
  }

  // No stop in here: it is one block, and afterwards all is done.
  Status finish_boot_block() {
    {
      const Stopwatch watch(report_.seconds_write);
      KRAKEN_TRY(pipeline_.write(boot_block(), [this](Bytes moved) {
        count_written(moved);
        return ok_status();
      }));
      KRAKEN_TRY(flush());
    }
    if (options_.verify == VerifyMode::kNone) return ok_status();
    const Stopwatch watch(report_.seconds_verify);
    return pipeline_.verify(boot_block(), [this](Bytes moved) {
      count_verified(moved);
      return ok_status();
    });
  }

  static UnitRange boot_block() { return {kBootUnit, kBootUnit + 1}; }

  void count_written(Bytes moved) {
    report_.written += moved;
    tell(BurnPhase::kWrite, report_.written);
  }
  void count_verified(Bytes moved) {
    report_.verified += moved;
    tell(BurnPhase::kVerify, report_.verified);
  }

  Status flush() {
    const Status flushed = target_.sync();
    return flushed.ok() ? flushed : target_failed(target_, "flushing what was written", flushed.error());
  }

  Status check_stop() const {
    if (options_.stop == nullptr || !options_.stop->load()) return ok_status();
    return Error(ErrorCode::kInterrupted,
                 target_.name() + ": interrupted; what was written does not boot, burn it anew");
  }

  void tell(BurnPhase phase, Bytes done) const {
    if (options_.progress) options_.progress(BurnProgress{phase, done, map_.mapped_bytes()});
  }

  const BlockSource& image_;
  Target& target_;
  const BurnOptions& options_;
  const WriteMap& map_;
  UnitPipeline pipeline_;
  BurnReport report_;
  bool is_boot_block_written_ = false;
};

}  // namespace

Result<BurnReport> burn_image(const BlockSource& image, Target& target, const BurnOptions& options) {
  if (image.size() == 0) return Error(ErrorCode::kTargetRefused, target.name() + ": the image is empty");
  if (image.size() > target.capacity()) {
    return Error(ErrorCode::kTargetRefused, target.name() + ": holds " + std::to_string(target.capacity()) +
                                                " bytes, and the image has " + std::to_string(image.size()));
  }
  const auto unwritten = target.holes_read_as_zeros() ? UnwrittenBytes::kZeros : UnwrittenBytes::kOldData;
  KRAKEN_ASSIGN(const WriteMap map, WriteMap::of(image, unwritten, options.used).with_context("reading the image"));
  Burn burn(image, target, options, map);
  if (const Status done = burn.run(); !done.ok()) return burn.give_up(done.error());
  return burn.report();
}

}  // namespace kraken
