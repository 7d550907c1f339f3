#include "burn/probe.h"

#include <gtest/gtest.h>

#include <set>

#include "burn/writer.h"
#include "support/sparse_memory.h"

namespace kraken {
namespace {

// A card that claims more than it has.
class Fake : public Target {
 public:
  enum class Kind { kHonest, kDrops, kDropsBetween, kStartsOver };

  Fake(Kind kind, Bytes claimed, Bytes real) : kind_(kind), claimed_(claimed), real_(real), medium_(claimed) {}

  std::string name() const override { return "fake"; }
  Bytes capacity() const override { return claimed_; }
  bool holes_read_as_zeros() const override { return false; }
  Status write(Bytes offset, std::span<const std::byte> data) override {
    ++writes_;
    is_flushed_ = false;
    if (kind_ == Kind::kDrops && offset >= real_) return ok_status();
    if (kind_ == Kind::kDropsBetween && offset >= real_ && offset < claimed_ - kMiB) return ok_status();
    return medium_.write(place(offset), data);
  }
  Status read_back(Bytes offset, std::span<std::byte> out) override {
    EXPECT_TRUE(is_flushed_) << "what is read may come from memory";
    return medium_.read(place(offset), out);
  }
  Status sync() override {
    is_flushed_ = true;
    return ok_status();
  }
  Status publish() override { return ok_status(); }

  void become(Kind kind, Bytes real) {
    kind_ = kind;
    real_ = real;
  }

  std::size_t writes() const { return writes_; }
  const test::SparseMemory& medium() const { return medium_; }

 private:
  Bytes place(Bytes offset) const { return kind_ == Kind::kStartsOver ? offset % real_ : offset; }

  Kind kind_;
  Bytes claimed_;
  Bytes real_;
  test::SparseMemory medium_;
  std::size_t writes_ = 0;
  bool is_flushed_ = true;
};

constexpr Bytes kClaimed = Bytes{64} * 1000 * 1000 * 1000;

TEST(Probe, PassesAnHonestCardWithAFewWrites) {
  for (const Bytes size : {2 * kMiB, 3 * kMiB + 512, Bytes{31914983424}, kClaimed}) {
    Fake card(Fake::Kind::kHonest, size, size);
    const auto probed = probe_capacity(card);
    EXPECT_TRUE(probed.ok()) << probed.error().what();
    EXPECT_GT(card.writes(), 1U);
    EXPECT_LT(card.writes(), 720U);
  }
  Fake tiny(Fake::Kind::kHonest, kMiB, kMiB);
  EXPECT_TRUE(probe_capacity(tiny).ok());
}

TEST(Probe, FindsCardsThatDropWhatTheyCannotHold) {
  for (const Bytes real : {3 * kMiB, 100 * kMiB, kGiB + 4096, kClaimed / 2, kClaimed - kMiB}) {
    Fake card(Fake::Kind::kDrops, kClaimed, real);
    const auto probed = probe_capacity(card);
    ASSERT_FALSE(probed.ok()) << real;
    EXPECT_EQ(probed.error().code(), ErrorCode::kWriteFailed);
    EXPECT_NE(probed.error().what().find("there reads zeros"), std::string::npos) << probed.error().what();
  }
}

TEST(Probe, FindsCardsThatHaveAnEndAndNoMiddle) {
  Fake card(Fake::Kind::kDropsBetween, kClaimed, 40 * kGiB);
  EXPECT_FALSE(probe_capacity(card).ok());
}

// What a probe has left is no proof for the next one.
TEST(Probe, TakesNoEarlierProbesMarksForItsOwn) {
  Fake card(Fake::Kind::kHonest, kClaimed, kClaimed);
  ASSERT_TRUE(probe_capacity(card).ok());
  card.become(Fake::Kind::kDrops, kGiB);
  const auto probed = probe_capacity(card);
  ASSERT_FALSE(probed.ok());
  EXPECT_NE(probed.error().what().find("there reads other data"), std::string::npos) << probed.error().what();
}

TEST(Probe, FindsCardsWhoseAddressesStartOver) {
  for (const Bytes real : {4 * kMiB, 100 * kMiB, kGiB, 8 * kGiB, 8 * kGiB + 1536 * kKiB, 31 * kGiB, 32 * kGiB}) {
    Fake card(Fake::Kind::kStartsOver, kClaimed, real);
    const auto probed = probe_capacity(card);
    ASSERT_FALSE(probed.ok()) << real;
    EXPECT_NE(probed.error().what().find("there reads what was written at byte"), std::string::npos)
        << probed.error().what();
  }
}

TEST(Probe, HasTwoMarksAnyDistanceApart) {
  for (const Bytes size : {5 * kMiB, 150 * kMiB, 200 * kMiB + 512 * kKiB, kGiB + 12345 * kSectorSize}) {
    const auto places = probe_places(size);
    std::set<Bytes> distances;
    for (const Bytes a : places) {
      for (const Bytes b : places) distances.insert(a > b ? a - b : 0);
    }
    for (Bytes real = kProbeGrid; real <= size - 2 * kMiB; real += kProbeGrid) {
      EXPECT_TRUE(distances.contains(real)) << size << " starts over at " << real;
    }
  }
}

TEST(Probe, StaysInsideTheCardAndOffItsHead) {
  for (const Bytes size : {2 * kMiB, 2 * kMiB + 512, Bytes{1} << 35, kClaimed}) {
    const auto places = probe_places(size);
    ASSERT_FALSE(places.empty());
    EXPECT_GE(places.front(), kMiB);
    EXPECT_LE(places.back() + kMarkSize, size);
    EXPECT_GT(places.back() + 2 * kMarkSize, size);
    EXPECT_TRUE(std::ranges::is_sorted(places));
    for (const Bytes place : places) EXPECT_EQ(place % kMarkSize, 0U);
  }
}

// The card is unbootable before the first mark, and no image is written to it.
TEST(Probe, EndsABurnBeforeTheImageIsWritten) {
  Fake card(Fake::Kind::kDrops, kGiB, 64 * kMiB);
  ASSERT_TRUE(card.write(0, std::vector<std::byte>(512, std::byte{0x55})).ok());
  ASSERT_TRUE(card.sync().ok());
  // Between two marks.
  constexpr Bytes kPlace = 16 * kMiB + 64 * kKiB;
  test::SparseMemory image(32 * kMiB);
  ASSERT_TRUE(image.write(kPlace, std::vector<std::byte>(512, std::byte{0x11})).ok());
  BurnOptions options;
  options.probe = ProbeMode::kBeforeWriting;
  EXPECT_EQ(burn_image(image, card, options).error().code(), ErrorCode::kWriteFailed);
  std::vector<std::byte> sector(512);
  ASSERT_TRUE(card.medium().read(0, sector).ok());
  EXPECT_EQ(sector, std::vector<std::byte>(512));
  ASSERT_TRUE(card.medium().read(kPlace, sector).ok());
  EXPECT_EQ(sector, std::vector<std::byte>(512));
  options.probe = ProbeMode::kNone;
  EXPECT_TRUE(burn_image(image, card, options).ok()) << "the image fits into what the card really has";
}

}  // namespace
}  // namespace kraken
