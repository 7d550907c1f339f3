#include "decode/decoder.h"

#include <gtest/gtest.h>

#include "block/memory.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::output_of;
using test::sample_image;

using Content = std::vector<std::byte>;

Result<Content> decode(Content input, DecodeLimits limits = {.max_image = 64 * kMiB}) {
  const MemoryStore source(std::move(input));
  KRAKEN_ASSIGN(const auto decoder, open_image_decoder(source, limits));
  Content content;
  Content buffer(10'000);  // no divisor of anything
  while (true) {
    KRAKEN_ASSIGN(const std::size_t got, decoder->read(buffer));
    content.insert(content.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(got));
    if (got < buffer.size()) return content;
  }
}

Content operator+(Content a, const Content& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

Content zeros(std::size_t count) {
  return Content(count);
}

// The compressors, as filters of standard input.
struct Packer {
  const char* name;
  const char* command;
  bool concatenates;
};
std::ostream& operator<<(std::ostream& out, const Packer& packer) {
  return out << packer.name;
}

class Streams : public testing::TestWithParam<Packer> {
 protected:
  Content pack(const Content& image, const std::string& command = GetParam().command) {
    test::write_bytes(folder_ / "image", image);
    return output_of(folder_.path(), "cd " + folder_.path().string() + "; { " + command + "; } < image");
  }
  test::TempFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(
    Formats, Streams,
    testing::Values(Packer{"xz", "xz -c", true}, Packer{"xz_blocks", "xz -c -T2 --block-size=16KiB", true},
                    Packer{"xz_crc32", "xz -c --check=crc32", true}, Packer{"xz_sha256", "xz -c --check=sha256", true},
                    Packer{"zstd", "zstd -q -c", true}, Packer{"zstd_19", "zstd -q -c -19 --long=24", true},
                    Packer{"gzip", "gzip -c", true}, Packer{"bzip2", "bzip2 -c", true},
                    Packer{"zip", "cat > inner.img; zip -q - inner.img | cat; rm inner.img", false}),
    [](const auto& tested) { return std::string(tested.param.name); });

TEST_P(Streams, DecodeToWhatWasPacked) {
  for (const Bytes size : {512U, 4096U, 300U * 1024, 3U * 1024 * 1024 + 512}) {
    const Content image = sample_image(size);
    const auto decoded = decode(pack(image));
    ASSERT_TRUE(decoded.ok()) << decoded.error().what();
    EXPECT_TRUE(*decoded == image) << size;
  }
}

TEST_P(Streams, CutAnywhereAreAnError) {
  const Content packed = pack(sample_image(40 * kKiB));
  ASSERT_GT(packed.size(), 1000U);
  for (std::size_t length = 0; length < packed.size(); length += length < 64 || length + 64 > packed.size() ? 1 : 13) {
    const auto decoded = decode(Content(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(length)));
    EXPECT_FALSE(decoded.ok()) << "cut to " << length << " of " << packed.size();
  }
}

TEST_P(Streams, WithAFlippedBitAreAnErrorOrTheSame) {
  const Content image = sample_image(40 * kKiB);
  const Content packed = pack(image);
  int errors = 0;
  for (std::size_t at = 0; at < packed.size(); at += at < 64 || at + 128 > packed.size() ? 1 : 7) {
    Content damaged = packed;
    damaged[at] ^= static_cast<std::byte>(1U << (at % 8));
    const auto decoded = decode(damaged);
    EXPECT_TRUE(!decoded.ok() || *decoded == image) << "bit " << at % 8 << " of byte " << at;
    errors += decoded.ok() ? 0 : 1;
  }
  EXPECT_GT(errors, 100);
}

TEST_P(Streams, MayFollowEachOther) {
  if (!GetParam().concatenates) GTEST_SKIP() << "not a stream";
  const Content image = sample_image(40 * kKiB);
  const Content packed = pack(image);
  const auto decoded = decode(packed + packed);
  ASSERT_TRUE(decoded.ok()) << decoded.error().what();
  EXPECT_TRUE(*decoded == image + image);

  // The second one cut: whatever the first one was worth.
  for (std::size_t kept = 1; kept < packed.size(); kept += kept < 64 ? 1 : 101) {
    const Content half(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(kept));
    EXPECT_FALSE(decode(packed + half).ok()) << kept;
  }
}

TEST_P(Streams, WithSomethingBehindThemAreAnError) {
  const Content packed = pack(sample_image(40 * kKiB));
  const Content garbage(16, std::byte{'x'});
  EXPECT_FALSE(decode(packed + garbage).ok());
  EXPECT_FALSE(decode(packed + Content(1, std::byte{0x1f})).ok());
  EXPECT_FALSE(decode(packed + zeros(2 * kMiB) + garbage).ok());
}

TEST_P(Streams, AreDecodedOnlyOnce) {
  const auto decoded = decode(pack(pack(sample_image(400 * kKiB)), "gzip -c"));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(decoded.error().what().find("again"), std::string::npos) << decoded.error().what();
}

TEST_P(Streams, AreRefusedPastTheLimit) {
  const Content packed = pack(zeros(3 * kMiB));
  EXPECT_TRUE(decode(packed, {.max_image = 3 * kMiB}).ok());
  const auto decoded = decode(packed, {.max_image = 3 * kMiB - 512});
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kUnsupported);
}

TEST_P(Streams, OfNoImageAreRefused) {
  EXPECT_FALSE(decode(pack({})).ok());
  EXPECT_FALSE(decode(pack(sample_image(1024) + zeros(1))).ok());
  EXPECT_FALSE(decode(pack(zeros(1))).ok());
}

TEST(Padding, IsTakenWhereTheFormatHasRoomForIt) {
  const test::TempFolder folder;
  const Content image = sample_image(40 * kKiB);
  test::write_bytes(folder / "image", image);
  for (const std::string packer : {"xz", "gzip", "bzip2"}) {
    const Content packed = output_of(folder.path(), packer + " -c < " + (folder / "image").string());
    const auto decoded = decode(packed + zeros(512));
    ASSERT_TRUE(decoded.ok()) << packer << ": " << decoded.error().what();
    EXPECT_TRUE(*decoded == image) << packer;
  }
}

// pzstd and zstd --adapt split their output, and pzstd begins with a skippable frame (RFC 8878, section 3.1.2).
TEST(Zstd, SkippableFramesAreSkipped) {
  const test::TempFolder folder;
  const Content image = sample_image(40 * kKiB);
  test::write_bytes(folder / "image", image);
  const Content packed = output_of(folder.path(), "zstd -q -c " + (folder / "image").string());
  const Content skippable = output_of(folder.path(), R"(printf '\120\052\115\030\004\000\000\000abcd')");
  const auto behind = decode(packed + skippable);
  ASSERT_TRUE(behind.ok()) << behind.error().what();
  EXPECT_TRUE(*behind == image);
  const auto before = decode(skippable + packed);
  ASSERT_TRUE(before.ok()) << before.error().what();
  EXPECT_TRUE(*before == image);
}

// RFC 8878, section 3.1.1.1.2: the byte behind the descriptor says how much is kept in memory.
TEST(Zstd, AWindowOfTwoGigabytesIsRefused) {
  const test::TempFolder folder;
  test::write_bytes(folder / "image", sample_image(kMiB));
  Content packed = output_of(folder.path(), "cat " + (folder / "image").string() + " | zstd -q -c");
  ASSERT_EQ(packed[4] & std::byte{0x20}, std::byte{0}) << "it has a window";
  EXPECT_TRUE(decode(packed).ok());
  packed[5] = static_cast<std::byte>((31 - 10) << 3);
  for (const Content& file :
       {packed, output_of(folder.path(), R"(printf '\120\052\115\030\000\000\000\000')") + packed}) {
    const auto decoded = decode(file);
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().code(), ErrorCode::kUnsupported);
    EXPECT_EQ(decoded.error().what().find("damaged"), std::string::npos) << decoded.error().what();
    EXPECT_NE(decoded.error().what().find("takes 2 GiB of memory"), std::string::npos) << decoded.error().what();
  }
}

TEST(Zstd, AWindowOf128MebibytesIsTaken) {
  const test::TempFolder folder;
  test::write_bytes(folder / "image", sample_image(kMiB));
  const auto packed = output_of(folder.path(), "cat " + (folder / "image").string() + " | zstd -q -c --long=27");
  ASSERT_EQ(packed[5], static_cast<std::byte>((27 - 10) << 3));
  EXPECT_TRUE(decode(packed).ok());
}

// RFC 8878, section 3.1.1.1.3: the descriptor's last two bits say that a dictionary's number follows.
TEST(Zstd, ADictionaryIsAskedForByNumber) {
  const test::TempFolder folder;
  test::write_bytes(folder / "image", sample_image(kMiB));
  Content packed = output_of(folder.path(), "cat " + (folder / "image").string() + " | zstd -q -c");
  packed[4] |= std::byte{1};
  packed.insert(packed.begin() + 6, std::byte{77});
  const auto decoded = decode(packed);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().code(), ErrorCode::kUnsupported);
  EXPECT_NE(decoded.error().what().find("zstd dictionary (number 77)"), std::string::npos) << decoded.error().what();
}

TEST(Xz, MemoryIsBounded) {
  const test::TempFolder folder;
  test::write_bytes(folder / "image", sample_image(kMiB));
  const Content packed = output_of(folder.path(), "xz -c --lzma2=dict=128MiB " + (folder / "image").string());
  EXPECT_TRUE(decode(packed, {}).ok());
  const auto decoded = decode(packed, {.memory = 64 * kMiB});
  ASSERT_FALSE(decoded.ok());
  EXPECT_NE(decoded.error().what().find("memory"), std::string::npos) << decoded.error().what();
}

TEST(Raw, IsAWholeNumberOfSectors) {
  const Content image = sample_image(4096);
  EXPECT_TRUE(*decode(image) == image);
  EXPECT_FALSE(decode(Content(image.begin(), image.end() - 1)).ok());
  EXPECT_EQ(decode({}).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace kraken
