// What a burn says of media that fail, lose or change what is written to them.
#include <gtest/gtest.h>

#include <atomic>

#include "burn/writer.h"
#include "support/card_images.h"
#include "support/scrambled_card.h"

namespace kraken {
namespace {

using test::bootable_card;
using test::content_of;
using test::dirty_card;
using test::Faults;
using test::FaultySink;
using test::is_bootable;
using test::kImageSize;
using test::kLongImage;
using test::long_image;
using test::ScrambledCard;
using test::small_image;

constexpr Bytes kBytesOfAPage = 4 * kKiB;

TEST(Damage, FindsTheFirstBadByteWhateverTheOrder) {
  for (unsigned seed = 0; seed < 3; ++seed) {
    Faults faults;
    faults.lie = [](Bytes offset, std::vector<std::byte>& data) {
      if (offset >= 17 * kMiB) data[77] ^= std::byte{1};
      return false;
    };
    ScrambledCard card(bootable_card(kLongImage), faults, seed);
    const auto report = burn_image(long_image(), card, {});
    EXPECT_NE(report.error().what().find("byte " + std::to_string(17 * kMiB + 77) + ":"), std::string::npos)
        << report.error().what();
    EXPECT_TRUE(card.is_idle());
    faults.lie = nullptr;
    faults.write_fails_at = 9 * kMiB + 5;
    ScrambledCard broken(bootable_card(kLongImage), faults, seed);
    const auto failed = burn_image(long_image(), broken, {});
    EXPECT_NE(failed.error().what().find("writing at byte " + std::to_string(9 * kMiB) + ":"), std::string::npos)
        << failed.error().what();
    EXPECT_TRUE(broken.is_idle());
  }
}

TEST(Damage, NamesTheFirstOfSeveralPlacesThatFail) {
  for (unsigned seed = 0; seed < 4; ++seed) {
    Faults faults;
    faults.writes_fail_from = 9 * kMiB + 5;
    ScrambledCard card(bootable_card(kLongImage), faults, seed);
    const auto report = burn_image(long_image(), card, {});
    EXPECT_NE(report.error().what().find("writing at byte " + std::to_string(9 * kMiB) + ":"), std::string::npos)
        << report.error().what();
  }
}

TEST(Damage, NamesTheOffsetWhereWritingFails) {
  for (const Bytes bad : {Bytes{0}, Bytes{4096}, 2 * kMiB + 77, kImageSize - 1}) {
    Faults faults;
    faults.write_fails_at = bad;
    FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(small_image(), card, {});
    ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    EXPECT_EQ(report.error().sys_errno(), EIO);
    EXPECT_NE(report.error().what().find("faulty-card"), std::string::npos);
    EXPECT_NE(report.error().what().find(std::to_string(bad)), std::string::npos) << report.error().what();
    EXPECT_FALSE(card.is_published());
    if (bad > 0) {
      EXPECT_FALSE(is_bootable(card.durable()));
    }
  }
}

TEST(Damage, FindsTheByteThatALiarChanged) {
  for (const Bytes bad : {Bytes{100}, Bytes{9000}, 3 * kMiB - 1, kImageSize - 1}) {
    Faults faults;
    faults.lie = [bad](Bytes offset, std::vector<std::byte>& data) {
      if (bad >= offset && bad < offset + data.size()) data[bad - offset] ^= std::byte{1};
      return false;
    };
    FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(small_image(), card, {});
    ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed) << bad;
    const auto& what = report.error().what();
    EXPECT_NE(what.find("byte " + std::to_string(bad) + ": reads back as other data"), std::string::npos) << what;
    EXPECT_FALSE(is_bootable(card.durable())) << bad;
    EXPECT_FALSE(card.is_published());
  }
}

// A fake card of half the size it claims: what lies past that is accepted, dropped, and reads as zeros.
TEST(Damage, FindsAFakeCard) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& /*data*/) { return offset >= 2 * kMiB; };
  FaultySink card(std::vector<std::byte>(kImageSize), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
  const std::string first = std::to_string(3 * kMiB - 5000);
  EXPECT_NE(report.error().what().find("byte " + first + ": reads back as zeros"), std::string::npos)
      << report.error().what();
  EXPECT_FALSE(is_bootable(card.durable()));
}

