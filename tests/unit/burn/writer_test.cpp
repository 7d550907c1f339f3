#include "burn/writer.h"

#include <gtest/gtest.h>

#include "block/memory.h"
#include "support/card_images.h"
#include "support/scrambled_card.h"

namespace kraken {
namespace {

using test::bootable_card;
using test::content_of;
using test::dirty_card;
using test::Faults;
using test::FaultySink;
using test::holds;
using test::is_bootable;
using test::kImageSize;
using test::kLongImage;
using test::kOld;
using test::long_image;
using test::random_bytes;
using test::ScrambledCard;
using test::small_image;

constexpr Bytes kBytesOfAPage = 4 * kKiB;

TEST(Writer, MakesADirtyCardTheImageToTheByte) {
  const auto image = small_image();
  FaultySink card(bootable_card(kImageSize + 3 * kMiB), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(image, card, {});
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(holds(card.durable(), content_of(image)));
  EXPECT_EQ(card.durable()[kImageSize], kOld);
  EXPECT_EQ(card.durable()[kImageSize + 2 * kMiB - 512 - 1], kOld);
  EXPECT_TRUE(is_zero(std::span(card.durable()).last(kMiB)))
      << "a mark of what was made of the whole card may be there";
  EXPECT_TRUE(card.is_published());
  EXPECT_EQ(report->image_size, kImageSize);
  EXPECT_EQ(report->written, kImageSize);
  EXPECT_EQ(report->verified, kImageSize);
}

TEST(Writer, LeavesHolesOutOfAFile) {
  const auto image = small_image();
  FaultySink file(std::vector<std::byte>(kImageSize), FaultySink::Kind::kFile, {});
  const auto report = burn_image(image, file, {});
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(is_same(file.durable(), content_of(image)));
  EXPECT_LT(report->written, 2 * kMiB);
  EXPECT_GE(report->written, kMiB + 19612);
  EXPECT_EQ(report->verified, report->written);
}

TEST(Writer, GivesFileAndCardTheSameImageDigest) {
  const auto sparse = small_image();
  const MemoryStore full(content_of(sparse));
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, {});
  FaultySink file(std::vector<std::byte>(kImageSize), FaultySink::Kind::kFile, {});
  FaultySink full_file(std::vector<std::byte>(kImageSize), FaultySink::Kind::kFile, {});
  const auto on_card = burn_image(sparse, card, {});
  const auto in_file = burn_image(sparse, file, {});
  const auto in_full_file = burn_image(full, full_file, {});
  EXPECT_EQ(on_card->image_sha256, in_file->image_sha256);
  EXPECT_EQ(on_card->image_sha256, in_full_file->image_sha256);
  EXPECT_NE(on_card->sha256_written, in_file->sha256_written);
  EXPECT_EQ(on_card->sha256_written, in_full_file->sha256_written);
}

TEST(Writer, CutsOffAtEveryOperationAndNeverLeavesAHalfWrittenCardBootable) {
  const auto image = small_image();
  const auto wanted = content_of(image);
  FaultySink whole(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
  ASSERT_TRUE(burn_image(image, whole, {}).ok());
  ASSERT_GT(whole.operations(), 9U);
  for (std::size_t cut = 1; cut < whole.operations(); ++cut) {
    Faults faults;
    faults.power_cut_after = cut;
    FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(image, card, {});
    ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed) << cut;
    EXPECT_FALSE(card.is_published());
    // Before the first flush returns, the card may still be all that it was; from then on it is the image or nothing.
    if (cut < 2) continue;
    for (const auto& state : card.bootable_after_power_cut(static_cast<unsigned>(cut))) {
      EXPECT_TRUE(is_same(state, wanted)) << "cut after " << cut;
    }
  }
}

// Old and new: the end of a card that is a little, or much, larger than its image.
TEST(Writer, ClearsTheEndBeforeTheCardCanBoot) {
  const auto image = small_image();
  for (const Bytes more : {Bytes{512}, 512 * kKiB, 3 * kMiB}) {
    FaultySink whole(bootable_card(kImageSize + more), FaultySink::Kind::kDevice, {});
    ASSERT_TRUE(burn_image(image, whole, {}).ok());
    for (std::size_t cut = 2; cut < whole.operations(); ++cut) {
      Faults faults;
      faults.power_cut_after = cut;
      FaultySink card(bootable_card(kImageSize + more), FaultySink::Kind::kDevice, faults);
      ASSERT_EQ(burn_image(image, card, {}).error().code(), ErrorCode::kWriteFailed) << cut;
      for (const auto& state : card.bootable_after_power_cut(static_cast<unsigned>(cut))) {
        EXPECT_TRUE(is_same(state, whole.durable())) << more << ", cut after " << cut;
      }
    }
    EXPECT_TRUE(is_zero(std::span(whole.durable()).last(std::min(more, kMiB)))) << more;
  }
}

TEST(Writer, FindsAnEndThatKeepsItsOldMarks) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& /*data*/) { return offset > kImageSize; };
  FaultySink card(bootable_card(kImageSize + 2 * kMiB), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code(), ErrorCode::kWriteFailed);
  EXPECT_NE(report.error().what().find("verifying at byte " + std::to_string(6 * kMiB) + ": its end"),
            std::string::npos)
      << report.error().what();
  EXPECT_FALSE(is_bootable(card.durable()));
}

