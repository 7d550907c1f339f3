// The answer of an HTTP/1.1 server (RFC 9112) to one request, taken apart as it comes in. Bounded: a head of 16 KiB, a
// body of as much as the caller wants. What breaks the rules is refused rather than guessed at; of the headers only
// those are kept that somebody asks for. No connection is here: bytes in, an answer out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct HttpAnswer {
  int status = 0;
  std::string api_version;  // the header Api-Version, "" without
  std::string body;
};

class HttpAnswerReader {
 public:
  explicit HttpAnswerReader(std::size_t max_body) : max_body_(max_body) {}

  // kCorrupt for what is no such answer, or one that is too long; nothing more may be fed then.
  Status feed(std::string_view bytes);
  // The server hung up. kCorrupt unless the answer is complete by that.
  Status end();

  bool complete() const { return state_ == State::kComplete; }
  // Once it is complete.
  HttpAnswer take() { return std::move(answer_); }

 private:
  enum class State { kStatusLine, kHeaders, kBody, kBodyUntilEnd, kChunkSize, kChunk, kChunkEnd, kTrailers, kComplete };

  Status advance();
  bool has_input() const;
  Result<std::optional<std::string>> next_line();
  Status read_line(std::string_view line);
  Status read_status_line(std::string_view line);
  Status read_header(std::string_view line);
  Status note_length(std::string_view value);
  Status begin_body();
  Status read_chunk_size(std::string_view line);
  Status append_body(std::size_t size);

  std::size_t max_body_;
  State state_ = State::kStatusLine;
  std::string input_;          // not looked at yet
  std::size_t head_size_ = 0;  // of all lines so far, but for those of chunks
  int informational_ = 0;      // answers of 1xx before the real one
  std::optional<std::uint64_t> length_;
  bool chunked_ = false;
  std::uint64_t left_ = 0;  // of the body, or of the chunk
  HttpAnswer answer_;
};

}  // namespace kraken
