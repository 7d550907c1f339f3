// A FaultySink with several transfers under way.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <random>
#include <vector>

#include "support/faulty_sink.h"

namespace kraken::test {

// Transfers are done only when they are waited for, and in any order.
class ScrambledCard : public FaultySink {
 public:
  ScrambledCard(std::vector<std::byte> content, Faults faults, unsigned seed)
      : FaultySink(std::move(content), Kind::kDevice, std::move(faults)), random_(seed) {}

  Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    pending_.push_back({tag, [this, offset, data] { return write(offset, data); }});
    return ok_status();
  }
  Status start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    pending_.push_back({tag, [this, offset, out] { return read_back(offset, out); }});
    return ok_status();
  }
  Result<FinishedTransfer> wait() override {
    if (pending_.empty()) return Error(ErrorCode::kInternal, "nothing is under way");
    most_ = std::max(most_, pending_.size());
    std::swap(pending_.back(), pending_.at(random_() % pending_.size()));
    const auto [tag, work] = std::move(pending_.back());
    pending_.pop_back();
    return FinishedTransfer{tag, work()};
  }
  Status sync() override {
    EXPECT_TRUE(pending_.empty()) << "flushed while transfers are under way";
    return FaultySink::sync();
  }

  bool is_idle() const { return pending_.empty(); }
  std::size_t most_under_way() const { return most_; }

 private:
  struct Pending {
    std::uint64_t tag;
    std::function<Status()> work;
  };
  std::vector<Pending> pending_;
  std::mt19937 random_;
  std::size_t most_ = 0;
};

}  // namespace kraken::test
