// Which interface is to be the primary one, which one stands by, and why. Pure.
#pragma once

#include <string>
#include <vector>

#include "contract/node_record.h"
#include "nic/nic.h"

namespace kraken {

struct NicScore {
  std::string name;
  int score = 0;  // higher is better
  std::vector<std::string> reasons;
};

enum class NicOutcome {
  kAsWanted,     // the primary interface is the one that the profile wants
  kNoAdapter,    // there is no USB adapter: the fallback is primary
  kNoLink,       // the wanted one is there, and has no link: the fallback is primary until it has
  kOnly100Mbit,  // the best USB adapter is no gigabit one
  kNothing,      // no interface that the policy allows
};

struct NicChoice {
  NicOutcome outcome = NicOutcome::kNothing;
  const Nic* primary = nullptr;   // into the list that was chosen from
  const Nic* fallback = nullptr;  // stands by with the same address (mode: failover)
  std::vector<NicScore> scores;   // of every interface, in the order of the list
  std::string reason;             // one sentence for the status file
};

NicChoice choose_nics(const std::vector<Nic>& nics, const NodeRecord::Nic& policy);

}  // namespace kraken
