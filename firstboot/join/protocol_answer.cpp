#include <algorithm>
#include <vector>

#include "base/text.h"
#include "contract/host_label.h"
#include "join/protocol_words.h"

namespace kraken {

namespace {

using Kind = Answer::Kind;

constexpr std::size_t kLongestProgram = 128;
constexpr std::size_t kLongestToken = 256;
constexpr std::size_t kMostManagers = 64;
constexpr std::size_t kMostNodes = 4096;
// Until the year 9999, like every time of this program's.
constexpr IntegerRange kTimes{0, 253402300799};
constexpr std::array<std::string_view, 5> kNodeKeys = {"id", "name", "role", "state", "reported"};

struct Form {
  Kind kind;
  std::string_view word;
  std::vector<std::string_view> keys;  // beside "version", "answer" and "time"
};

const std::vector<Form>& forms() {
  static const std::vector<Form> known = {
      {Kind::kHello, "hello", {"program"}},    {Kind::kTime, "time", {}},
      {Kind::kNotYet, "not-yet", {"reason"}},  {Kind::kToken, "token", {"swarm", "token", "managers"}},
      {Kind::kMember, "member", {"swarm"}},    {Kind::kTaken, "taken", {}},
      {Kind::kNodes, "nodes", {"nodes"}},      {Kind::kReportOf, "report-of", {"report"}},
      {Kind::kRefused, "refused", {"reason"}},
  };
  return known;
}

bool has(const Form& form, std::string_view key) {
  return std::ranges::find(form.keys, key) != form.keys.end();
}

Error wrong(std::string_view place, std::string_view expected) {
  return Error(ErrorCode::kCorrupt, std::string(place) + ": expected " + std::string(expected));
}

bool is_line(std::string_view text, std::size_t longest) {
  return text.size() <= longest &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Json nodes_json(const std::vector<NodeState>& nodes) {
  Json list = Json::array();
  for (const NodeState& node : nodes) {
    list.push_back(Json::Object{{"id", std::int64_t{node.id}},
                                {"name", node.name},
                                {"role", node.role},
                                {"state", node.state},
                                {"reported", node.reported}});
  }
  return list;
}

Json managers_json(const std::vector<Ipv4>& managers) {
  Json list = Json::array();
  for (const Ipv4 manager : managers) list.push_back(format_ipv4(manager));
  return list;
}

Result<NodeState> read_node(const Json& value, const std::string& place) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, place, kNodeKeys));
  NodeState node;
  KRAKEN_ASSIGN(const std::int64_t id, object.integer("id", protocol::kNodeIds));
  node.id = static_cast<std::uint32_t>(id);
  KRAKEN_ASSIGN(node.name, object.text("name"));
  KRAKEN_ASSIGN(node.role, object.text("role"));
  KRAKEN_ASSIGN(node.state, object.text("state"));
  KRAKEN_ASSIGN(node.reported, object.flag("reported"));
  if (!is_host_label(node.name)) return wrong(object.place("name"), "a host name");
  for (const std::string& word : {node.role, node.state}) {
    if (!is_plain_word(word, "-", protocol::kLongestId)) return wrong(place, "a role and a state");
  }
  return node;
}

Status read_nodes(const StrictObject& object, Answer& answer) {
  KRAKEN_ASSIGN(const Json::Array* list, object.list("nodes"));
  if (list->size() > kMostNodes) return wrong("nodes", "fewer");
  for (const Json& value : *list) {
    KRAKEN_ASSIGN(NodeState node, read_node(value, "nodes[" + std::to_string(answer.nodes.size()) + "]"));
    answer.nodes.push_back(std::move(node));
  }
  return ok_status();
}

Status read_managers(const StrictObject& object, Answer& answer) {
  KRAKEN_ASSIGN(const Json::Array* list, object.list("managers"));
  if (list->empty() || list->size() > kMostManagers) return wrong("managers", "some addresses");
  for (const Json& value : *list) {
    KRAKEN_ASSIGN(const Ipv4 manager, read_address(value, "managers"));
    answer.managers.push_back(manager);
  }
  return ok_status();
}

Status read_token(const StrictObject& object, Answer& answer) {
  KRAKEN_ASSIGN(answer.token, object.text("token"));
  if (!is_plain_word(answer.token, "-", kLongestToken)) return wrong("token", "a join token");
  return read_managers(object, answer);
}

Status read_members(const StrictObject& object, const Form& form, Answer& answer) {
  if (has(form, "program")) {
    KRAKEN_ASSIGN(answer.program, object.text("program"));
    if (!is_line(answer.program, kLongestProgram)) return wrong("program", "a program's name and version");
  }
  if (has(form, "reason")) {
    KRAKEN_ASSIGN(answer.reason, object.text("reason"));
    if (!is_line(answer.reason, protocol::kLongestReason)) return wrong("reason", "a line");
  }
  if (has(form, "swarm")) {
    KRAKEN_ASSIGN(answer.swarm, object.text("swarm"));
    KRAKEN_TRY(protocol::check_id(answer.swarm, "swarm"));
  }
  if (has(form, "token")) KRAKEN_TRY(read_token(object, answer));
  if (has(form, "nodes")) KRAKEN_TRY(read_nodes(object, answer));
  if (!has(form, "report")) return ok_status();
  KRAKEN_ASSIGN(answer.report, object.text("report"));
  return protocol::check_report(answer.report, "report");
}

// A reason has what the engine or the system said, which may be anything.
std::string as_line(std::string_view text) {
  std::string line(text.substr(0, protocol::kLongestReason));
  std::ranges::replace_if(
      line, [](char c) { return c < 0x20 || c > 0x7e; }, '?');
  return line;
}

}  // namespace

std::string format_answer(const Answer& answer) {
  const Form& form = *std::ranges::find(forms(), answer.kind, &Form::kind);
  Json message = protocol::message("answer", form.word);
  message.set("time", answer.time);
  if (has(form, "program")) message.set("program", answer.program);
  if (has(form, "reason")) message.set("reason", as_line(answer.reason));
  if (has(form, "swarm")) message.set("swarm", answer.swarm);
  if (has(form, "token")) message.set("token", answer.token);
  if (has(form, "managers")) message.set("managers", managers_json(answer.managers));
  if (has(form, "nodes")) message.set("nodes", nodes_json(answer.nodes));
  if (has(form, "report")) message.set("report", answer.report);
  return format_json_line(message);
}

Result<Answer> parse_answer(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, protocol::open_message(text, kMaxAnswer));
  const Json* found = document.find("answer");
  const std::string* word = found == nullptr ? nullptr : found->as_string();
  const auto form = std::ranges::find_if(forms(), [&](const Form& f) { return word != nullptr && f.word == *word; });
  if (form == forms().end()) return Error(ErrorCode::kCorrupt, "answer: no such answer");
  std::vector<std::string_view> keys = {"version", "answer", "time"};
  keys.insert(keys.end(), form->keys.begin(), form->keys.end());
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", keys));
  Answer answer;
  answer.kind = form->kind;
  KRAKEN_ASSIGN(answer.time, object.integer("time", kTimes));
  KRAKEN_TRY(read_members(object, *form, answer));
  return answer;
}

}  // namespace kraken
