#include "burn/next_card.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace kraken {
namespace {

BlockDevice card(std::uint64_t sequence, Bytes size = 8 * kMiB) {
  BlockDevice device;
  device.path = "/dev/sdz";
  device.number = {8, 16};
  device.size = size;
  device.sequence = sequence;
  return device;
}

BlockDevice mounted(std::uint64_t sequence) {
  BlockDevice device = card(sequence);
  device.mount_points = {"/media/card"};
  return device;
}

const Error kGone(ErrorCode::kNotFound, "no such device");

Error refused(const std::string& why) {
  return {ErrorCode::kTargetRefused, why};
}

Error busy(const std::string& why) {
  return {ErrorCode::kTargetRefused, why, EBUSY};
}

// A reader of which the looks are given beforehand; the waiting is stopped when they are used up.
struct FakeReader {
  std::vector<Result<BlockDevice>> looks;
  std::vector<Status> answers;  // what taking a card ends in, one after another; success when there is none left
  std::size_t look = 0;
  std::vector<std::uint64_t> tried{};  // sequences
  std::vector<std::string> told{};

  Status wait(const std::optional<CardIdentity>& spent) {
    CardHooks hooks;
    hooks.look = [this] { return looks.at(look); };
    hooks.take = [this](const BlockDevice& device) {
      tried.push_back(device.sequence);
      return tried.size() <= answers.size() ? answers[tried.size() - 1] : ok_status();
    };
    hooks.on_refusal = [this](const std::string& reason) { told.push_back(reason); };
    hooks.pause = [this] { return ++look < looks.size(); };
    return wait_for_card(spent, hooks);
  }
};

TEST(NextCard, ACardThatIsThereIsTaken) {
  FakeReader reader{{card(1)}, {}};
  EXPECT_TRUE(reader.wait(std::nullopt).ok());
}

TEST(NextCard, ASpentCardIsNotTakenAsLongAsItIsIn) {
  FakeReader reader{{card(1), card(1), card(1)}, {}};
  const Status waited = reader.wait(identity_of(card(1)));
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code(), ErrorCode::kInterrupted);
  EXPECT_TRUE(reader.tried.empty());
}

TEST(NextCard, AnotherOneIsNoticedByItsSequence) {
  FakeReader reader{{card(1), card(2)}, {}};
  EXPECT_TRUE(reader.wait(identity_of(card(1))).ok());
  EXPECT_EQ(reader.tried, std::vector<std::uint64_t>{2});
}

TEST(NextCard, WithoutSequencesTheEmptyReaderTells) {
  FakeReader reader{{card(0), card(0, 0), card(0, 0), card(0)}, {}};
  EXPECT_TRUE(reader.wait(identity_of(card(0))).ok());
  EXPECT_EQ(reader.look, 3U);
}

TEST(NextCard, AReaderThatIsUnpluggedHasNoCard) {
  FakeReader reader{{card(0), kGone, card(0)}, {}};
  EXPECT_TRUE(reader.wait(identity_of(card(0))).ok());
  EXPECT_EQ(reader.tried.size(), 1U);
}

TEST(NextCard, AReasonIsToldOnceAndTheCardIsTakenWhenItIsGone) {
  FakeReader reader{{mounted(2), mounted(2), mounted(2), card(2)}, {busy("mounted"), busy("mounted"), busy("mounted")}};
  EXPECT_TRUE(reader.wait(std::nullopt).ok());
  EXPECT_EQ(reader.told, std::vector<std::string>{"mounted"});
  EXPECT_EQ(reader.tried.size(), 4U);
}

TEST(NextCard, ReasonsThatTakeTurnsAreEachToldOnce) {
  FakeReader reader{{card(2), card(2), card(2), card(2)}, {busy("a"), busy("b"), busy("a"), busy("b")}};
  EXPECT_FALSE(reader.wait(std::nullopt).ok());
  EXPECT_EQ(reader.told, (std::vector<std::string>{"a", "b"}));
}

// A password that was not given is not asked for twice a second.
TEST(NextCard, ACardThatWillNotDoIsNotTriedAgainBeforeItWasOut) {
  FakeReader reader{{card(0), card(0), card(0), card(0, 0), card(0)}, {refused("not permitted")}};
  EXPECT_TRUE(reader.wait(std::nullopt).ok());
  EXPECT_EQ(reader.tried.size(), 2U);
  EXPECT_EQ(reader.look, 4U);
  EXPECT_EQ(reader.told, std::vector<std::string>{"not permitted"});
}

TEST(NextCard, ANewCardGetsItsReasonsAnew) {
  FakeReader reader{{card(2), card(2, 0), card(3), card(4)}, {refused("too small"), refused("too small")}};
  EXPECT_TRUE(reader.wait(std::nullopt).ok());
  EXPECT_EQ(reader.told, (std::vector<std::string>{"too small", "too small"}));
  EXPECT_EQ(reader.tried, (std::vector<std::uint64_t>{2, 3, 4}));
}

TEST(NextCard, AFailureThatIsNoRefusalEndsTheWaiting) {
  FakeReader reader{{card(2), card(2)}, {Error(ErrorCode::kBaseImage, "no base")}};
  const Status waited = reader.wait(std::nullopt);
  ASSERT_FALSE(waited.ok());
  EXPECT_EQ(waited.error().code(), ErrorCode::kBaseImage);
  EXPECT_TRUE(reader.told.empty());
}

}  // namespace
}  // namespace kraken
