#include "join/engine_http.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kMaxHead = std::size_t{16} * 1024;
constexpr std::size_t kMaxLine = std::size_t{8} * 1024;
constexpr int kMostInformational = 4;
constexpr std::size_t kMaxChunkDigits = 8;  // 4 GiB: far beyond every limit of a body

Error wrong(std::string_view what) {
  return Error(ErrorCode::kCorrupt, "no HTTP answer: " + std::string(what));
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Status HttpAnswerReader::feed(std::string_view bytes) {
  input_ += bytes;
  return advance();
}

Status HttpAnswerReader::end() {
  if (state_ == State::kBodyUntilEnd) state_ = State::kComplete;
  if (state_ != State::kComplete) return wrong("the connection ended in the middle of it");
  return ok_status();
}

// Takes what can be taken of the input. What comes after the answer is nobody's: the connection is used once.
Status HttpAnswerReader::advance() {
  while (has_input()) {
    if (state_ == State::kBody || state_ == State::kChunk) {
      KRAKEN_TRY(append_body(static_cast<std::size_t>(std::min<std::uint64_t>(left_, input_.size()))));
      if (left_ == 0) state_ = state_ == State::kBody ? State::kComplete : State::kChunkEnd;
    } else if (state_ == State::kBodyUntilEnd) {
      left_ = input_.size();
      KRAKEN_TRY(append_body(input_.size()));
    } else {
      KRAKEN_ASSIGN(const auto line, next_line());
      if (!line) return ok_status();
      KRAKEN_TRY(read_line(*line));
    }
  }
  return ok_status();
}

bool HttpAnswerReader::has_input() const {
  return state_ != State::kComplete && !input_.empty();
}

// Without its CR LF; nothing while it is not there yet.
Result<std::optional<std::string>> HttpAnswerReader::next_line() {
  const std::size_t end = input_.find('\n');
  if (std::min(end, input_.size()) > kMaxLine) return wrong("a line is too long");
  if (end == std::string::npos) return std::optional<std::string>();
  if (end == 0 || input_[end - 1] != '\r') return wrong("a line does not end with CR LF");
  std::string line = input_.substr(0, end - 1);
  input_.erase(0, end + 1);
  return std::optional<std::string>(std::move(line));
}

Status HttpAnswerReader::read_line(std::string_view line) {
  if (state_ == State::kChunkEnd) {
    if (!line.empty()) return wrong("a chunk is longer than it says");
    state_ = State::kChunkSize;
    return ok_status();
  }
  if (state_ == State::kChunkSize) return read_chunk_size(line);
  head_size_ += line.size() + 2;
  if (head_size_ > kMaxHead) return wrong("its head is too long");
  if (state_ == State::kStatusLine) return read_status_line(line);
  if (!line.empty()) return state_ == State::kTrailers ? ok_status() : read_header(line);
  if (state_ == State::kTrailers) {
    state_ = State::kComplete;
    return ok_status();
  }
  return begin_body();
}

// "HTTP/1.1 200 OK"
Status HttpAnswerReader::read_status_line(std::string_view line) {
  const bool is_http = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  if (!is_http || line.size() < 12 || (line.size() > 12 && line[12] != ' ')) return wrong("its first line is another");
  const auto status = parse_u64(line.substr(9, 3));
  if (!status || *status < 100 || *status > 599) return wrong("its status is no number from 100 to 599");
  answer_.status = static_cast<int>(*status);
  state_ = State::kHeaders;
  return ok_status();
}

Status HttpAnswerReader::read_header(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0) return wrong("a header has no name");
  const std::string_view name = line.substr(0, colon);
  // Section 5.1: no blank before the colon; section 5.2: a line that begins with one went out of use.
  if (name.find_first_of(" \t") != std::string_view::npos) return wrong("there is a blank in a header's name");
  const std::string_view value = trim(line.substr(colon + 1));
  if (is_same_name(name, "content-length")) return note_length(value);
  if (is_same_name(name, "transfer-encoding")) {
    if (!is_same_name(value, "chunked") || chunked_) return wrong("its transfer encoding is another than chunked");
    chunked_ = true;
  } else if (is_same_name(name, "api-version") && is_printable(value)) {
    answer_.api_version = value;
  }
  return ok_status();
}

Status HttpAnswerReader::note_length(std::string_view value) {
  const auto length = parse_u64(value);
  if (!length || (length_ && length_ != length)) return wrong("its length is no number, or two");
  length_ = length;
  return ok_status();
}

Status HttpAnswerReader::begin_body() {
  // Section 6.3 of RFC 9112: what has both was tampered with.
  if (chunked_ && length_) return wrong("it has a length and chunks");
  if (answer_.status < 200) {
    if (++informational_ > kMostInformational) return wrong("it never comes");
    answer_ = {};
    length_.reset();
    chunked_ = false;
    state_ = State::kStatusLine;
    return ok_status();
  }
  const bool has_none = answer_.status == 204 || answer_.status == 304;
  if (has_none || (length_ && *length_ == 0)) {
    state_ = State::kComplete;
  } else if (chunked_) {
    state_ = State::kChunkSize;
  } else {
    state_ = length_ ? State::kBody : State::kBodyUntilEnd;
    left_ = length_.value_or(0);
    if (left_ > max_body_) return wrong("its body is too long");
  }
  return ok_status();
}

// "1a2b;name=value"
Status HttpAnswerReader::read_chunk_size(std::string_view line) {
  const std::string_view digits = trim(line.substr(0, line.find(';')));
  if (digits.empty() || digits.size() > kMaxChunkDigits) return wrong("a chunk's size is none");
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), left_, 16);
  if (problem != std::errc() || end != digits.data() + digits.size()) return wrong("a chunk's size is none");
  state_ = left_ == 0 ? State::kTrailers : State::kChunk;
  return ok_status();
}

Status HttpAnswerReader::append_body(std::size_t size) {
  if (answer_.body.size() + size > max_body_) return wrong("its body is too long");
  answer_.body.append(input_, 0, size);
  input_.erase(0, size);
  left_ -= size;
  return ok_status();
}

}  // namespace kraken
