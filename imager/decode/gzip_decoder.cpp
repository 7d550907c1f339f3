// zlib.h: input that is only read is const.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>

#include "decode/input_cursor.h"
#include "decode/stream_decoders.h"

namespace kraken {

namespace {

// zlib.h, inflateInit2: 15 is the largest window, 16 more asks for a gzip header and a verified gzip trailer.
constexpr int kGzipWindow = 15 + 16;
constexpr std::byte kMemberStart{0x1f};  // RFC 1952, section 2.3.1, ID1

class GzipDecoder : public Decoder {
 public:
  explicit GzipDecoder(const BlockSource& input) : source_(&input), input_(input) {}
  ~GzipDecoder() override { inflateEnd(&stream_); }

  Status start() {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK) return Error(ErrorCode::kNoSpace, "there is not enough memory");
    return ok_status();
  }

  Result<std::size_t> read(std::span<std::byte> out) override {
    // The caller's pieces are far below zlib's 32 bits; what does not fit is read the next time.
    const std::size_t wanted = std::min<std::size_t>(out.size(), kGiB);
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(wanted);
    while (!ended_ && stream_.avail_out > 0) KRAKEN_TRY(step());
    return wanted - stream_.avail_out;
  }

  Bytes consumed() const override { return input_.position() - stream_.avail_in; }

 private:
  Status refill() {
    if (stream_.avail_in > 0 || input_.at_end()) return ok_status();
    KRAKEN_ASSIGN(piece_, input_.next());
    stream_.next_in = reinterpret_cast<const Bytef*>(piece_.data());
    stream_.avail_in = static_cast<uInt>(piece_.size());
    return ok_status();
  }

  Status step() {
    KRAKEN_TRY(refill());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_STREAM_END) return finish_member();
    if (code == Z_OK) return ok_status();
    if (code == Z_BUF_ERROR && stream_.avail_in == 0 && input_.at_end()) {
      return Error(ErrorCode::kCorrupt, "the gzip data is cut off: the file ends at byte " +
                                            std::to_string(input_.size()) + ", in the middle of it");
    }
    if (code == Z_MEM_ERROR) return Error(ErrorCode::kNoSpace, "there is not enough memory to decode the gzip data");
    return Error(ErrorCode::kCorrupt, "the gzip data is damaged near byte " + std::to_string(consumed()) +
                                          (stream_.msg == nullptr ? "" : std::string(" (") + stream_.msg + ")"));
  }

  // RFC 1952, section 2.2: a file is a series of members. gzip(1) takes zeros behind the last one for padding.
  Status finish_member() {
    KRAKEN_TRY(refill());
    if (stream_.avail_in == 0 || piece_[piece_.size() - stream_.avail_in] != kMemberStart) {
      ended_ = true;
      return require_zero_tail(*source_, consumed());
    }
    if (inflateReset(&stream_) != Z_OK) return Error(ErrorCode::kInternal, "zlib refused to start a gzip member");
    return ok_status();
  }

  const BlockSource* source_;
  InputCursor input_;
  std::span<const std::byte> piece_;
  z_stream stream_ = {};
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_gzip_decoder(const BlockSource& input) {
  auto decoder = std::make_unique<GzipDecoder>(input);
  KRAKEN_TRY(decoder->start());
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace kraken
