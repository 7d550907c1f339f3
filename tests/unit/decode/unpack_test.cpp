#include "decode/unpack.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>

#include "block/memory.h"
#include "decode/xz_unpacker.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"
#include "sys/files.h"

namespace kraken {
namespace {

using test::output_of;
using test::sample_image;

using Content = std::vector<std::byte>;

constexpr DecodeLimits kLimits = {.max_image = 64 * kMiB, .threads = 2};

Content operator+(Content a, const Content& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// IEEE 802.3, as the headers of xz have it.
std::uint32_t crc32(std::span<const std::byte> bytes) {
  std::uint32_t crc = ~0U;
  for (const std::byte byte : bytes) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

class Unpack : public testing::Test {
 protected:
  Content pack(const Content& image, const std::string& options) const {
    test::write_bytes(folder_ / "image", image);
    return output_of(folder_.path(), "xz -c " + options + " < " + (folder_ / "image").string());
  }
  Content in_blocks(const Content& image) const { return pack(image, "-T2 --block-size=16KiB"); }

  std::filesystem::path out() const { return folder_ / "out"; }
  Result<Unpacked> unpack(const Content& packed, const DecodeLimits& limits = kLimits,
                          const DecodeProgress& progress = {}) const {
    KRAKEN_ASSIGN(const UniqueFd fd, open_file(out(), O_RDWR | O_CREAT | O_TRUNC, 0600));
    return unpack_image(MemoryStore(packed), {fd.get()}, limits, progress);
  }
  // Whether it gives the image, and both digests are right.
  void expect_image(const Content& packed, const Content& image) const {
    const auto unpacked = unpack(packed);
    ASSERT_TRUE(unpacked.ok()) << unpacked.error().what();
    EXPECT_EQ(unpacked->size, image.size());
    EXPECT_TRUE(test::read_bytes(out()) == image);
    EXPECT_EQ(unpacked->image_sha256, test::sha256sum(out()));
    test::write_bytes(folder_ / "packed", packed);
    EXPECT_EQ(unpacked->file_sha256, test::sha256sum(folder_ / "packed"));
  }
  // The header of a file's first block (xz file format 1.1.0, sections 3.1 and 5.3.1), to be changed.
  struct Header {
    static constexpr std::size_t kStart = 12;
    std::optional<std::size_t> size;  // of what is in it: where that number begins
    std::size_t dictionary = 0;

    explicit Header(const Content& packed) {
      const auto flags = std::to_integer<unsigned>(packed[kStart + 1]);
      std::size_t at = kStart + 2;
      for (const unsigned has_size : {0x40U, 0x80U}) {
        if ((flags & has_size) == 0) continue;
        if (has_size == 0x80U) size = at;
        while ((packed[at++] & std::byte{0x80}) != std::byte{0}) {
        }
      }
      EXPECT_EQ(packed[at], std::byte{0x21}) << "LZMA2";
      dictionary = at + 2;
    }
    static void seal(Content& packed) {
      const std::size_t end = kStart + std::to_integer<std::size_t>(packed[kStart]) * 4;
      const std::uint32_t crc = crc32(std::span(packed).subspan(kStart, end - kStart));
      for (unsigned i = 0; i < 4; ++i) packed[end + i] = static_cast<std::byte>(crc >> (8 * i) & 0xff);
    }
  };

  test::TempFolder folder_;
};

TEST_F(Unpack, BlocksOnSeveralThreadsGiveTheImage) {
  const Content image = sample_image(3 * kMiB + 512);
  const Content packed = in_blocks(image);
  ASSERT_TRUE(plan_xz_unpacking(MemoryStore(packed), kLimits));
  expect_image(packed, image);
}

TEST_F(Unpack, ASingleBlockGivesTheImage) {
  const Content image = sample_image(3 * kMiB + 512);
  const Content packed = pack(image, "-T1");
  EXPECT_FALSE(plan_xz_unpacking(MemoryStore(packed), kLimits));
  expect_image(packed, image);
}

TEST_F(Unpack, StreamsOneBehindTheOtherGiveOneImage) {
  const Content image = sample_image(40 * kKiB);
  const Content empty = pack({}, "");
  const Content padding(8);
  expect_image(in_blocks(image) + padding + empty + pack(image, "-9 --check=sha256") + pack(image, "--check=none"),
               image + image + image);
}

TEST_F(Unpack, ZerosBecomeHoles) {
  Content image = sample_image(kMiB);
  image.resize(20 * kMiB);
  expect_image(pack(image, "-T2 --block-size=1MiB"), image);
  struct stat info = {};
  ASSERT_EQ(::stat(out().c_str(), &info), 0);
  EXPECT_LE(static_cast<Bytes>(info.st_blocks) * kSectorSize, kMiB);
}

TEST_F(Unpack, CutOrDamagedAnywhereNeverGivesAnotherImage) {
  const Content image = sample_image(40 * kKiB);
  const Content packed = in_blocks(image);
  for (std::size_t kept = 0; kept < packed.size(); kept += kept < 64 || kept + 128 > packed.size() ? 1 : 97) {
    const auto cut = unpack(Content(packed.begin(), packed.begin() + static_cast<std::ptrdiff_t>(kept)));
    EXPECT_FALSE(cut.ok()) << "cut to " << kept;
  }
  int errors = 0;
  for (std::size_t at = 0; at < packed.size(); at += at < 64 || at + 128 > packed.size() ? 1 : 37) {
    Content damaged = packed;
    damaged[at] ^= static_cast<std::byte>(1U << (at % 8));
    const auto unpacked = unpack(damaged);
    errors += unpacked.ok() ? 0 : 1;
    EXPECT_TRUE(!unpacked.ok() || test::read_bytes(out()) == image) << "bit " << at % 8 << " of byte " << at;
  }
  EXPECT_GT(errors, 100);
}

// The content is right and all there before the last bytes of the last block are looked at, its checksum.
TEST_F(Unpack, AWrongChecksumOfTheLastBlockIsSeen) {
  Content packed = pack(sample_image(2 * kMiB), "-T2 --block-size=1MiB");
  const auto plan = plan_xz_unpacking(MemoryStore(packed), kLimits);
  ASSERT_TRUE(plan);
  const XzBlock& last = plan->layout.blocks.back();
  packed[last.offset + last.length - 1] ^= std::byte{1};
  const auto unpacked = unpack(packed);
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.error().code(), ErrorCode::kCorrupt);
  EXPECT_NE(unpacked.error().what().find("damaged"), std::string::npos) << unpacked.error().what();
}

TEST_F(Unpack, WhatIsNoImageIsRefusedInBlocksToo) {
  const auto refuse = [&](const Content& content, const std::string& part) {
    const auto unpacked = unpack(in_blocks(content), {.max_image = kMiB, .threads = 2});
    ASSERT_FALSE(unpacked.ok());
    EXPECT_NE(unpacked.error().what().find(part), std::string::npos) << unpacked.error().what();
  };
  refuse(sample_image(64 * kKiB) + Content(1), "512-byte sectors");
  refuse(Content(kMiB + kSectorSize), "larger than");
  Content packed = pack(sample_image(400 * kKiB), "");
  packed.resize(round_up(packed.size(), kSectorSize));
  refuse(packed, "again");
  refuse(output_of(folder_.path(), "tar -C /etc -cf - hostname hosts passwd; head -c 100K /dev/zero"), "tar archive");
}

TEST_F(Unpack, ThreadsAreAsManyAsTheirDictionariesHaveRoomFor) {
  const MemoryStore packed(pack(sample_image(kMiB), "-T2 --block-size=64KiB -6"));
  const auto threads = [&](Bytes memory, unsigned processors) {
    const auto plan = plan_xz_unpacking(packed, {.memory = memory, .threads = processors});
    EXPECT_LE(plan ? plan->threads * plan->memory : 0, memory);
    return plan ? plan->threads : 1U;
  };
  EXPECT_EQ(threads(144 * kMiB, 2), 2U);
  EXPECT_EQ(threads(144 * kMiB, 12), 12U);
  EXPECT_EQ(threads(144 * kMiB, 100), 16U) << "not more than there are blocks";
  EXPECT_EQ(threads(80 * kMiB, 12), 9U);
  EXPECT_EQ(threads(18 * kMiB, 12), 2U);
  EXPECT_EQ(threads(16 * kMiB, 12), 1U);
}

// So that decoding takes no more on a machine with many cores while a card is written meanwhile.
TEST_F(Unpack, ThreadsMayBeAllowedLessThanOneStream) {
  const Content image = sample_image(kMiB);
  const auto allowed = [](Bytes memory) {
    return DecodeLimits{.max_image = 64 * kMiB, .memory_of_threads = memory, .threads = 12};
  };
  const Content usual = pack(image, "-T2 --block-size=64KiB -6");
  const auto plan = plan_xz_unpacking(MemoryStore(usual), allowed(20 * kMiB));
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->threads, 2U);
  const Content large = pack(image, "-T2 --block-size=64KiB -9");
  EXPECT_FALSE(plan_xz_unpacking(MemoryStore(large), allowed(20 * kMiB)));
  EXPECT_TRUE(unpack(large, allowed(20 * kMiB)).ok());
}

// What a block says it needs is believed before anything is allocated: here 4 GiB.
TEST_F(Unpack, ADictionaryOfSeveralGigabytesIsRefused) {
  for (const std::string options : {"-T1", "-T2 --block-size=16KiB"}) {
    Content packed = pack(sample_image(64 * kKiB), options);
    packed[Header(packed).dictionary] = std::byte{40};
    Header::seal(packed);
    const auto unpacked = unpack(packed);
    ASSERT_FALSE(unpacked.ok());
    EXPECT_EQ(unpacked.error().code(), ErrorCode::kUnsupported);
    EXPECT_NE(unpacked.error().what().find("takes 4 GiB of memory"), std::string::npos) << unpacked.error().what();
  }
}

TEST_F(Unpack, AHeaderThatContradictsTheIndexIsDamage) {
  const Content image = sample_image(64 * kKiB);
  Content packed = in_blocks(image);
  const auto size = Header(packed).size;
  ASSERT_TRUE(size);
  Header::seal(packed);
  expect_image(packed, image);
  packed[*size] ^= std::byte{1};
  Header::seal(packed);
  const auto unpacked = unpack(packed);
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.error().code(), ErrorCode::kCorrupt);
}

TEST_F(Unpack, StopsWhenAsked) {
  int calls = 0;
  const auto unpacked = unpack(in_blocks(sample_image(3 * kMiB)), kLimits, [&](Bytes, Bytes) { return ++calls < 3; });
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.error().code(), ErrorCode::kInterrupted);
  EXPECT_EQ(calls, 3);
}

TEST_F(Unpack, SaysThatTheFileCannotBeWritten) {
  const UniqueFd sealed(::memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::fcntl(sealed.get(), F_ADD_SEALS, F_SEAL_WRITE), 0);
  const auto unpacked = unpack_image(MemoryStore(in_blocks(sample_image(kMiB))), {sealed.get()}, kLimits, {});
  ASSERT_FALSE(unpacked.ok());
  EXPECT_EQ(unpacked.error().sys_errno(), EPERM) << unpacked.error().what();
}

}  // namespace
}  // namespace kraken
