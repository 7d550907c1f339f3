#include "decode/announced_size.h"

#include <gtest/gtest.h>

#include "block/file_source.h"
#include "support/sample_image.h"
#include "support/temp_folder.h"

namespace kraken {
namespace {

using test::output_of;
using test::sample_image;
using test::TempFolder;
using test::write_bytes;

class AnnouncedSizeTest : public ::testing::Test {
 protected:
  static constexpr Bytes kSize = 3 * kMiB + 512;

  AnnouncedSizeTest() {
    write_bytes(folder_ / "disk.img", sample_image(kSize));
    write_bytes(folder_ / "more.img", sample_image(kMiB));
    write_bytes(folder_ / "small.img", sample_image(512));
  }

  std::vector<std::byte> packed(const std::string& command) {
    return output_of(folder_.path(), "cd " + folder_.path().string() + " && " + command);
  }

  std::optional<Bytes> announced(const std::vector<std::byte>& bytes) {
    write_bytes(folder_ / "file", bytes);
    const auto file = FileSource::open(folder_ / "file");
    EXPECT_TRUE(file.ok());
    return announced_image_size(**file);
  }

  TempFolder folder_;
};

TEST_F(AnnouncedSizeTest, IsWhatOtherPeoplesCompressorsWrote) {
  for (const char* command :
       {"xz -c disk.img", "xz -T2 --block-size=1MiB -c disk.img", "zstd -q -c disk.img",
        "zstd -q -T2 --no-check -c disk.img", "zstd -q -19 -c disk.img", "zip -q real.zip disk.img; cat real.zip"}) {
    EXPECT_EQ(announced(packed(command)), kSize) << command;
  }
  for (const auto& [size, file] : {std::pair{Bytes{512}, "small.img"}, std::pair{kMiB, "more.img"}}) {
    EXPECT_EQ(announced(packed(std::string("zstd -q -c ") + file)), size);
    EXPECT_EQ(announced(packed(std::string("xz -c ") + file)), size);
  }
}

TEST_F(AnnouncedSizeTest, IsOfAllStreamsAndFrames) {
  EXPECT_EQ(announced(packed("xz -c disk.img; xz -c more.img")), kSize + kMiB);
  EXPECT_EQ(announced(packed("zstd -q -c disk.img; printf '\\123\\052\\115\\030\\002\\000\\000\\000hi'; "
                             "zstd -q -c more.img")),
            kSize + kMiB);
}

TEST_F(AnnouncedSizeTest, IsNothingWhereTheFileDoesNotSay) {
  for (const char* command : {"gzip -c disk.img", "bzip2 -c disk.img", "zstd -q -c < disk.img",
                              "zstd -q -c disk.img; zstd -q -c < more.img"}) {
    EXPECT_EQ(announced(packed(command)), std::nullopt) << command;
  }
}

TEST_F(AnnouncedSizeTest, IsNothingOfWhatIsCutOff) {
  for (const char* command : {"xz -c disk.img", "zstd -q -c disk.img", "zip -q real.zip disk.img; cat real.zip"}) {
    const auto whole = packed(command);
    for (const std::size_t length : {whole.size() - 1, whole.size() - 40, whole.size() / 2, std::size_t{30}}) {
      const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
      EXPECT_EQ(announced(cut), std::nullopt) << command << " " << length;
    }
  }
}

}  // namespace
}  // namespace kraken
