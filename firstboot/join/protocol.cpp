#include "join/protocol.h"

#include "base/text.h"
#include "join/protocol_words.h"

namespace kraken {

namespace protocol {

namespace {

constexpr int kMaxDepth = 6;

}  // namespace

Json message(std::string_view what, std::string_view word) {
  return Json::Object{{"version", kJoinProtocolVersion}, {std::string(what), word}};
}

Result<Json> open_message(std::string_view text, std::size_t most) {
  KRAKEN_ASSIGN(Json document, parse_json(text, {.max_size = most, .max_depth = kMaxDepth}));
  const Json* version = document.find("version");
  if (version == nullptr || version->as_int() == nullptr) {
    return Error(ErrorCode::kCorrupt, "version: expected an integer");
  }
  if (*version->as_int() == kJoinProtocolVersion) return document;
  return Error(ErrorCode::kUnsupported, "version " + std::to_string(*version->as_int()) +
                                            " of the join protocol is not spoken here; " +
                                            std::to_string(kJoinProtocolVersion) + " is");
}

Status check_id(std::string_view id, std::string_view place) {
  if (is_plain_word(id, "", kLongestId)) return ok_status();
  return Error(ErrorCode::kCorrupt, std::string(place) + ": expected an id");
}

Status check_report(std::string_view report, std::string_view place) {
  if (report.empty()) return ok_status();
  const auto document = parse_json(report, {.max_size = kMaxReport, .max_depth = kMaxDepth});
  if (document.ok() && document->as_object() != nullptr) return ok_status();
  return Error(ErrorCode::kCorrupt, std::string(place) + ": expected a JSON object of at most " +
                                        std::to_string(kMaxReport) + " bytes, as a string");
}

}  // namespace protocol

std::string frame_message(std::string_view message) {
  std::string framed;
  for (int shift = 24; shift >= 0; shift -= 8) framed += static_cast<char>(message.size() >> shift & 0xff);
  framed += message;
  return framed;
}

Result<std::size_t> framed_size(std::string_view head, std::size_t most) {
  std::size_t size = 0;
  for (const char byte : head.substr(0, kFrameHead)) size = size << 8 | static_cast<unsigned char>(byte);
  if (head.size() < kFrameHead || size == 0 || size > most) {
    return Error(ErrorCode::kCorrupt,
                 "a message of " + std::to_string(size) + " bytes; 1 to " + std::to_string(most) + " are expected");
  }
  return size;
}

}  // namespace kraken
