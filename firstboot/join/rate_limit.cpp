#include "join/rate_limit.h"

#include <algorithm>

namespace kraken {

namespace {

// More than a network of these boards has; who comes when so many are remembered waits until some are forgotten.
constexpr std::size_t kMostRemembered = 4096;

}  // namespace

void RateLimit::fill(Bucket& bucket, const Rate& rate, Time now) {
  const std::chrono::duration<double> passed = now - bucket.filled;
  bucket.tokens = std::min(rate.burst, bucket.tokens + passed.count() * rate.per_second);
  bucket.filled = now;
}

// Null when there is no room for another address.
RateLimit::Bucket* RateLimit::bucket_of(Ipv4 from, Time now) {
  const auto found = buckets_.find(from);
  if (found != buckets_.end()) return &found->second;
  if (buckets_.size() >= kMostRemembered) {
    for (auto& [address, bucket] : buckets_) fill(bucket, each_, now);
    std::erase_if(buckets_, [&](const auto& entry) { return entry.second.tokens >= each_.burst; });
  }
  if (buckets_.size() >= kMostRemembered) return nullptr;
  return &buckets_.emplace(from, Bucket{each_.burst, now}).first->second;
}

bool RateLimit::admit(Ipv4 from, Time now) {
  Bucket* bucket = bucket_of(from, now);
  if (bucket == nullptr) return false;
  fill(*bucket, each_, now);
  fill(total_, all_, now);
  if (bucket->tokens < 1 || total_.tokens < 1) return false;
  bucket->tokens -= 1;
  total_.tokens -= 1;
  return true;
}

}  // namespace kraken
