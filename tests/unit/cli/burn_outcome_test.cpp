#include "cli/burn_outcome.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

BurnOutcome good(const std::string& name) {
  BurnOutcome outcome;
  outcome.subject = {1, name, "/dev/sdz"};
  outcome.verdict = BurnVerdict::kVerified;
  return outcome;
}

BurnOutcome bad(const std::string& name, ErrorCode code) {
  BurnOutcome outcome = good(name);
  outcome.verdict = BurnVerdict::kFailed;
  outcome.error = Error(code, name + " went wrong");
  return outcome;
}

TEST(BurnOutcome, AllGoodIsSuccess) {
  BurnOutcome unverified = good("b");
  unverified.verdict = BurnVerdict::kWritten;
  EXPECT_TRUE(status_of({good("a"), unverified}).ok());
}

TEST(BurnOutcome, ASingleFailureIsItsOwnError) {
  const Status status = status_of({bad("a", ErrorCode::kTargetRefused)});
  EXPECT_EQ(status.error().what(), "a went wrong");
  EXPECT_EQ(status.error().code(), ErrorCode::kTargetRefused);
}

TEST(BurnOutcome, ASingleNodeThatWasNotBegunWasInterrupted) {
  BurnOutcome not_begun = good("a");
  not_begun.verdict = BurnVerdict::kNotBegun;
  EXPECT_EQ(status_of({not_begun}).error().what(), "interrupted: a was not written");
  EXPECT_EQ(status_of({not_begun}).error().code(), ErrorCode::kInterrupted);
}

TEST(BurnOutcome, TheFirstFailureInTheOrderOfTheNodesCounts) {
  const Status status =
      status_of({good("a"), bad("b", ErrorCode::kTargetRefused), bad("c", ErrorCode::kWriteFailed), good("d")});
  EXPECT_EQ(status.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(status.error().what().find("of 4 nodes 2 have no card yet (b, c)"), std::string::npos)
      << status.error().what();
}

TEST(BurnOutcome, ACardWithoutAReceiptIsNoneToBurnAnew) {
  BurnOutcome unnoted = good("b");
  unnoted.error = Error(ErrorCode::kWriteFailed, "only its receipt is missing");
  EXPECT_EQ(status_of({unnoted}).error().what(), "only its receipt is missing");
  const Status of_two = status_of({good("a"), unnoted});
  EXPECT_EQ(of_two.error().code(), ErrorCode::kWriteFailed);
  EXPECT_EQ(of_two.error().what(), "good, but without a receipt: b");
  EXPECT_EQ(status_of({unnoted, bad("c", ErrorCode::kTargetRefused)}).error().what(),
            "of 2 nodes 1 have no card yet (c); burn these anew; good, but without a receipt: b");
}

TEST(BurnOutcome, AnInterruptionCountsBeforeAnyFailure) {
  const BurnOutcome stopped = bad("b", ErrorCode::kInterrupted);
  EXPECT_EQ(status_of({bad("a", ErrorCode::kWriteFailed), stopped}).error().code(), ErrorCode::kInterrupted);
  BurnOutcome not_begun = good("c");
  not_begun.verdict = BurnVerdict::kNotBegun;
  EXPECT_EQ(status_of({bad("a", ErrorCode::kWriteFailed), not_begun}).error().code(), ErrorCode::kInterrupted);
  EXPECT_EQ(status_of({good("a"), not_begun}).error().code(), ErrorCode::kInterrupted);
}

}  // namespace
}  // namespace kraken
