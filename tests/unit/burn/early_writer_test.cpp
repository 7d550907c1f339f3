#include "burn/early_writer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <set>

#include "block/memory.h"
#include "support/card_images.h"
#include "support/scrambled_card.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using test::bootable_card;
using test::content_of;
using test::Faults;
using test::FaultySink;
using test::is_bootable;
using test::kOld;
using test::ScrambledCard;

constexpr Bytes kBlock = 4 * kKiB;
// Neither whole units nor whole blocks; the card is larger, as cards are.
constexpr Bytes kBase = 18 * kMiB + 4 * kKiB + 512;
constexpr Bytes kCard = 21 * kMiB;

std::vector<std::byte> base_content() {
  auto bytes = content_of(test::long_image());
  bytes.resize(kBase, std::byte{0x77});                                                           // data up to the end
  for (Bytes at = 6 * kMiB; at < 8 * kMiB; ++at) bytes[at] = static_cast<std::byte>(at * 7 / 3);  // units without zeros
  return bytes;
}

// A decoder's output, as far as a test lets it come.
class Maker {
 public:
  explicit Maker(std::vector<std::byte> content) : content_(std::move(content)) {
    fd_ = ::mkstemp(name_.data());
    EXPECT_GE(fd_, 0);
  }
  Maker(const Maker&) = delete;
  Maker& operator=(const Maker&) = delete;
  ~Maker() {
    ::close(fd_);
    ::unlink(name_.c_str());
  }

  void begin() { EXPECT_TRUE(growing.begin(fd_, content_.size()).ok()); }
  void grow(Bytes end) {
    EXPECT_TRUE(write_all_at(fd_, done_, std::span(content_).subspan(done_, end - done_)).ok());
    done_ = end;
    growing.grow(end);
  }
  void finish() {
    grow(content_.size());
    growing.end();
  }
  // Bytes that are no zeros behind the head, by blocks: what an early writer cannot write less than.
  Bytes data_up_to(Bytes end) const {
    Bytes sum = 0;
    for (Bytes at = kMiB; at < end; at += kBlock) {
      const auto block = std::span(content_).subspan(at, std::min(kBlock, content_.size() - at));
      if (!is_zero(block)) sum += block.size();
    }
    return sum;
  }

  GrowingImage growing;

 private:
  std::vector<std::byte> content_;
  std::string name_ = (std::filesystem::temp_directory_path() / "kraken-growing-XXXXXX").string();
  int fd_ = -1;
  Bytes done_ = 0;
};

