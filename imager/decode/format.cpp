#include "decode/format.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "base/text.h"

namespace kraken {

namespace {

using namespace std::string_view_literals;

struct Magic {
  std::size_t offset;
  std::string_view bytes;
  ImageFormat format;
};

constexpr std::array kImages = {
    Magic{0, "\xfd\x37zXZ\0"sv, ImageFormat::kXz},       // The .xz file format 1.2.0, section 2.1.1.1
    Magic{0, "\x28\xb5\x2f\xfd"sv, ImageFormat::kZstd},  // RFC 8878, section 3.1.1
    Magic{0, "\x1f\x8b\x08"sv, ImageFormat::kGzip},      // RFC 1952, section 2.3.1, CM = deflate
    Magic{0, "PK\x03\x04"sv, ImageFormat::kZip},         // APPNOTE.TXT 6.3.10, section 4.3.7
    Magic{0, "PK\x05\x06"sv, ImageFormat::kZip},         // section 4.3.16: a zip with nothing in it
};

struct Mistake {
  std::size_t offset;
  std::string_view bytes;
  std::string_view what;
};

constexpr std::string_view kUnpack = "; unpack it and give the image that was in it";
constexpr std::string_view kConvert = "; convert it with qemu-img convert -O raw";

constexpr std::array kMistakes = {
    Mistake{257, "ustar"sv, "a tar archive"},  // POSIX.1-2017 pax, ustar header: magic at 257
    Mistake{0, "7z\xbc\xaf\x27\x1c"sv, "a 7z archive"},
    Mistake{0, "Rar!\x1a\x07"sv, "a RAR archive"},
    Mistake{0, "PK\x07\x08"sv, "a part of a split zip archive"},
    Mistake{0, "\x04\x22\x4d\x18"sv, "compressed with lz4"},
    Mistake{0, "LZIP"sv, "compressed with lzip"},
    Mistake{0, "\x1f\x9d"sv, "compressed with compress(1)"},
    Mistake{0, "\x5d\0\0"sv, "compressed with lzma (the format before xz)"},
    Mistake{0, "QFI\xfb"sv, "a QEMU qcow2 disk"},
    Mistake{0, "KDMV"sv, "a VMware disk"},
    Mistake{0, "vhdxfile"sv, "a Hyper-V disk"},
    Mistake{0, "\x3a\xff\x26\xed"sv, "an Android sparse image"},
    Mistake{0, "version https://git-lfs"sv, "a Git LFS pointer, not the file that it stands for"},
};
constexpr std::size_t kFirstDisk = 8;  // of kMistakes: up to here archives, from here to the last one disks

bool has(std::string_view head, std::size_t offset, std::string_view bytes) {
  return head.size() >= offset + bytes.size() && head.substr(offset, bytes.size()) == bytes;
}

// "BZh", the level, then the magic of a block or of the stream's end: three bytes alone could be boot code.
bool is_bzip2(std::string_view head) {
  return has(head, 0, "BZh") && head.size() >= 10 && head[3] >= '1' && head[3] <= '9' &&
         (has(head, 4, "\x31\x41\x59\x26\x53\x59"sv) || has(head, 4, "\x17\x72\x45\x38\x50\x90"sv));
}

// RFC 8878, section 3.1.2: 0x184D2A50 to 0x184D2A5F. pzstd begins its files with one.
bool is_zstd_skippable(std::string_view head) {
  return has(head, 1, "\x2a\x4d\x18"sv) && (static_cast<unsigned char>(head[0]) & 0xf0) == 0x50;
}

bool is_web_page(std::string_view head) {
  if (has(head, 0, "\xef\xbb\xbf"sv)) head.remove_prefix(3);
  head = trim(head);
  for (const std::string_view start : {"<!doctype"sv, "<html"sv, "<head"sv, "<?xml"sv, "<!--"sv}) {
    const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
    if (head.size() >= start.size() &&
        std::equal(start.begin(), start.end(), head.begin(), [&](char b, char a) { return same(a, b); })) {
      return true;
    }
  }
  return false;
}

Status refuse_mistakes(std::string_view head) {
  if (is_web_page(head)) {
    return Error(ErrorCode::kUnsupported,
                 "it is a web page, not an image: the address probably answered with an error or a log-in page; "
                 "open it in a browser and look for the image's own address");
  }
  for (std::size_t i = 0; i < kMistakes.size(); ++i) {
    const Mistake& mistake = kMistakes.at(i);
    if (!has(head, mistake.offset, mistake.bytes)) continue;
    std::string what = "it is " + std::string(mistake.what);
    if (i < kFirstDisk) what += kUnpack;
    if (i >= kFirstDisk && i + 1 < kMistakes.size()) what += kConvert;
    return Error(ErrorCode::kUnsupported, what);
  }
  return ok_status();
}

}  // namespace

std::string format_name(ImageFormat format) {
  static constexpr std::array kNames = {"raw image", "xz", "zstd", "gzip", "bzip2", "zip"};
  return kNames.at(static_cast<std::size_t>(format));
}

Result<ImageFormat> detect_format(std::span<const std::byte> bytes) {
  const std::string_view head = as_text(bytes);
  for (const Magic& magic : kImages) {
    if (has(head, magic.offset, magic.bytes)) return magic.format;
  }
  if (is_bzip2(head)) return ImageFormat::kBzip2;
  if (is_zstd_skippable(head)) return ImageFormat::kZstd;
  KRAKEN_TRY(refuse_mistakes(head));
  return ImageFormat::kRaw;
}

}  // namespace kraken
