// Which interface is to be the primary one, which one stands by, and why. Pure.
//
//   primary      wanted is                                            when there is none
//   usb-gigabit  the best USB adapter that is or may be gigabit       the onboard one, if fallback says onboard;
//                                                                     else a USB adapter of 100 Mbit/s
//   onboard      the onboard one                                      nothing
//   auto         the best of all                                      nothing
//
// In mode failover the wanted one is primary with a link and without, and the other one stands by; in mode single only
// one is used, and one without a link gives way to one with a link, as far as the policy allows others.
#pragma once

#include <string>
#include <vector>

#include "contract/node_record.h"
#include "nic/nic.h"
#include "nic/score.h"

namespace kraken {

enum class NicOutcome {
  kAsWanted,     // the primary interface is the one that the profile wants
  kNoAdapter,    // there is no USB adapter: the onboard interface is primary
  kNoLink,       // the wanted one is there, and has no link: still the primary in failover, else the fallback is
  kOnly100Mbit,  // no USB adapter is a gigabit one: the onboard interface is primary if the policy allows it
  kNothing,      // no interface that the policy allows
};

struct NicChoice {
  NicOutcome outcome = NicOutcome::kNothing;
  const Nic* primary = nullptr;    // into the list that was chosen from; null with kNothing alone
  const Nic* fallback = nullptr;   // stands by with the same address (mode: failover)
  std::vector<NicScore> scores;    // of every interface, in the order of the list
  std::string reason;              // one sentence for the status file
  std::vector<std::string> notes;  // sentences on what the person may want to change or should
                                   // know: an adapter left unused, a fallback that the same fault would take
};

// "as-wanted", "no-adapter", "no-link", "only-100-mbit", "nothing"
std::string_view to_word(NicOutcome outcome);

// `nics` must outlive the choice. Equal scores: the one that comes first in the list.
NicChoice choose_nics(const std::vector<Nic>& nics, const NodeRecord::Nic& policy);

}  // namespace kraken