TEST(Writer, LeavesTheEndOfAnImageToItsMap) {
  const auto image = small_image();
  BurnOptions options;
  options.used = std::vector<Extent>{{0, 2 * kMiB, false}, {kImageSize - 512, 512, false}};
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(image, card, options);
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_EQ(report->written, 2 * kMiB + 512);
  const auto wanted = content_of(image);
  EXPECT_TRUE(is_same(std::span(card.durable()).last(512), std::span(wanted).last(512)));
  EXPECT_TRUE(is_zero(std::span(card.durable()).subspan(kImageSize - kMiB, kMiB - 512)));
}

TEST(Writer, TakesTransfersInAnyOrder) {
  const auto image = long_image();
  const auto wanted = content_of(image);
  BurnOptions some;
  some.used = std::vector<Extent>{{0, 2 * kMiB + 4096, false}, {3 * kMiB, 8192, false}, {14 * kMiB, 4 * kMiB, false}};
  for (unsigned seed = 0; seed < 4; ++seed) {
    ScrambledCard card(bootable_card(kLongImage), {}, seed);
    const auto report = burn_image(image, card, {});
    ASSERT_TRUE(report.ok()) << report.error().what();
    EXPECT_TRUE(is_same(card.durable(), wanted)) << seed;
    EXPECT_GE(card.most_under_way(), 8U) << "the card is kept busy";
    ScrambledCard part(bootable_card(kLongImage), {}, seed);
    ASSERT_TRUE(burn_image(image, part, some).ok());
    EXPECT_EQ(part.durable()[12 * kMiB], kOld);
  }
}

TEST(Writer, NeverLeavesAHalfWrittenCardBootableWhateverTheOrder) {
  const auto image = long_image();
  const auto wanted = content_of(image);
  ScrambledCard whole(bootable_card(kLongImage), {}, 0);
  ASSERT_TRUE(burn_image(image, whole, {}).ok());
  for (std::size_t cut = 2; cut < whole.operations(); cut += 2) {
    Faults faults;
    faults.power_cut_after = cut;
    ScrambledCard card(bootable_card(kLongImage), faults, static_cast<unsigned>(cut));
    ASSERT_EQ(burn_image(image, card, {}).error().code(), ErrorCode::kWriteFailed) << cut;
    EXPECT_TRUE(card.is_idle()) << "a buffer is still in use";
    for (const auto& state : card.bootable_after_power_cut(static_cast<unsigned>(cut))) {
      EXPECT_TRUE(is_same(state, wanted)) << "cut after " << cut;
    }
  }
}

TEST(Writer, ClearsTheHeadBeforeAnythingElse) {
  Faults faults;
  faults.power_cut_after = 4;
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
  ASSERT_FALSE(burn_image(small_image(), card, {}).ok());
  EXPECT_TRUE(
      std::all_of(card.durable().begin(), card.durable().begin() + kMiB, [](auto b) { return b == std::byte{0}; }));
  EXPECT_EQ(card.durable()[kMiB], kOld);
}

TEST(Writer, WritesOnlyWhatIsUsedAndGivesFileAndCardTheSameDigest) {
  const auto image = small_image();
  BurnOptions options;
  options.used = std::vector<Extent>{{0, 8192, false}, {12288, 4096, false}, {kMiB, kMiB, false}};
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
  FaultySink file(std::vector<std::byte>(kImageSize), FaultySink::Kind::kFile, {});
  const auto on_card = burn_image(image, card, options);
  const auto in_file = burn_image(image, file, options);
  ASSERT_TRUE(on_card.ok()) << on_card.error().what();
  ASSERT_TRUE(in_file.ok()) << in_file.error().what();
  EXPECT_EQ(on_card->written, 12288 + kMiB);
  EXPECT_EQ(on_card->verified, on_card->written);
  EXPECT_EQ(on_card->image_sha256, in_file->image_sha256);
  EXPECT_NE(on_card->image_sha256, burn_image(image, card, {})->image_sha256);
  const auto wanted = content_of(image);
  for (const auto& part : *options.used) {
    EXPECT_TRUE(is_same(std::span(wanted).subspan(part.offset, part.length),
                        std::span(file.durable()).subspan(part.offset, part.length)));
  }
  EXPECT_EQ(file.durable()[9000], std::byte{0}) << "free, though the image has something there";
}

