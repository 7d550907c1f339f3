// What became of each node of a run, and of the run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

// Whose burn it is, and where to.
struct BurnSubject {
  std::uint32_t node = 0;  // 0: none in particular
  std::string name;        // the node's; may be empty
  std::string target;      // the device or the file; may be empty
};

enum class BurnVerdict { kNotBegun, kFailed, kWritten, kVerified };

struct BurnOutcome {
  BurnSubject subject;
  BurnVerdict verdict = BurnVerdict::kNotBegun;
  std::optional<Error> error;  // of one that failed, or of a good card without its receipt
  double seconds = 0;
  Bytes written = 0;
};

// "not begun", "failed", "written" (not verified, as was asked for), "verified".
std::string verdict_word(BurnVerdict verdict);

// Success when every card is good and has its receipt. kInterrupted when the run was stopped before its end; else the
// code of the first failure in the order of the nodes. The only outcome's own error, of several a sentence that counts
// them.
Status status_of(const std::vector<BurnOutcome>& outcomes);

}  // namespace kraken
