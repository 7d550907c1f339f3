#include "decode/decoder.h"

#include <algorithm>
#include <array>

#include "decode/input_cursor.h"
#include "decode/stream_decoders.h"

namespace kraken {

namespace {

// A raw image as its own decoder: one that was downloaded goes the way of the others.
class RawDecoder : public Decoder {
 public:
  explicit RawDecoder(const BlockSource& input) : input_(&input) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    const std::size_t length = std::min<Bytes>(out.size(), input_->size() - position_);
    if (length > 0) KRAKEN_TRY(input_->read(position_, out.first(length)));
    position_ += length;
    return length;
  }
  Bytes consumed() const override { return position_; }

 private:
  const BlockSource* input_;
  Bytes position_ = 0;
};

// Passes on what another decoder gives, as long as it can be an image.
class ImageDecoder : public Decoder {
 public:
  ImageDecoder(std::unique_ptr<Decoder> inner, ImageFormat format, Bytes max_image)
      : inner_(std::move(inner)), format_(format), max_image_(max_image) {}

  Result<std::size_t> read(std::span<std::byte> out) override {
    KRAKEN_ASSIGN(const std::size_t got, fill(out));
    const std::span<const std::byte> data = out.first(got);
    if (size_ < kFormatHeadSize) KRAKEN_TRY(check_head(data));
    size_ += got;
    if (size_ > max_image_) {
      return Error(ErrorCode::kUnsupported,
                   "the image is larger than the " + human_bytes(max_image_) + " that are allowed");
    }
    if (got < out.size()) KRAKEN_TRY(check_size());
    return got;
  }
  Bytes consumed() const override { return inner_->consumed(); }

 private:
  Result<std::size_t> fill(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size()) {
      KRAKEN_ASSIGN(const std::size_t got, inner_->read(out.subspan(done)));
      if (got == 0) break;
      done += got;
    }
    return done;
  }

  Status check_head(std::span<const std::byte> data) {
    const std::size_t missing = kFormatHeadSize - size_;
    std::copy_n(data.begin(), std::min(missing, data.size()), head_.begin() + static_cast<std::ptrdiff_t>(size_));
    if (format_ == ImageFormat::kRaw || data.size() < missing) return ok_status();
    auto inner = detect_format(head_).with_context("what is in the " + format_name(format_) + " data is no raw image");
    if (!inner.ok()) return inner.error();
    if (*inner == ImageFormat::kRaw) return ok_status();
    return Error(ErrorCode::kUnsupported, "what is in the " + format_name(format_) + " data is " + format_name(*inner) +
                                              " data again; unpack it once and give the file that was in it");
  }

  Status check_size() const {
    if (size_ == 0) return Error(ErrorCode::kCorrupt, "there is nothing in it");
    if (size_ % kSectorSize == 0) return ok_status();
    return Error(ErrorCode::kCorrupt, "it is no disk image, or one that is cut off: its " + std::to_string(size_) +
                                          " bytes are no whole number of 512-byte sectors");
  }

  std::unique_ptr<Decoder> inner_;
  ImageFormat format_;
  Bytes max_image_;
  Bytes size_ = 0;
  std::array<std::byte, kFormatHeadSize> head_{};
};

Result<std::unique_ptr<Decoder>> open_stream(const BlockSource& input, ImageFormat format, const DecodeLimits& limits) {
  switch (format) {
    case ImageFormat::kRaw:
      return std::unique_ptr<Decoder>(std::make_unique<RawDecoder>(input));
    case ImageFormat::kXz:
      return open_xz_decoder(input, limits);
    case ImageFormat::kGzip:
      return open_gzip_decoder(input);
    case ImageFormat::kZstd:
    case ImageFormat::kBzip2:
      return open_filter_decoder(input, format);
    case ImageFormat::kZip:
      return open_zip_decoder(input);
  }
  return Error(ErrorCode::kInternal, "an image format without a decoder");
}

}  // namespace

Result<ImageFormat> detect_source_format(const BlockSource& input) {
  if (input.size() == 0) return Error(ErrorCode::kCorrupt, "it is empty");
  std::array<std::byte, kFormatHeadSize> buffer{};
  const std::span<std::byte> head = std::span(buffer).first(std::min<Bytes>(input.size(), buffer.size()));
  KRAKEN_TRY(input.read(0, head));
  return detect_format(head);
}

Result<std::unique_ptr<Decoder>> open_image_decoder(const BlockSource& input, const DecodeLimits& limits) {
  KRAKEN_ASSIGN(const ImageFormat format, detect_source_format(input));
  KRAKEN_ASSIGN(auto stream, open_stream(input, format, limits));
  return std::unique_ptr<Decoder>(std::make_unique<ImageDecoder>(std::move(stream), format, limits.max_image));
}

}  // namespace kraken