TEST(Writer, RefusesExtentsThatCannotBe) {
  BurnOptions options;
  for (const auto& wrong :
       {std::vector<Extent>{{4096, 4096, false}, {0, 4096, false}}, std::vector<Extent>{{kImageSize, 1, false}},
        std::vector<Extent>{{0, 8192, false}, {4096, 8192, false}}}) {
    options.used = wrong;
    FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
    EXPECT_EQ(burn_image(small_image(), card, options).error().code(), ErrorCode::kInternal);
    EXPECT_EQ(card.operations(), 0U);
  }
}

TEST(Writer, ClearsTheHeadAgainWhenItsLastCheckFails) {
  Faults faults;
  faults.read_fails_at = 511;
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
  EXPECT_EQ(burn_image(small_image(), card, {}).error().code(), ErrorCode::kWriteFailed);
  EXPECT_FALSE(is_bootable(card.durable()));
}

TEST(Writer, SaysSoWhenEvenTheHeadCannotBeCleared) {
  Faults faults;
  faults.sync_fails_from = 3;  // the head's clearing (twice) and the body are flushed, the boot block is not
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
  EXPECT_NE(report.error().what().find("may look bootable"), std::string::npos) << report.error().what();
}

TEST(Writer, ClearsTheHeadWhenPublishingFails) {
  Faults faults;
  faults.is_publish_refused = true;
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
  EXPECT_EQ(burn_image(small_image(), card, {}).error().code(), ErrorCode::kWriteFailed);
  EXPECT_FALSE(is_bootable(card.durable()));
}

// Stops at each progress report in turn, so between any two blocks.
TEST(Writer, StopsAnywhereAndLeavesNothingBootable) {
  const auto image = small_image();
  bool is_done = false;
  for (int at = 0; !is_done; ++at) {
    std::atomic<bool> stop{at == 0};
    int seen = 0;
    BurnOptions options;
    options.stop = &stop;
    options.progress = [&](const BurnProgress&) { stop = ++seen == at || stop; };
    FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
    const auto report = burn_image(image, card, options);
    is_done = report.ok();
    if (is_done) {
      EXPECT_GT(at, 10);
      EXPECT_TRUE(is_same(card.durable(), content_of(image)));
    } else {
      EXPECT_EQ(report.error().code(), ErrorCode::kInterrupted);
      // Stopped before it began, it has not touched the card.
      EXPECT_EQ(is_bootable(card.durable()), at == 0);
    }
  }
}

TEST(Writer, TellsItsProgressUpToTheEnd) {
  std::vector<BurnProgress> told;
  BurnOptions options;
  options.progress = [&](const BurnProgress& progress) { told.push_back(progress); };
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, {});
  ASSERT_TRUE(burn_image(small_image(), card, options).ok());
  Bytes written = 0;
  Bytes verified = 0;
  for (const auto& progress : told) {
    EXPECT_EQ(progress.total, kImageSize);
    auto& last = progress.phase == BurnPhase::kVerify ? verified : written;
    EXPECT_GE(progress.done, last);
    last = progress.done;
  }
  EXPECT_EQ(written, kImageSize);
  EXPECT_EQ(verified, kImageSize);
}

TEST(Writer, RefusesACardThatIsTooSmallUntouched) {
  FaultySink card(bootable_card(kImageSize - 512), FaultySink::Kind::kDevice, {});
  EXPECT_EQ(burn_image(small_image(), card, {}).error().code(), ErrorCode::kTargetRefused);
  EXPECT_EQ(card.operations(), 0U);
}

TEST(Writer, SkipsReadingBackOnlyWhenAsked) {
  Faults faults;
  faults.read_fails_at = 0;
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, faults);
  BurnOptions options;
  options.verify = VerifyMode::kNone;
  const auto report = burn_image(small_image(), card, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->verified, 0U);
}

TEST(Writer, BurnsImagesOfAllAwkwardSizes) {
  for (const Bytes size : {Bytes{512}, kBytesOfAPage, kBytesOfAPage + 512, kMiB - 512, kMiB, kMiB + 512, 2 * kMiB}) {
    const MemoryStore image(random_bytes(size, 9));
    for (const Bytes extra : {Bytes{0}, Bytes{512}, kMiB, 3 * kMiB}) {
      FaultySink card(dirty_card(size + extra), FaultySink::Kind::kDevice, {});
      ASSERT_TRUE(burn_image(image, card, {}).ok()) << size << "+" << extra;
      EXPECT_TRUE(holds(card.durable(), content_of(image))) << size << "+" << extra;
    }
  }
}

}  // namespace
}  // namespace kraken
