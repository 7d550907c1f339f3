#include "cli/burn_outcome.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

bool is_good(const BurnOutcome& outcome) {
  return outcome.verdict == BurnVerdict::kWritten || outcome.verdict == BurnVerdict::kVerified;
}

// Only a run that was stopped leaves nodes unbegun.
bool is_interrupted(const BurnOutcome& outcome) {
  return outcome.verdict == BurnVerdict::kNotBegun ||
         (outcome.error && outcome.error->code() == ErrorCode::kInterrupted);
}

}  // namespace

std::string verdict_word(BurnVerdict verdict) {
  switch (verdict) {
    case BurnVerdict::kNotBegun:
      return "not begun";
    case BurnVerdict::kFailed:
      return "failed";
    case BurnVerdict::kWritten:
      return "written";
    case BurnVerdict::kVerified:
      return "verified";
  }
  return "";
}

Status status_of(const std::vector<BurnOutcome>& outcomes) {
  std::vector<std::string> bad;
  std::vector<std::string> without_receipt;
  std::optional<ErrorCode> code;
  for (const BurnOutcome& outcome : outcomes) {
    if (is_good(outcome) && !outcome.error) continue;
    (is_good(outcome) ? without_receipt : bad).push_back(outcome.subject.name);
    if (!code && outcome.error) code = outcome.error->code();
  }
  if (bad.empty() && without_receipt.empty()) return ok_status();
  if (outcomes.size() == 1) {
    const BurnOutcome& only = outcomes.front();
    return only.error.value_or(
        Error(ErrorCode::kInterrupted, "interrupted: " + only.subject.name + " was not written"));
  }
  const bool was_stopped = std::ranges::any_of(outcomes, is_interrupted);
  std::vector<std::string> sentences;
  if (!bad.empty()) {
    sentences.push_back("of " + std::to_string(outcomes.size()) + " nodes " + std::to_string(bad.size()) +
                        " have no card yet (" + join(bad, ", ") + "); burn these anew");
  }
  if (!without_receipt.empty()) {
    sentences.push_back("good, but without a receipt: " + join(without_receipt, ", "));
  }
  return Error(was_stopped ? ErrorCode::kInterrupted : code.value_or(ErrorCode::kInternal),
               std::string(was_stopped ? "interrupted: " : "") + join(sentences, "; "));
}

}  // namespace kraken
