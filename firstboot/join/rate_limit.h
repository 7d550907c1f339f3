// How often somebody may knock: a bucket of tokens for each address and one for all, each filled again with time.
// Bounded whoever comes from wherever. Pure but for what it remembers; the time is the caller's.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "base/ipv4.h"

namespace kraken {

struct Rate {
  double burst = 0;       // at once, after a long time of nothing
  double per_second = 0;  // for ever
};

class RateLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateLimit(Rate each, Rate all, Time now) : each_(each), all_(all), total_{all.burst, now} {}

  // Whether somebody from there may come in now; if so, it counts. One address cannot use up what is for all: who is
  // refused for its own sake does not count.
  bool admit(Ipv4 from, Time now);

  std::size_t remembered() const { return buckets_.size(); }

 private:
  struct Bucket {
    double tokens = 0;
    Time filled;
  };
  static void fill(Bucket& bucket, const Rate& rate, Time now);
  Bucket* bucket_of(Ipv4 from, Time now);

  Rate each_;
  Rate all_;
  Bucket total_;
  std::map<Ipv4, Bucket> buckets_;  // of those that are not full
};

}  // namespace kraken