// Until it has begun and written that much, or failed.
void wait_for(const EarlyWriter& writer, Bytes written) {
  while ((writer.total() == 0 || writer.written() < written) && !writer.has_failed()) {
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
}

std::unique_ptr<Overlay> node_image(const std::vector<std::byte>& base) {
  auto overlay = Overlay::open(std::make_shared<MemoryStore>(base), kCard);
  EXPECT_TRUE(overlay.ok());
  // In the boot block and the head, in a unit full of data, in a hole, behind the base's end.
  for (const Bytes at : {Bytes{440}, 300 * kKiB, 6 * kMiB + 12345, 10 * kMiB + 99, kBase + 5, 20 * kMiB}) {
    EXPECT_TRUE((*overlay)->write(at, std::vector<std::byte>(3000, std::byte{0xEE})).ok());
  }
  return std::move(*overlay);
}

EarlyOptions early_options() {
  EarlyOptions options;
  options.max_image = kCard;
  return options;
}

Result<BurnReport> burn_upon(EarlyWriter& early, const Overlay& image, Target& card, BurnOptions options = {}) {
  KRAKEN_ASSIGN(const auto start, early.hand_over(image));
  if (start) options.head_start = &*start;
  return burn_image(image, card, options);
}

// What is free, though the base has something there, lies in 7 to 8 MiB.
std::vector<Extent> some_used() {
  return {{0, 7 * kMiB, false}, {7 * kMiB + 16 * kKiB, 64 * kKiB, false}, {9 * kMiB, kCard - 9 * kMiB, false}};
}

TEST(EarlyWriter, EndsAsAnOrdinaryBurnHoweverFarItCame) {
  const auto base = base_content();
  const auto image = node_image(base);
  for (const auto& used : {std::optional<std::vector<Extent>>(), std::optional(some_used())}) {
    BurnOptions options;
    options.used = used;
    FaultySink plain(bootable_card(kCard), FaultySink::Kind::kDevice, {});
    const auto wanted = burn_image(*image, plain, options);
    ASSERT_TRUE(wanted.ok());
    for (const Bytes end : {Bytes{0}, kMiB, 7 * kMiB + 512, 13 * kMiB, kBase}) {
      Maker maker(base);
      ScrambledCard card(bootable_card(kCard), {}, static_cast<unsigned>(end));
      EarlyWriter early(maker.growing, card, early_options());
      maker.begin();
      maker.grow(end);
      const Bytes units = end == kBase ? end : round_down(end, kMiB);
      wait_for(early, maker.data_up_to(units));
      EXPECT_EQ(early.total(), kBase);
      maker.finish();
      const auto report = burn_upon(early, *image, card, options);
      ASSERT_TRUE(report.ok()) << report.error().what();
      EXPECT_EQ(report->image_sha256, wanted->image_sha256) << end;
      EXPECT_EQ(report->sha256_written, wanted->sha256_written);
      EXPECT_EQ(report->written, wanted->written);
      EXPECT_EQ(report->verified, wanted->verified);
      EXPECT_GE(report->early, maker.data_up_to(units));
      const std::optional<std::vector<Extent>> all(std::vector<Extent>{{0, kCard, false}});
      for (const Extent& part : used ? *used : *all) {
        EXPECT_TRUE(is_same(std::span(card.durable()).subspan(part.offset, part.length),
                            std::span(plain.durable()).subspan(part.offset, part.length)))
            << end << " " << part.offset;
      }
    }
  }
}

TEST(EarlyWriter, FollowsWhileTheImageGrows) {
  const auto base = base_content();
  const auto image = node_image(base);
  Maker maker(base);
  ScrambledCard card(bootable_card(kCard), {}, 1);
  EarlyWriter early(maker.growing, card, early_options());
  maker.begin();
  for (Bytes end = 512; end < kBase; end += 700 * kKiB + 512) {
    maker.grow(end);
    wait_for(early, maker.data_up_to(round_down(end, kMiB)));
  }
  maker.finish();
  wait_for(early, maker.data_up_to(kBase));
  ASSERT_TRUE(burn_upon(early, *image, card).ok());
  EXPECT_TRUE(is_same(card.durable(), content_of(*image)));
}

// The base ends within a block, and nothing of the node's lies there: what follows the base is written all the same.
TEST(EarlyWriter, LeavesNothingOldBehindTheBase) {
  const auto base = base_content();
  const auto image = Overlay::open(std::make_shared<MemoryStore>(base), kCard);
  ASSERT_TRUE(image.ok());
  Maker maker(base);
  FaultySink card(bootable_card(kCard), FaultySink::Kind::kDevice, {});
  EarlyWriter early(maker.growing, card, early_options());
  maker.begin();
  maker.finish();
  wait_for(early, maker.data_up_to(kBase));
  const auto report = burn_upon(early, **image, card);
  ASSERT_TRUE(report.ok()) << report.error().what();
  EXPECT_TRUE(is_same(card.durable(), content_of(**image)));
}

TEST(EarlyWriter, SavesWritingTwice) {
  const auto base = base_content();
  const auto image = node_image(base);
  std::multiset<Bytes> written;
  Faults faults;
  faults.lie = [&written](Bytes offset, std::vector<std::byte>& data) {
    for (Bytes at = offset; at < offset + data.size(); at += kBlock) written.insert(at / kBlock);
    return false;
  };
  Maker maker(base);
  FaultySink card(bootable_card(kCard), FaultySink::Kind::kDevice, faults);
  EarlyWriter early(maker.growing, card, early_options());
  maker.begin();
  maker.finish();
  wait_for(early, maker.data_up_to(kBase));
  ASSERT_TRUE(burn_upon(early, *image, card).ok());
  std::set<Bytes> changed{kBase / kBlock};  // the last block, which was not whole
  for (const Extent& extent : image->changed()) {
    for (Bytes at = extent.offset; at < extent.end(); at += kBlock) changed.insert(at / kBlock);
  }
  for (Bytes block = kMiB / kBlock; block < kCard / kBlock; ++block) {
    const std::size_t times = written.count(block);
    EXPECT_GE(times, 1U) << block;
    EXPECT_TRUE(times == 1 || changed.contains(block)) << block;
  }
}

TEST(EarlyWriter, CutsOffAtEveryOperationAndNeverLeavesAHalfWrittenCardBootable) {
  const auto base = base_content();
  const auto image = node_image(base);
  const auto wanted = content_of(*image);
  std::size_t early_cuts = 0;
  bool is_done = false;
  for (std::size_t cut = 2; !is_done; ++cut) {
    Faults faults;
    faults.power_cut_after = cut;
    Maker maker(base);
    ScrambledCard card(bootable_card(kCard), faults, static_cast<unsigned>(cut));
    EarlyWriter early(maker.growing, card, early_options());
    maker.begin();
    maker.finish();
    wait_for(early, maker.data_up_to(kBase));
    early_cuts += early.has_failed() ? 1 : 0;
    const auto report = burn_upon(early, *image, card);
    is_done = report.ok();
    EXPECT_TRUE(card.is_idle());
    EXPECT_EQ(card.is_published(), is_done);
    EXPECT_TRUE(is_done || report.error().code() == ErrorCode::kWriteFailed);
    for (const auto& state : card.bootable_after_power_cut(static_cast<unsigned>(cut))) {
      EXPECT_TRUE(is_same(state, wanted)) << "cut after " << cut;
    }
  }
  EXPECT_GT(early_cuts, 15U);
}

TEST(EarlyWriter, LeavesNothingThatBootsWhenDecodingFails) {
  Maker maker(base_content());
  ScrambledCard card(bootable_card(kCard), {}, 1);
  {
    EarlyWriter early(maker.growing, card, early_options());
    maker.begin();
    maker.grow(9 * kMiB);
    wait_for(early, maker.data_up_to(9 * kMiB));
    maker.growing.end();
    EXPECT_TRUE(early.give_up().ok());
  }
  EXPECT_TRUE(card.is_idle());
  EXPECT_FALSE(card.is_published());
  EXPECT_TRUE(card.bootable_after_power_cut(1).empty());
}

TEST(EarlyWriter, StopsWithoutWaitingForTheRest) {
  Maker maker(base_content());
  ScrambledCard card(bootable_card(kCard), {}, 1);
  {
    EarlyWriter early(maker.growing, card, early_options());
    maker.begin();
    maker.grow(3 * kMiB);
    wait_for(early, maker.data_up_to(3 * kMiB));
  }
  EXPECT_TRUE(card.is_idle());
  FaultySink untouched(bootable_card(kCard), FaultySink::Kind::kDevice, {});
  Maker never(base_content());
  { const EarlyWriter early(never.growing, untouched, early_options()); }
  EXPECT_EQ(untouched.operations(), 0U);
}

TEST(EarlyWriter, DoesNotBeginWhatWillNotFitOrNeedNotBeDecoded) {
  const auto image = node_image(base_content());
  for (const bool is_decoded : {true, false}) {
    Maker maker(base_content());
    FaultySink card(bootable_card(kCard), FaultySink::Kind::kDevice, {});
    EarlyOptions options = early_options();
    if (is_decoded) options.max_image = kBase - 512;
    EarlyWriter early(maker.growing, card, options);
    if (is_decoded) {
      maker.begin();
      maker.finish();
    } else {
      maker.growing.end();
    }
    const auto start = early.hand_over(*image);
    ASSERT_TRUE(start.ok());
    EXPECT_FALSE(start->has_value());
    EXPECT_EQ(early.total(), 0U);
    EXPECT_EQ(card.operations(), 0U);
  }
}

TEST(EarlyWriter, NamesTheTargetAndTheOffsetThatFail) {
  Faults faults;
  faults.write_fails_at = 6 * kMiB + 77;
  Maker maker(base_content());
  ScrambledCard card(bootable_card(kCard), faults, 1);
  EarlyWriter early(maker.growing, card, early_options());
  maker.begin();
  maker.finish();
  wait_for(early, kCard);
  const auto start = early.hand_over(*node_image(base_content()));
  ASSERT_FALSE(start.ok());
  EXPECT_EQ(start.error().code(), ErrorCode::kWriteFailed);
  EXPECT_NE(start.error().what().find("faulty-card: writing at byte " + std::to_string(6 * kMiB)), std::string::npos)
      << start.error().what();
  EXPECT_FALSE(is_bootable(card.durable()));
}

// What was acknowledged early and lost is found like everything else, and told from other damage.
TEST(EarlyWriter, IsNotBelieved) {
  for (const bool is_kept : {true, false}) {
    Faults faults;
    faults.lie = [is_kept](Bytes offset, std::vector<std::byte>& data) {
      if (offset != 7 * kMiB) return false;
      data[100] ^= std::byte{1};
      return is_kept;
    };
    Maker maker(base_content());
    FaultySink card(bootable_card(kCard), FaultySink::Kind::kDevice, faults);
    EarlyWriter early(maker.growing, card, early_options());
    maker.begin();
    maker.finish();
    wait_for(early, maker.data_up_to(kBase));
    const auto image = node_image(base_content());
    const auto report = burn_upon(early, *image, card);
    ASSERT_FALSE(report.ok());
    const std::string place = "byte " + std::to_string(7 * kMiB + (is_kept ? 0 : 100)) + ": reads back as ";
    EXPECT_NE(report.error().what().find(place + (is_kept ? "what was there before" : "other data")), std::string::npos)
        << report.error().what();
    EXPECT_FALSE(is_bootable(card.durable()));
  }
}

TEST(EarlyWriter, ProbesBeforeItWrites) {
  Faults faults;
  faults.lie = [](Bytes offset, std::vector<std::byte>& /*data*/) { return offset >= 8 * kMiB; };
  Maker maker(base_content());
  FaultySink card(bootable_card(kCard), FaultySink::Kind::kDevice, faults);
  EarlyOptions options = early_options();
  options.probe = ProbeMode::kBeforeWriting;
  EarlyWriter early(maker.growing, card, options);
  maker.begin();
  maker.finish();
  wait_for(early, kCard);
  EXPECT_EQ(early.written(), 0U);
  EXPECT_NE(early.give_up().error().what().find("smaller than it says"), std::string::npos);
}

}  // namespace
}  // namespace kraken
