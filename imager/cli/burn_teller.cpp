#include "cli/burn_teller.h"

namespace kraken {

std::string phase_name(BurnPhase phase) {
  switch (phase) {
    case BurnPhase::kCompare:
      return "comparing";
    case BurnPhase::kWrite:
      return "writing";
    case BurnPhase::kFlush:
      return "flushing";
    case BurnPhase::kVerify:
      return "verifying";
  }
  return "";
}

}  // namespace kraken
