// What nodes, the workstation and the join broker say to each other over a PskChannel: one question, one answer, each
// a JSON object behind its length. PROTOCOL.md is the same for people. Strict: an unknown key, a missing one or a value
// out of range is refused. Who asks is never in a message: the channel has proved it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "system/system.h"

namespace kraken {

inline constexpr int kJoinProtocolVersion = 1;
inline constexpr std::size_t kMaxQuestion = std::size_t{32} * 1024;
inline constexpr std::size_t kMaxAnswer = std::size_t{1024} * 1024;
inline constexpr std::size_t kMaxReport = std::size_t{16} * 1024;

// In front of every message: its length, four bytes, the most significant one first.
inline constexpr std::size_t kFrameHead = 4;
std::string frame_message(std::string_view message);
// Of the message that follows. kCorrupt for none, and for more than `most`.
Result<std::size_t> framed_size(std::string_view head, std::size_t most);

struct Question {
  enum class Kind {
    kHello,
    kTime,
    kJoin,      // how this node gets into the swarm
    kReport,    // this node is in the swarm: what it has to say, and the labels that it is to have
    kNodes,     // the workstation's: what the manager knows of every node
    kReportOf,  // the workstation's: what a node has reported
  };
  Kind kind = Kind::kHello;
  std::string swarm_node;                     // kJoin, kReport: this node's id in the swarm that it is in, or ""
  std::map<std::string, std::string> labels;  // kReport
  std::string report;                         // kReport: a JSON object
  std::uint32_t node = 0;                     // kReportOf
  friend bool operator==(const Question&, const Question&) = default;
};

// As the manager knows it.
struct NodeState {
  std::uint32_t id = 0;
  std::string name;
  std::string role;   // as RecordHost::role
  std::string state;  // in the swarm: "ready", "down", ..., "absent"
  bool reported = false;
  friend bool operator==(const NodeState&, const NodeState&) = default;
};

struct Answer {
  enum class Kind {
    kHello,
    kTime,
    kNotYet,  // ask again later: `reason`
    kToken,   // join with this
    kMember,  // the node that was named is in this swarm
    kTaken,   // the report was kept, the labels are set
    kNodes,
    kReportOf,
    kRefused,  // to ask again makes no sense: `reason`
  };
  Kind kind = Kind::kHello;
  UnixTime time = 0;           // the manager's clock: in every answer
  std::string program;         // kHello
  std::string reason;          // kNotYet, kRefused
  std::string swarm;           // kToken, kMember: its id
  std::string token;           // kToken: secret
  std::vector<Ipv4> managers;  // kToken: where to join
  std::vector<NodeState> nodes;
  std::string report;  // kReportOf: "" when there is none
  friend bool operator==(const Answer&, const Answer&) = default;
};

// Without the frame. Deterministic; parsing gives the same again.
std::string format_question(const Question& question);
std::string format_answer(const Answer& answer);
// kCorrupt for anything that is not exactly such a message, kUnsupported for another version.
Result<Question> parse_question(std::string_view text);
Result<Answer> parse_answer(std::string_view text);

}  // namespace kraken
