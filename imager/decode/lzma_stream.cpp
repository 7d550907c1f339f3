#include "decode/lzma_stream.h"

#include <string>

namespace kraken {

Error xz_error(lzma_ret code, Bytes position) {
  const std::string where = " (near byte " + std::to_string(position) + ")";
  switch (code) {
    case LZMA_MEM_ERROR:
      return {ErrorCode::kNoSpace, "there is not enough memory to decode the xz data"};
    case LZMA_FORMAT_ERROR:
      return {ErrorCode::kCorrupt, "what follows the xz data is no xz data" + where};
    case LZMA_OPTIONS_ERROR:
      return {ErrorCode::kUnsupported, "the xz data wants something that this liblzma cannot do" + where};
    case LZMA_UNSUPPORTED_CHECK:
      return {ErrorCode::kUnsupported, "the xz data has a kind of checksum that cannot be verified here"};
    case LZMA_DATA_ERROR:
    case LZMA_BUF_ERROR:
      return {ErrorCode::kCorrupt, "the xz data is damaged" + where};
    default:
      return {ErrorCode::kInternal, "liblzma failed with code " + std::to_string(code) + where};
  }
}

Error xz_takes_too_much(Bytes memory) {
  return {ErrorCode::kUnsupported, "decoding the xz data takes " + human_bytes(memory) +
                                       " of memory, more than is allowed; compress it with xz -6"};
}

}  // namespace kraken
