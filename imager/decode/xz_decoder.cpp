#include "decode/input_cursor.h"
#include "decode/lzma_stream.h"
#include "decode/stream_decoders.h"

namespace kraken {

namespace {

class XzDecoder : public Decoder {
 public:
  explicit XzDecoder(const BlockSource& input) : input_(input) {}

  Status start(const DecodeLimits& limits) {
    // Files of several streams (cat a.xz b.xz) decode to all of them, as with xz(1).
    const lzma_ret code =
        lzma_stream_decoder(stream_.get(), limits.memory, LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK);
    return code == LZMA_OK ? ok_status() : Status(explain(code));
  }

  Result<std::size_t> read(std::span<std::byte> out) override {
    stream_->next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_->avail_out = out.size();
    while (!ended_ && stream_->avail_out > 0) KRAKEN_TRY(step());
    return out.size() - stream_->avail_out;
  }

  Bytes consumed() const override { return input_.position() - stream_->avail_in; }

 private:
  Status step() {
    if (stream_->avail_in == 0 && !input_.at_end()) {
      KRAKEN_ASSIGN(const auto piece, input_.next());
      stream_->next_in = reinterpret_cast<const std::uint8_t*>(piece.data());
      stream_->avail_in = piece.size();
    }
    // Only a decoder that was told that there is no more can tell a whole file from a cut one.
    const lzma_ret code = lzma_code(stream_.get(), input_.at_end() ? LZMA_FINISH : LZMA_RUN);
    if (code == LZMA_STREAM_END) {
      ended_ = true;
    } else if (code != LZMA_OK) {
      return explain(code);
    }
    return ok_status();
  }

  Error explain(lzma_ret code) {
    if (code == LZMA_MEMLIMIT_ERROR) return xz_takes_too_much(lzma_memusage(stream_.get()));
    if (code != LZMA_BUF_ERROR) return xz_error(code, consumed());
    return {ErrorCode::kCorrupt,
            "the xz data is cut off: the file ends at byte " + std::to_string(input_.size()) + ", in the middle of it"};
  }

  InputCursor input_;
  LzmaStream stream_;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_xz_decoder(const BlockSource& input, const DecodeLimits& limits) {
  auto decoder = std::make_unique<XzDecoder>(input);
  KRAKEN_TRY(decoder->start(limits));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace kraken
