#include "decode/archive_reader.h"
#include "decode/stream_decoders.h"
#include "decode/zstd_header.h"

namespace kraken {

namespace {

// libzstd's ZSTD_WINDOWLOG_LIMIT_DEFAULT, which libarchive leaves as it is.
constexpr Bytes kMaxZstdWindow = 128 * kMiB;

// What is whole, and still cannot be decoded here: libarchive would speak of it as of damage. The first frame stands
// for all: one run of zstd made them.
Status check_zstd(const BlockSource& input) {
  const auto start = skip_zstd_skippable(input, 0);
  const auto header = start ? read_zstd_header(input, *start) : std::nullopt;
  if (!header) return ok_status();
  if (header->dictionary != 0) {
    return Error(ErrorCode::kUnsupported, "it was packed with a zstd dictionary (number " +
                                              std::to_string(header->dictionary) + "), without which nobody can " +
                                              "unpack it: pack the image anew without one");
  }
  if (header->window <= kMaxZstdWindow) return ok_status();
  return Error(ErrorCode::kUnsupported, "unpacking it takes " + human_bytes(header->window) +
                                            " of memory (zstd's window), and " + human_bytes(kMaxZstdWindow) +
                                            " are the most that is given: pack the image anew with zstd --long=27 or "
                                            "less");
}

class FilterDecoder : public Decoder {
 public:
  FilterDecoder(const BlockSource& input, ImageFormat format) : source_(&input), reader_(input), format_(format) {}

  Status start() {
    int code = archive_read_support_format_raw(reader_.handle());
    if (code == ARCHIVE_OK && format_ == ImageFormat::kZstd) code = archive_read_support_filter_zstd(reader_.handle());
    if (code == ARCHIVE_OK && format_ == ImageFormat::kBzip2)
      code = archive_read_support_filter_bzip2(reader_.handle());
    // ARCHIVE_WARN would mean that it wants to start an external program.
    if (code != ARCHIVE_OK) {
      return Error(ErrorCode::kUnsupported, "this libarchive was built without " + format_name(format_));
    }
    if (format_ == ImageFormat::kZstd) KRAKEN_TRY(check_zstd(*source_));
    KRAKEN_TRY(explained(reader_.open()));
    auto entry = reader_.next_entry();
    if (!entry.ok()) return explained(entry.error());
    // libarchive puts filters on filters; two of them and its own input make three.
    const int filters = archive_filter_count(reader_.handle());
    if (filters > 2) return Error(ErrorCode::kUnsupported, "it is compressed twice; unpack it once");
    if (filters < 2) return Error(ErrorCode::kCorrupt, "the " + format_name(format_) + " data is damaged at its start");
    return ok_status();
  }

  Result<std::size_t> read(std::span<std::byte> out) override {
    if (ended_) return std::size_t{0};
    auto got = reader_.read(out);
    if (!got.ok()) return explained(got.error()).error();
    if (*got < out.size()) {
      ended_ = true;
      // libarchive takes whatever follows the stream, half of another stream included, for its end.
      KRAKEN_TRY(require_zero_tail(*source_, reader_.used()));
    }
    return got;
  }

  Bytes consumed() const override { return reader_.used(); }

 private:
  Status explained(Status status) const {
    return std::move(status).with_context("the " + format_name(format_) + " data is cut off or damaged near byte " +
                                          std::to_string(reader_.used()) + " of " + std::to_string(source_->size()));
  }

  const BlockSource* source_;
  ArchiveReader reader_;
  ImageFormat format_;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_filter_decoder(const BlockSource& input, ImageFormat format) {
  auto decoder = std::make_unique<FilterDecoder>(input, format);
  KRAKEN_TRY(decoder->start());
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace kraken
