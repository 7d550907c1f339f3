// Inside join/: the words of the protocol's messages, and what both kinds of message are checked by.
#pragma once

#include <array>
#include <string_view>

#include "contract/strict_object.h"
#include "join/protocol.h"
#include "json/json.h"

namespace kraken::protocol {

inline constexpr std::size_t kLongestId = 64;
inline constexpr std::size_t kLongestReason = 1024;
inline constexpr IntegerRange kNodeIds{1, 65535};

// "version" and `what` ("ask", "answer") in front of everything else.
Json message(std::string_view what, std::string_view word);
// The message as an object, after its version was looked at. kUnsupported for another version.
Result<Json> open_message(std::string_view text, std::size_t most);
// kCorrupt unless it is the id of a node or of a swarm.
Status check_id(std::string_view id, std::string_view place);
// kCorrupt unless it is "" or a JSON object of at most kMaxReport bytes.
Status check_report(std::string_view report, std::string_view place);

}  // namespace kraken::protocol
