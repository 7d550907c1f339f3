// A table of what is plugged in, what the profile wants, and what is to come of it.
#pragma once

#include <gtest/gtest.h>

#include "nic/choice.h"
#include "support/sample_nics.h"

namespace kraken::test {

struct Row {
  const char* what;
  std::vector<Nic> nics;
  NodeRecord::Nic policy;
  NicOutcome outcome;
  std::string primary;   // "" for none
  std::string fallback;  // "" for none
  std::string reason;    // part of it
};

inline const NodeRecord::Nic kFailover = {"usb-gigabit", "onboard", "failover"};
inline const NodeRecord::Nic kFailoverAlone = {"usb-gigabit", "none", "failover"};
inline const NodeRecord::Nic kSingle = {"usb-gigabit", "onboard", "single"};
inline const NodeRecord::Nic kSingleAlone = {"usb-gigabit", "none", "single"};
inline const NodeRecord::Nic kOnboard = {"onboard", "none", "single"};
inline const NodeRecord::Nic kAuto = {"auto", "onboard", "failover"};
inline const NodeRecord::Nic kAutoAlone = {"auto", "none", "failover"};
inline const NodeRecord::Nic kAutoSingle = {"auto", "onboard", "single"};

inline constexpr auto kAsWanted = NicOutcome::kAsWanted;
inline constexpr auto kNoAdapter = NicOutcome::kNoAdapter;
inline constexpr auto kNoLink = NicOutcome::kNoLink;
inline constexpr auto kOnly100 = NicOutcome::kOnly100Mbit;
inline constexpr auto kNothing = NicOutcome::kNothing;

inline constexpr auto kIn = Cable::kIn;
inline constexpr auto kOut = Cable::kOut;
inline constexpr auto kDown = Cable::kUnknown;

inline std::string name_of(const Nic* nic) {
  return nic == nullptr ? "" : nic->name;
}

inline void expect_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(row.what);
    const NicChoice choice = choose_nics(row.nics, row.policy);
    EXPECT_EQ(to_word(choice.outcome), to_word(row.outcome)) << choice.reason;
    EXPECT_EQ(name_of(choice.primary), row.primary) << choice.reason;
    EXPECT_EQ(name_of(choice.fallback), row.fallback) << choice.reason;
    EXPECT_NE(choice.reason.find(row.reason), std::string::npos) << choice.reason;
    EXPECT_TRUE(choice.reason.ends_with('.')) << choice.reason;
    EXPECT_EQ(choice.scores.size(), row.nics.size());
  }
}

}  // namespace kraken::test
