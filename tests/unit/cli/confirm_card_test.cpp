#include "cli/confirm_card.h"

#include <gtest/gtest.h>

namespace kraken {
namespace {

// Somebody who is asked, and answers always the same.
class Person : public BurnTeller {
 public:
  explicit Person(bool answer) : answer_(answer) {}

  bool can_ask() const override { return answer_; }
  bool confirm(const std::string& question) override {
    asked.push_back(question);
    return answer_;
  }
  void begin(std::size_t) override {}
  void warn(const BurnSubject&, const std::string&) override {}
  void waiting(const BurnSubject&) override {}
  void refused(const BurnSubject&, const std::string&) override {}
  void inserted(const BurnSubject&, const BlockDevice&) override {}
  void obtaining(const Progress&) override {}
  void progress(const BurnSubject&, const BurnProgress&) override {}
  void finished(const BurnSubject&, const FinishedBurn&) override {}
  void failed(const BurnSubject&, const Error&) override {}
  void aborted(const BurnSubject&, const Error&) override {}
  void summary(const std::vector<BurnOutcome>&) override {}

  std::vector<std::string> asked;

 private:
  bool answer_;
};

BlockDevice card() {
  BlockDevice device;
  device.path = "/dev/sdz";
  device.size = 8 * kGiB;
  device.model = "SD Reader";
  return device;
}

TEST(ConfirmCard, TheQuestionSaysWhatWillBeDone) {
  BurnOptionsCli options;
  EXPECT_EQ(card_question(card(), "kraken-3", options), "Overwrite all of /dev/sdz (8 GiB, SD Reader) with kraken-3?");
  options.update = true;
  EXPECT_EQ(card_question(card(), "kraken-3", options),
            "Update /dev/sdz (8 GiB, SD Reader) to kraken-3, losing what was changed on it since it was burned?");
}

TEST(ConfirmCard, TakesNothingButYes) {
  const BurnOptionsCli options;
  Person yes(true);
  EXPECT_TRUE(confirm_card(card(), "kraken-3", options, yes).ok());
  EXPECT_EQ(yes.asked.size(), 1U);
  Person no(false);
  const Status refused = confirm_card(card(), "kraken-3", options, no);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code(), ErrorCode::kTargetRefused);
  EXPECT_NE(refused.error().what().find("/dev/sdz was not written"), std::string::npos) << refused.error().what();
}

TEST(ConfirmCard, AsksNobodyWithYes) {
  BurnOptionsCli options;
  options.yes = true;
  Person nobody(false);
  EXPECT_TRUE(confirm_card(card(), "kraken-3", options, nobody).ok());
  EXPECT_TRUE(nobody.asked.empty());
}

TEST(ConfirmCard, ACardThatIsStillToComeNeedsSomebodyToAsk) {
  BurnOptionsCli options;
  EXPECT_TRUE(check_can_confirm(card(), options, Person(true)).ok());
  EXPECT_EQ(check_can_confirm(card(), options, Person(false)).error().code(), ErrorCode::kTargetRefused);
  options.yes = true;
  EXPECT_TRUE(check_can_confirm(card(), options, Person(false)).ok());
}

}  // namespace
}  // namespace kraken
