#include <algorithm>
#include <vector>

#include "base/text.h"
#include "join/protocol_words.h"

namespace kraken {

namespace {

using Kind = Question::Kind;

constexpr std::size_t kMostLabels = 128;
constexpr std::size_t kLongestLabel = 1024;

struct Form {
  Kind kind;
  std::string_view word;
  std::vector<std::string_view> keys;  // beside "version" and "ask"
};

const std::vector<Form>& forms() {
  static const std::vector<Form> known = {
      {Kind::kHello, "hello", {}},           {Kind::kTime, "time", {}},
      {Kind::kJoin, "join", {"swarm_node"}}, {Kind::kReport, "report", {"swarm_node", "labels", "report"}},
      {Kind::kNodes, "nodes", {}},           {Kind::kReportOf, "report-of", {"node"}},
  };
  return known;
}

const Form& form_of(Kind kind) {
  return *std::ranges::find(forms(), kind, &Form::kind);
}

Json labels_json(const std::map<std::string, std::string>& labels) {
  Json object = Json::object();
  for (const auto& [key, value] : labels) object.set(key, value);
  return object;
}

Status read_labels(const StrictObject& object, Question& question) {
  KRAKEN_ASSIGN(const Json::Object* members, object.map("labels"));
  if (members->size() > kMostLabels) return Error(ErrorCode::kCorrupt, "labels: too many");
  for (const auto& [key, value] : *members) {
    const std::string* text = value.as_string();
    if (text == nullptr || key.empty() || key.size() > kLongestLabel || text->size() > kLongestLabel) {
      return Error(ErrorCode::kCorrupt,
                   "labels: expected texts of at most " + std::to_string(kLongestLabel) + " bytes, and no empty key");
    }
    question.labels[key] = *text;
  }
  return ok_status();
}

Status read_swarm_node(const StrictObject& object, Question& question) {
  KRAKEN_ASSIGN(question.swarm_node, object.text("swarm_node"));
  return question.swarm_node.empty() ? ok_status() : protocol::check_id(question.swarm_node, "swarm_node");
}

Status read_members(const StrictObject& object, Question& question) {
  if (question.kind == Kind::kReportOf) {
    KRAKEN_ASSIGN(const std::int64_t node, object.integer("node", protocol::kNodeIds));
    question.node = static_cast<std::uint32_t>(node);
  }
  if (question.kind == Kind::kJoin || question.kind == Kind::kReport) KRAKEN_TRY(read_swarm_node(object, question));
  if (question.kind != Kind::kReport) return ok_status();
  KRAKEN_TRY(read_labels(object, question));
  KRAKEN_ASSIGN(question.report, object.text("report"));
  return protocol::check_report(question.report, "report");
}

}  // namespace

std::string format_question(const Question& question) {
  Json message = protocol::message("ask", form_of(question.kind).word);
  if (question.kind == Kind::kJoin || question.kind == Kind::kReport) message.set("swarm_node", question.swarm_node);
  if (question.kind == Kind::kReport) {
    message.set("labels", labels_json(question.labels));
    message.set("report", question.report);
  }
  if (question.kind == Kind::kReportOf) message.set("node", std::int64_t{question.node});
  return format_json_line(message);
}

Result<Question> parse_question(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, protocol::open_message(text, kMaxQuestion));
  const Json* ask = document.find("ask");
  const std::string* word = ask == nullptr ? nullptr : ask->as_string();
  const auto form = std::ranges::find_if(forms(), [&](const Form& f) { return word != nullptr && f.word == *word; });
  if (form == forms().end()) return Error(ErrorCode::kCorrupt, "ask: no such question");
  std::vector<std::string_view> keys = {"version", "ask"};
  keys.insert(keys.end(), form->keys.begin(), form->keys.end());
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", keys));
  Question question;
  question.kind = form->kind;
  KRAKEN_TRY(read_members(object, question));
  return question;
}

}  // namespace kraken
