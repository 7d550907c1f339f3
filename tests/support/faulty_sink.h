// A card made of memory, with a volatile write cache, that fails as cards do: refuses a write or read at an offset,
// writes a part and then fails, loses its power after so many writes, or acknowledges what it never stores.
#pragma once

#include <algorithm>
#include <cerrno>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <vector>

#include "block/block_source.h"
#include "burn/target.h"
#include "support/card_images.h"

namespace kraken::test {

struct Faults {
  static constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

  std::optional<Bytes> write_fails_at;    // a write that covers this byte stores what lies before it, then fails
  std::optional<Bytes> writes_fail_from;  // every write that reaches behind this byte fails, and stores nothing
  std::optional<Bytes> read_fails_at;
  std::size_t power_cut_after = kNever;  // so many writes and syncs; then nothing answers any more
  std::size_t sync_fails_from = kNever;  // the index of the first sync that fails
  bool is_publish_refused = false;
  // Called on every write with what is about to be stored: a liar changes it. True: drop it altogether.
  std::function<bool(Bytes offset, std::vector<std::byte>& data)> lie;
};

class FaultySink : public Target {
 public:
  enum class Kind { kDevice, kFile };

  FaultySink(std::vector<std::byte> content, Kind kind, Faults faults)
      : durable_(std::move(content)), kind_(kind), faults_(std::move(faults)) {}

  std::string name() const override { return "faulty-card"; }
  Bytes capacity() const override { return kind_ == Kind::kFile ? std::numeric_limits<Bytes>::max() : durable_.size(); }
  bool holes_read_as_zeros() const override { return kind_ == Kind::kFile; }

  Status write(Bytes offset, std::span<const std::byte> data) override {
    if (has_no_power()) return Error::from_errno(EIO, "write");
    KRAKEN_TRY(check_range(offset, data.size(), durable_.size()));
    if (faults_.writes_fail_from && offset + data.size() > *faults_.writes_fail_from) {
      return Error::from_errno(EIO, "write at " + std::to_string(offset));
    }
    std::vector<std::byte> stored(data.begin(), data.end());
    const auto bad = faults_.write_fails_at;
    const bool fails = bad && *bad >= offset && *bad < offset + data.size();
    if (fails) stored.resize(*bad - offset);
    if (!faults_.lie || !faults_.lie(offset, stored)) cache_.push_back({offset, std::move(stored)});
    ++operations_;
    return fails ? Status(Error::from_errno(EIO, "write at " + std::to_string(*bad))) : ok_status();
  }

  Status sync() override {
    if (has_no_power()) return Error::from_errno(EIO, "sync");
    ++operations_;
    if (syncs_++ >= faults_.sync_fails_from) return Error::from_errno(EIO, "sync");
    for (const auto& write : cache_) apply(write, durable_);
    cache_.clear();
    return ok_status();
  }

  Status read_back(Bytes offset, std::span<std::byte> out) override {
    if (has_no_power()) return Error::from_errno(EIO, "read");
    const auto bad = faults_.read_fails_at;
    if (bad && *bad >= offset && *bad < offset + out.size()) return Error::from_errno(EIO, "read");
    const auto is_read = [&](const Write& write) {
      return write.offset < offset + out.size() && offset < write.offset + write.data.size();
    };
    if (std::ranges::any_of(cache_, is_read)) return Error(ErrorCode::kInternal, "read back before it was flushed");
    KRAKEN_TRY(check_range(offset, out.size(), durable_.size()));
    std::copy_n(durable_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return ok_status();
  }

  Status publish() override {
    if (has_no_power() || faults_.is_publish_refused) return Error::from_errno(EIO, "publish");
    is_published_ = true;
    return ok_status();
  }

  bool is_published() const { return is_published_; }
  std::size_t operations() const { return operations_; }
  const std::vector<std::byte>& durable() const { return durable_; }

  // What may be on the card when its power goes now: nothing of the cache, all of it, or some of it in any order and
  // with one write torn in the middle (at a sector).
  std::vector<std::vector<std::byte>> after_power_cut(unsigned seed) const {
    if (cache_.empty()) return {durable_};
    std::vector<std::vector<std::byte>> states{durable_, durable_};
    for (const auto& write : cache_) apply(write, states[1]);
    std::mt19937 random(seed);
    for (int round = 0; round < 4; ++round) {
      auto state = durable_;
      for (auto write : cache_) {
        if (random() % 2 == 0) continue;
        if (random() % 3 == 0) write.data.resize(random() % (write.data.size() / kSectorSize + 1) * kSectorSize);
        apply(write, state);
      }
      states.push_back(std::move(state));
    }
    return states;
  }
  // Those of them that boot. A sweep looks at hundreds, most of which cannot.
  std::vector<std::vector<std::byte>> bootable_after_power_cut(unsigned seed) const {
    const auto reaches_boot_block = [](const Write& write) { return write.offset < kSectorSize; };
    if (!is_bootable(durable_) && std::ranges::none_of(cache_, reaches_boot_block)) return {};
    auto states = after_power_cut(seed);
    std::erase_if(states, [](const auto& state) { return !is_bootable(state); });
    return states;
  }

 private:
  struct Write {
    Bytes offset;
    std::vector<std::byte> data;
  };

  bool has_no_power() const { return operations_ >= faults_.power_cut_after; }
  static void apply(const Write& write, std::vector<std::byte>& bytes) {
    std::ranges::copy(write.data, bytes.begin() + static_cast<std::ptrdiff_t>(write.offset));
  }

  std::vector<std::byte> durable_;
  std::vector<Write> cache_;
  Kind kind_;
  Faults faults_;
  std::size_t operations_ = 0;
  std::size_t syncs_ = 0;
  bool is_published_ = false;
};

}  // namespace kraken::test
