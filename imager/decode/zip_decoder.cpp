#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/endian.h"
#include "base/text.h"
#include "decode/archive_reader.h"
#include "decode/stream_decoders.h"

namespace kraken {

namespace {

// APPNOTE.TXT 6.3.10, section 4.3.16, "end of central directory record".
constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr Bytes kEndSize = 22;
constexpr Bytes kEndCommentLength = 20;
constexpr Bytes kMaxComment = 0xffff;

constexpr std::size_t kMaxEntries = 1000;  // an image is published with a handful of files beside it
constexpr std::size_t kMaxListed = 10;

struct ZipEntry {
  std::size_t index = 0;  // of the archive's entries, in libarchive's order
  std::string name;
  std::optional<Bytes> size;
  std::string method;  // of compression, as libarchive calls it
  bool encrypted = false;
  bool looks_like_image = false;
};

// Names go into messages for a terminal: no escape sequences, no kilometres.
std::string printable(const char* name) {
  constexpr std::size_t kMaxName = 200;
  if (name == nullptr) return "(a name that cannot be shown)";
  std::string text(name);
  if (text.size() > kMaxName) text = text.substr(0, kMaxName) + "...";
  std::ranges::replace_if(
      text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text;
}

bool ends_with_img(std::string_view name) {
  constexpr std::string_view kEnd = ".img";
  if (name.size() < kEnd.size()) return false;
  return std::ranges::equal(name.substr(name.size() - kEnd.size()), kEnd,
                            [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; });
}

// "lzma" of libarchive's "ZIP 6.3 (lzma)".
std::string method_of(ArchiveReader& reader) {
  const char* format = archive_format_name(reader.handle());
  const std::string name = format == nullptr ? "" : format;
  const std::size_t open = name.find('(');
  return open == std::string::npos ? "" : name.substr(open + 1, name.find(')') - open - 1);
}

// libarchive gives the others whatever their header asks for: gigabytes, if it says so.
bool has_bounded_memory(const std::string& method) {
  static constexpr std::array kBounded = {"uncompressed", "deflation", "deflation-64-bit", "bzip", "zstd"};
  return std::ranges::find(kBounded, method) != kBounded.end();
}

// Byte 510 of a disk's first sector: 55 AA (UEFI 2.10, section 5.2.1, "Signature").
bool has_boot_signature(std::span<const std::byte> head) {
  return read_le<std::uint16_t>(head, 510) == 0xaa55;
}

// Without this, an archive whose end is cut off could still be read from its start, and one with a tail be taken.
Status require_directory_at_end(const BlockSource& input) {
  const Bytes length = std::min(input.size(), kEndSize + kMaxComment);
  std::vector<std::byte> tail(length);
  KRAKEN_TRY(input.read(input.size() - length, tail));
  for (Bytes at = length < kEndSize ? 0 : length - kEndSize + 1; at-- > 0;) {
    if (read_le<std::uint32_t>(tail, at) != kEndSignature) continue;
    if (at + kEndSize + read_le<std::uint16_t>(tail, at + kEndCommentLength).value_or(0) == length) return ok_status();
  }
  return Error(ErrorCode::kCorrupt,
               "the zip archive does not end with its directory: it is cut off, or something was added to it");
}

Result<std::unique_ptr<ArchiveReader>> open_zip(const BlockSource& input) {
  auto reader = std::make_unique<ArchiveReader>(input);
  // The seekable reader believes the directory; the other one also reads what a broken download left.
  if (archive_read_support_format_zip_seekable(reader->handle()) != ARCHIVE_OK) {
    return Error(ErrorCode::kUnsupported, "this libarchive was built without zip");
  }
  KRAKEN_TRY(reader->open().with_context("the zip archive is damaged"));
  return reader;
}

ZipEntry describe(ArchiveReader& reader, archive_entry* entry, std::size_t index) {
  ZipEntry described;
  described.index = index;
  described.name = printable(archive_entry_pathname(entry));
  described.method = method_of(reader);
  described.encrypted = archive_entry_is_encrypted(entry) != 0;
  if (archive_entry_size_is_set(entry) != 0) described.size = static_cast<Bytes>(archive_entry_size(entry));
  described.looks_like_image = ends_with_img(described.name);
  const bool is_readable = !described.encrypted && has_bounded_memory(described.method);
  if (!described.looks_like_image && is_readable && described.size.value_or(0) % kSectorSize == 0) {
    std::array<std::byte, kFormatHeadSize> head{};
    const auto got = reader.read(head);
    // What cannot be read here is no image by this test; if it is the one after all, decoding it says what is wrong.
    described.looks_like_image = got.ok() && has_boot_signature(std::span(head).first(*got));
  }
  return described;
}

Result<std::vector<ZipEntry>> list_files(const BlockSource& input) {
  KRAKEN_ASSIGN(const auto reader, open_zip(input));
  std::vector<ZipEntry> files;
  for (std::size_t index = 0; index < kMaxEntries; ++index) {
    auto entry = reader->next_entry().with_context("the zip archive's directory is damaged");
    if (!entry.ok()) return entry.error();
    if (*entry == nullptr) return files;
    // macOS adds a folder with files of the same names that hold no data of theirs.
    const std::string name = printable(archive_entry_pathname(*entry));
    if (archive_entry_filetype(*entry) == AE_IFREG && name.rfind("__MACOSX/", 0) != 0) {
      files.push_back(describe(*reader, *entry, index));
    }
  }
  return Error(ErrorCode::kUnsupported, "the zip archive has more than " + std::to_string(kMaxEntries) +
                                            " entries; unpack it and give the image that was in it");
}

std::string list_names(const std::vector<ZipEntry>& files) {
  std::vector<std::string> names;
  for (const ZipEntry& file : files) {
    if (names.size() == kMaxListed) {
      names.push_back("and " + std::to_string(files.size() - kMaxListed) + " more");
      break;
    }
    names.push_back(file.name);
  }
  return join(names, ", ");
}

Result<ZipEntry> choose_image(const std::vector<ZipEntry>& files) {
  if (files.empty()) return Error(ErrorCode::kUnsupported, "the zip archive has no file in it");
  std::vector<ZipEntry> images;
  std::ranges::copy_if(files, std::back_inserter(images), &ZipEntry::looks_like_image);
  if (images.empty() && files.size() == 1) images = files;
  if (images.empty()) {
    return Error(ErrorCode::kUnsupported, "the zip archive has no image in it, only: " + list_names(files));
  }
  if (images.size() > 1) {
    return Error(ErrorCode::kUnsupported, "the zip archive has several images in it: " + list_names(images) +
                                              "; unpack it and give the one that is wanted");
  }
  if (images.front().encrypted) {
    return Error(ErrorCode::kUnsupported,
                 images.front().name + " in the zip archive is encrypted; unpack it and give the image that was in it");
  }
  if (!has_bounded_memory(images.front().method)) {
    return Error(ErrorCode::kUnsupported,
                 images.front().name + " in the zip archive is packed with " + images.front().method +
                     ", which takes any amount of memory; unpack it and give the image that was in it");
  }
  return images.front();
}

class ZipDecoder : public Decoder {
 public:
  ZipDecoder(std::unique_ptr<ArchiveReader> reader, ZipEntry image)
      : reader_(std::move(reader)), image_(std::move(image)) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    if (ended_) return std::size_t{0};
    auto got = reader_->read(out);
    if (!got.ok()) return got.error().with_context(image_.name + " in the zip archive is damaged");
    done_ += *got;
    if (*got == out.size()) return got;
    ended_ = true;
    if (image_.size && *image_.size != done_) {
      return Error(ErrorCode::kCorrupt, image_.name + " in the zip archive is damaged: " + std::to_string(done_) +
                                            " bytes long, but the directory says " + std::to_string(*image_.size));
    }
    return got;
  }

  Bytes consumed() const override { return reader_->position(); }

 private:
  std::unique_ptr<ArchiveReader> reader_;
  ZipEntry image_;
  Bytes done_ = 0;
  bool ended_ = false;
};

}  // namespace

std::optional<Bytes> zip_image_size(const BlockSource& input) {
  if (!require_directory_at_end(input).ok()) return std::nullopt;
  const auto files = list_files(input);
  if (!files.ok()) return std::nullopt;
  const auto image = choose_image(*files);
  return image.ok() ? image->size : std::nullopt;
}

Result<std::unique_ptr<Decoder>> open_zip_decoder(const BlockSource& input) {
  KRAKEN_TRY(require_directory_at_end(input));
  KRAKEN_ASSIGN(const std::vector<ZipEntry> files, list_files(input));
  KRAKEN_ASSIGN(ZipEntry image, choose_image(files));
  KRAKEN_ASSIGN(auto reader, open_zip(input));
  for (std::size_t index = 0; index <= image.index; ++index) {
    KRAKEN_ASSIGN(const archive_entry* entry, reader->next_entry());
    if (entry == nullptr) return Error(ErrorCode::kCorrupt, "the zip archive changed while it was read");
  }
  return std::unique_ptr<Decoder>(std::make_unique<ZipDecoder>(std::move(reader), std::move(image)));
}

}  // namespace kraken