// One sector of a unit that is right otherwise.
TEST(Damage, FindsASectorThatWasLost) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& data) {
    if (offset == kBytesOfAPage) std::fill_n(data.begin() + 12800 - kBytesOfAPage, kSectorSize, std::byte{0});
    return false;
  };
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().what().find("byte 12800: reads back as zeros"), std::string::npos) << report.error().what();
}

// An image that another program writes to: here one byte, which the card happens to have right.
class ChangingImage : public BlockSource {
 public:
  Bytes size() const override { return kImageSize; }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    KRAKEN_TRY(image_.read(offset, out));
    if (is_changed && offset <= 9000 && 9000 < offset + out.size()) out[9000 - offset] ^= std::byte{1};
    return ok_status();
  }
  std::atomic<bool> is_changed = false;

 private:
  test::SparseMemory image_ = small_image();
};

TEST(Damage, SaysThatItIsTheImageThatChanged) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& data) {
    if (offset == kBytesOfAPage) data[9000 - offset] ^= std::byte{1};
    return false;
  };
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, faults);
  ChangingImage image;
  BurnOptions options;
  options.progress = [&](const BurnProgress& progress) { image.is_changed = progress.phase != BurnPhase::kWrite; };
  const auto report = burn_image(image, card, options);
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().what().find("the image itself changed"), std::string::npos) << report.error().what();
  EXPECT_FALSE(is_bootable(card.durable()));
}

// Of which a part cannot be read any more.
class FailingImage : public BlockSource {
 public:
  Bytes size() const override { return kImageSize; }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    if (offset <= 9000 && 9000 < offset + out.size()) return Error::from_errno(EIO, "base.img: read");
    return image_.read(offset, out);
  }

 private:
  test::SparseMemory image_ = small_image();
};

TEST(Damage, AnImageThatCannotBeReadIsNoFaultOfTheCard) {
  FaultySink card(bootable_card(kImageSize), FaultySink::Kind::kDevice, {});
  const auto report = burn_image(FailingImage(), card, {});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code(), ErrorCode::kBaseImage);
  EXPECT_NE(report.error().what().find("reading the image: base.img"), std::string::npos) << report.error().what();
  EXPECT_FALSE(is_bootable(card.durable()));
}

TEST(Damage, WritesZerosThatALiarDropped) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& /*data*/) { return offset == kMiB; };
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  EXPECT_EQ(report.error().code(), ErrorCode::kWriteFailed);
}

// A worn card that answers every write and keeps what it had.
TEST(Damage, TellsOldContentFromOtherDamage) {
  for (const bool is_kept : {true, false}) {
    Faults faults;
    faults.lie = [is_kept](Bytes offset, std::vector<std::byte>& data) {
      if (offset < 2 * kMiB) return false;
      if (!is_kept) data.assign(data.size(), std::byte{0x5A});
      return is_kept;
    };
    FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, faults);
    const auto report = burn_image(small_image(), card, {});
    ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
    const std::string wanted =
        "byte " + std::to_string(2 * kMiB) + ": reads back as " + (is_kept ? "what was there before" : "other data");
    EXPECT_NE(report.error().what().find(wanted), std::string::npos) << report.error().what();
  }
}

// A part of a MiB keeps what it had, its start does not: only that was looked at before.
TEST(Damage, DoesNotClaimWhatItCannotKnow) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& data) {
    if (offset == kBytesOfAPage) std::fill_n(data.begin() + 8192 - kBytesOfAPage, 10000, test::kOld);
    return false;
  };
  FaultySink card(dirty_card(kImageSize), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(small_image(), card, {});
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.error().what().find("reads back as other data, which may be what was there before;"),
            std::string::npos)
      << report.error().what();
}

// The same image again, and one bit turned: most of it is what was there before, the bit is not.
TEST(Damage, CallsNothingOldThatIsAsItShouldBe) {
  const auto image = small_image();
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& data) {
    if (offset <= 9000 && offset + data.size() > 9000) data[9000 - offset] ^= std::byte{1};
    return false;
  };
  FaultySink card(content_of(image), FaultySink::Kind::kDevice, faults);
  const auto report = burn_image(image, card, {});
  ASSERT_EQ(report.error().code(), ErrorCode::kWriteFailed);
  EXPECT_NE(report.error().what().find("byte 9000: reads back as other data"), std::string::npos)
      << report.error().what();
}

}  // namespace
}  // namespace kraken
