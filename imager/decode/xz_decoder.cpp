#include <lzma.h>

#include <algorithm>
#include <thread>

#include "decode/input_cursor.h"
#include "decode/stream_decoders.h"

namespace kraken {

namespace {

// lzma_mt::threads is bounded by liblzma's own LZMA_THREADS_MAX (16384); more than this many only takes memory.
constexpr unsigned kMaxThreads = 64;

Error explain(lzma_ret code, const InputCursor& input, const lzma_stream& stream) {
  const std::string where = " (near byte " + std::to_string(input.position() - stream.avail_in) + ")";
  switch (code) {
    case LZMA_BUF_ERROR:
      return Error(ErrorCode::kCorrupt, "the xz data is cut off: the file ends at byte " +
                                            std::to_string(input.size()) + ", in the middle of it");
    case LZMA_MEM_ERROR:
      return Error(ErrorCode::kNoSpace, "there is not enough memory to decode the xz data");
    case LZMA_MEMLIMIT_ERROR:
      return Error(ErrorCode::kUnsupported, "decoding the xz data takes " + human_bytes(lzma_memusage(&stream)) +
                                                " of memory, more than is allowed; compress it with xz -6");
    case LZMA_FORMAT_ERROR:
      return Error(ErrorCode::kCorrupt, "what follows the xz data is no xz data" + where);
    case LZMA_OPTIONS_ERROR:
      return Error(ErrorCode::kUnsupported, "the xz data wants something that this liblzma cannot do" + where);
    case LZMA_UNSUPPORTED_CHECK:
      return Error(ErrorCode::kUnsupported, "the xz data has a kind of checksum that cannot be verified here");
    case LZMA_DATA_ERROR:
      return Error(ErrorCode::kCorrupt, "the xz data is damaged" + where);
    default:
      return Error(ErrorCode::kInternal, "liblzma failed with code " + std::to_string(code) + where);
  }
}

class XzDecoder : public Decoder {
 public:
  explicit XzDecoder(const BlockSource& input) : input_(input) {}
  ~XzDecoder() override { lzma_end(&stream_); }

  Status start(const DecodeLimits& limits) {
    lzma_mt options = {};
    // Files of several streams (cat a.xz b.xz) decode to all of them, as with xz(1).
    options.flags = LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK;
    options.threads = limits.threads != 0 ? limits.threads : std::max(1U, std::thread::hardware_concurrency());
    options.threads = std::min(options.threads, kMaxThreads);
    // Above the first limit liblzma goes on with fewer threads; above the second it gives up.
    options.memlimit_threading = limits.memory;
    options.memlimit_stop = limits.memory;
    const lzma_ret code = lzma_stream_decoder_mt(&stream_, &options);
    if (code != LZMA_OK) return explain(code, input_, stream_);
    return ok_status();
  }

  Result<std::size_t> read(std::span<std::byte> out) override {
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    while (!ended_ && stream_.avail_out > 0) KRAKEN_TRY(step());
    return out.size() - stream_.avail_out;
  }

  Bytes consumed() const override { return input_.position() - stream_.avail_in; }

 private:
  Status step() {
    if (stream_.avail_in == 0 && !input_.at_end()) {
      KRAKEN_ASSIGN(const auto piece, input_.next());
      stream_.next_in = reinterpret_cast<const std::uint8_t*>(piece.data());
      stream_.avail_in = piece.size();
    }
    // Only a decoder that was told that there is no more can tell a whole file from a cut one.
    const lzma_ret code = lzma_code(&stream_, input_.at_end() ? LZMA_FINISH : LZMA_RUN);
    if (code == LZMA_STREAM_END) {
      ended_ = true;
    } else if (code != LZMA_OK) {
      return explain(code, input_, stream_);
    }
    return ok_status();
  }

  InputCursor input_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ended_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_xz_decoder(const BlockSource& input, const DecodeLimits& limits) {
  auto decoder = std::make_unique<XzDecoder>(input);
  KRAKEN_TRY(decoder->start(limits));
  return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace kraken
