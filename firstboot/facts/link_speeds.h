// /var/lib/kraken/link-speeds.json: what the link to the manager was measured to carry, once in a node's life,
// and what could not be measured.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

struct LinkSpeed {
  enum class Of {
    kBeforeTuning,  // the primary interface
    kFallback,      // the one that stands by; untuned as well, unless it took more than one run
    kAfterTuning,   // the primary interface
  };
  Of of = Of::kBeforeTuning;
  std::string interface;
  std::int64_t sent_kbit = 0;      // kbit/s that arrived at the peer
  std::int64_t received_kbit = 0;  // kbit/s that arrived here
  std::string problem;             // why there is none; "" when there is
  int tries = 1;                   // runs in which it was tried; 1 in a file that does not say
  friend bool operator==(const LinkSpeed&, const LinkSpeed&) = default;
};

struct LinkSpeeds {
  Ipv4 peer;
  std::vector<LinkSpeed> speeds;  // at most one of each kind
  std::string boot{};             // id of the boot in which something failed last; "" when nothing did

  // Null when it was not measured, nor tried.
  const LinkSpeed* find(LinkSpeed::Of of) const;
  friend bool operator==(const LinkSpeeds&, const LinkSpeeds&) = default;
};

inline constexpr std::string_view kLinkSpeedsPath = "/var/lib/kraken/link-speeds.json";
inline constexpr std::string_view kLinkSpeedsFormat = "kraken-link-speeds";
inline constexpr int kLinkSpeedsVersion = 1;
// Bytes: more than three measurements have, however long their problems.
inline constexpr std::size_t kLinkSpeedsMaxSize = 16384;
// Of `problem` in the file; a longer one is cut.
inline constexpr std::size_t kLongestSpeedProblem = 1000;

// "before-tuning", "fallback", "after-tuning"
std::string_view to_word(LinkSpeed::Of of);

// "93.4 Mbit/s to it, 93.9 Mbit/s from it"
std::string describe_speed(const LinkSpeed& speed);

std::string format_link_speeds(const LinkSpeeds& speeds);
// kCorrupt for anything that is not exactly such a file, kUnsupported for another version.
Result<LinkSpeeds> parse_link_speeds(std::string_view text);

// Nothing when there are none, or none that can be used.
std::optional<LinkSpeeds> read_link_speeds(const std::filesystem::path& root);

}  // namespace kraken
