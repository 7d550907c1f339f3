#include <gtest/gtest.h>

#include "block/memory.h"
#include "burn/writer.h"
#include "support/card_images.h"
#include "support/scrambled_card.h"

namespace kraken {
namespace {

using test::bootable_card;
using test::content_of;
using test::Faults;
using test::FaultySink;
using test::holds;
using test::is_bootable;
using test::kLongImage;
using test::long_image;
using test::random_bytes;
using test::ScrambledCard;

constexpr Bytes kBlock = 4 * kKiB;
constexpr Bytes kMarkAt = 64 * kKiB;
// One in the boot block, one in the rest of the head, some behind it, the last one in the image's last block.
const std::vector<Bytes> kChanged = {
    300, 9 * kKiB, kMiB + 5, 7 * kMiB + kBlock, 7 * kMiB + 3 * kBlock + 9, 17 * kMiB - 1, kLongImage - 1};

BurnOptions update_options() {
  BurnOptions options;
  options.mode = WriteMode::kDifferences;
  options.mark = HeadMark{kMarkAt, std::vector<std::byte>(100, std::byte{0x4D})};
  return options;
}

// A card that holds the image, but for one byte at each of the places.
std::vector<std::byte> card_with(const std::vector<Bytes>& changed) {
  auto card = content_of(long_image());
  card.resize(kLongImage + kMiB);
  for (const Bytes at : changed) card[at] ^= std::byte{0xFF};
  return card;
}

// Notes what is written past the head's clearing.
struct Log {
  std::vector<Extent> writes;
  Faults faults() {
    Faults noting;
    noting.lie = [this](Bytes offset, std::vector<std::byte>& data) {
      writes.push_back({offset, data.size(), false});
      return false;
    };
    return noting;
  }
};

TEST(Update, WritesNothingToACardThatHoldsTheImage) {
  FaultySink card(card_with({}), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(long_image(), card, update_options());
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_EQ(card.operations(), 0U);
  EXPECT_TRUE(card.is_published());
  EXPECT_EQ(report->written, 0U);
  EXPECT_EQ(report->verified, 0U);
  EXPECT_EQ(report->compared, kLongImage);
}

TEST(Update, WritesJustTheBlocksThatDiffer) {
  const auto image = long_image();
  Log log;
  FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, log.faults());
  const auto report = burn_image(image, card, update_options());
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(holds(card.durable(), content_of(image)));
  // The head's clearing, the body's blocks, the rest of the head (what the image has there, and the mark's), the boot
  // block: in this order.
  const std::vector<Extent> wanted = {
      {0, kBlock, false},
      {kBlock, kMiB - kBlock, false},
      {kMiB, kBlock, false},
      {7 * kMiB + kBlock, kBlock, false},
      {7 * kMiB + 3 * kBlock, kBlock, false},
      {17 * kMiB - kBlock, kBlock, false},
      {kLongImage - kBlock, kBlock, false},
  };
  ASSERT_GT(log.writes.size(), wanted.size() + 2);
  EXPECT_TRUE(std::equal(wanted.begin(), wanted.end(), log.writes.begin()));
  for (std::size_t i = wanted.size(); i + 1 < log.writes.size(); ++i) EXPECT_LT(log.writes[i].offset, kMiB);
  EXPECT_EQ(log.writes.back(), (Extent{0, kBlock, false}));
  Bytes written = 0;
  for (std::size_t i = 2; i < log.writes.size(); ++i) written += log.writes[i].length;
  EXPECT_EQ(report->written, written);
  EXPECT_EQ(report->verified, written);
}

TEST(Update, ClearsTheEndAndNothingThatIsClear) {
  const auto image = long_image();
  Log log;
  FaultySink card(card_with({kLongImage + kMiB - 512}), FaultySink::Kind::kDevice, log.faults());
  const auto report = burn_image(image, card, update_options());
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(holds(card.durable(), content_of(image)));
  EXPECT_TRUE(is_zero(std::span(card.durable()).last(kMiB)));
  // The head goes before anything else, and its first block comes back last.
  ASSERT_GT(log.writes.size(), 3U);
  EXPECT_EQ(log.writes[0].offset, 0U);
  EXPECT_EQ(log.writes[2], (Extent{kLongImage, kMiB, false}));
  EXPECT_EQ(log.writes.back(), (Extent{0, kBlock, false}));
  EXPECT_LT(report->written, kMiB) << "of the image";
  EXPECT_EQ(report->verified, report->written);
}

TEST(Update, EndsAsAFreshBurnDoes) {
  const auto image = long_image();
  for (const auto& changed : {kChanged, std::vector<Bytes>{kLongImage + kMiB - 1}, std::vector<Bytes>{300},
                              std::vector<Bytes>{9 * kKiB}, std::vector<Bytes>{9 * kMiB}}) {
    for (const auto& used : {std::optional<std::vector<Extent>>(),
                             std::optional(std::vector<Extent>{{0, 2 * kMiB, false}, {7 * kMiB, 8 * kKiB, false}})}) {
      BurnOptions fresh;
      BurnOptions update = update_options();
      fresh.used = update.used = used;
      FaultySink a(card_with(changed), FaultySink::Kind::kDevice, {});
      ScrambledCard b(card_with(changed), {}, 5);
      const auto burned = burn_image(image, a, fresh);
      const auto updated = burn_image(image, b, update);
      ASSERT_TRUE(burned.ok() && updated.ok());
      EXPECT_EQ(burned->image_sha256, updated->image_sha256);
      EXPECT_EQ(burned->sha256_written, updated->sha256_written);
      EXPECT_TRUE(is_same(a.durable(), b.durable()));
    }
  }
}

TEST(Update, MakesAForeignCardTheImage) {
  const auto image = long_image();
  ScrambledCard card(bootable_card(kLongImage), {}, 3);
  const auto report = burn_image(image, card, update_options());
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(is_same(card.durable(), content_of(image)));
  EXPECT_GE(card.most_under_way(), 5U) << "the card is kept busy";
}

TEST(Update, CutsOffAtEveryOperationAndNeverLeavesAHalfUpdatedCardBootable) {
  const auto image = long_image();
  const auto wanted = content_of(image);
  ScrambledCard whole(card_with(kChanged), {}, 0);
  ASSERT_TRUE(burn_image(image, whole, update_options()).ok());
  ASSERT_GT(whole.operations(), 12U);
  for (std::size_t cut = 2; cut < whole.operations(); ++cut) {
    Faults faults;
    faults.power_cut_after = cut;
    ScrambledCard card(card_with(kChanged), faults, static_cast<unsigned>(cut));
    ASSERT_EQ(burn_image(image, card, update_options()).error().code(), ErrorCode::kWriteFailed) << cut;
    EXPECT_TRUE(card.is_idle());
    for (const auto& state : card.after_power_cut(static_cast<unsigned>(cut))) {
      if (is_bootable(state)) {
        EXPECT_TRUE(holds(state, wanted)) << "cut after " << cut;
      }
      // And again, from whatever it left.
      FaultySink again(state, FaultySink::Kind::kDevice, {});
      ASSERT_TRUE(burn_image(image, again, update_options()).ok());
      EXPECT_TRUE(holds(again.durable(), wanted)) << "cut after " << cut;
    }
  }
}

// From the head's clearing on, the card says whose it is, until all that is behind the head is as it should be.
TEST(Update, LeavesItsMarkUntilTheBodyIsDone) {
  const auto image = long_image();
  const auto wanted = content_of(image);
  FaultySink whole(card_with(kChanged), FaultySink::Kind::kDevice, {});
  ASSERT_TRUE(burn_image(image, whole, update_options()).ok());
  std::size_t marked = 0;
  for (std::size_t cut = 4; cut < whole.operations(); ++cut) {
    Faults faults;
    faults.power_cut_after = cut;
    FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, faults);
    ASSERT_FALSE(burn_image(image, card, update_options()).ok());
    for (const auto& state : card.after_power_cut(static_cast<unsigned>(cut))) {
      const bool is_marked =
          std::equal(state.begin() + kMarkAt, state.begin() + kMarkAt + 100, update_options().mark->bytes.begin());
      const bool is_body_done =
          is_same(std::span(wanted).subspan(kMiB), std::span(state).subspan(kMiB, wanted.size() - kMiB));
      EXPECT_TRUE(is_marked || is_body_done) << cut;
      marked += is_marked ? 1 : 0;
    }
  }
  EXPECT_GT(marked, 10U);
}

TEST(Update, FindsWhatTheCardDropped) {
  for (const Bytes bad : kChanged) {
    Faults faults;
    int writes = 0;
    faults.lie = [&writes, bad](Bytes offset, std::vector<std::byte>& data) {
      return ++writes > 2 && bad >= offset && bad < offset + data.size();
    };
    FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(long_image(), card, update_options());
    ASSERT_FALSE(report.ok()) << bad;
    EXPECT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    EXPECT_NE(report.error().what().find("verifying at byte "), std::string::npos) << report.error().what();
    EXPECT_FALSE(is_bootable(card.durable())) << bad;
  }
}

TEST(Update, TellsOldContentFromOtherDamage) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& /*data*/) { return offset == 7 * kMiB + kBlock; };
  FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(long_image(), card, update_options());
  EXPECT_NE(
      report.error().what().find("byte " + std::to_string(7 * kMiB + kBlock) + ": reads back as what was there before"),
      std::string::npos)
      << report.error().what();
}

