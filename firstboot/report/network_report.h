// The part of the status that tells of the node's interfaces: which there are, what speaks for each, which are used,
// and what the link was measured to carry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "facts/link_speeds.h"
#include "facts/network_facts.h"
#include "json/json.h"

namespace kraken {

struct NicReport {
  std::string name;
  std::string use;  // "primary", "fallback", "unused"
  int score = 0;    // higher is better, see nic/score.h
  std::string description;
  std::vector<std::string> reasons;
};

struct NetworkReport {
  std::string outcome;             // to_word(NicOutcome)
  std::vector<NicReport> nics;     // in the order of NetworkFacts::nics
  std::vector<std::string> notes;  // what the person may want to change
  std::optional<LinkSpeeds> link;  // nothing when it was never measured, nor tried
};

// Pure. `speeds` may be nothing.
NetworkReport make_network_report(const NetworkFacts& facts, const std::optional<LinkSpeeds>& speeds);

// Both are bounded, whatever hangs on the node's bus.
Json network_json(const NetworkReport& report);
std::string network_text(const NetworkReport& report);

}  // namespace kraken