TEST(Update, LeavesTheCardAloneUntilItHasFoundADifference) {
  for (const Bytes bad : {Bytes{0}, 5 * kMiB}) {
    Faults faults;
    faults.read_fails_at = bad;
    FaultySink card(card_with({17 * kMiB}), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(long_image(), card, update_options());
    ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    EXPECT_NE(report.error().what().find("comparing at byte"), std::string::npos) << report.error().what();
    EXPECT_EQ(card.operations(), 0U);
  }
}

TEST(Update, StopsAnywhereAndSaysInWhatState) {
  const auto image = long_image();
  bool is_done = false;
  for (int at = 1; !is_done; ++at) {
    std::atomic<bool> stop{false};
    int seen = 0;
    BurnOptions options = update_options();
    options.stop = &stop;
    options.progress = [&](const BurnProgress&) { stop = ++seen == at || stop; };
    FaultySink card(card_with({9 * kMiB}), FaultySink::Kind::kDevice, {});
    const auto report = burn_image(image, card, options);
    is_done = report.ok();
    if (is_done) continue;
    EXPECT_EQ(report.error().code(), ErrorCode::kInterrupted);
    const bool is_untouched = report.error().what().find("before anything") != std::string::npos;
    EXPECT_EQ(is_untouched, is_bootable(card.durable())) << at;
    EXPECT_EQ(is_untouched, card.operations() == 0) << at;
  }
}

TEST(Update, TellsItsProgressUpToTheEnd) {
  BurnOptions options = update_options();
  std::vector<BurnProgress> told;
  options.progress = [&](const BurnProgress& progress) { told.push_back(progress); };
  FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(long_image(), card, options);
  ASSERT_TRUE(report.ok());
  Bytes compared = 0;
  for (const auto& progress : told) {
    EXPECT_LE(progress.done, progress.total);
    if (progress.phase == BurnPhase::kCompare) compared = progress.done;
  }
  EXPECT_EQ(compared, kLongImage);
  EXPECT_EQ(told.back().phase, BurnPhase::kVerify);
  EXPECT_EQ(told.back().done, report->written);
}

TEST(Update, SkipsReadingBackOnlyWhenAsked) {
  BurnOptions options = update_options();
  options.verify = VerifyMode::kNone;
  FaultySink card(card_with(kChanged), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(long_image(), card, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->verified, 0U);
  EXPECT_TRUE(holds(card.durable(), content_of(long_image())));
}

TEST(Update, HandlesImagesOfAllAwkwardSizes) {
  for (const Bytes size : {Bytes{512}, kBlock, kBlock + 512, kMiB - 512, kMiB, kMiB + 512, 2 * kMiB}) {
    const MemoryStore image(random_bytes(size, 9));
    for (const Bytes extra : {Bytes{0}, Bytes{512}, kMiB}) {
      FaultySink card(bootable_card(size + extra), FaultySink::Kind::kDevice, {});
      ASSERT_TRUE(burn_image(image, card, update_options()).ok()) << size << "+" << extra;
      EXPECT_TRUE(holds(card.durable(), content_of(image))) << size << "+" << extra;
      auto changed = card.durable();
      changed[size - 1] ^= std::byte{1};
      FaultySink again(changed, FaultySink::Kind::kDevice, {});
      ASSERT_TRUE(burn_image(image, again, update_options()).ok()) << size << "+" << extra;
      EXPECT_TRUE(holds(again.durable(), content_of(image))) << size << "+" << extra;
    }
  }
}

TEST(Update, RefusesANewFile) {
  FaultySink file(std::vector<std::byte>(kLongImage), FaultySink::Kind::kFile, {});
  EXPECT_EQ(burn_image(long_image(), file, update_options()).error().code(), ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace kraken
