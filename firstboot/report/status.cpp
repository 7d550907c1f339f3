#include "report/status.h"

#include <algorithm>

#include "json/json.h"
#include "report/bounded_text.h"
#include "system/utc.h"

namespace kraken {

namespace {

constexpr std::size_t kMostNotes = 20;
constexpr std::size_t kNameColumn = 14;
constexpr std::size_t kStateColumn = 12;

Json steps_json(const std::vector<StepReport>& steps) {
  Json list = Json::array();
  for (const StepReport& step : steps) {
    if (step.is_of_other_cluster) continue;
    list.push_back(Json::Object{
        {"name", step.name}, {"state", to_word(step.state)}, {"changed", step.changed}, {"detail", cut(step.detail)}});
  }
  return list;
}

std::vector<std::string> bounded_notes(const RunReport& report) {
  std::vector<std::string> notes = report.notes;
  if (report.network) notes.insert(notes.end(), report.network->notes.begin(), report.network->notes.end());
  notes.resize(std::min(notes.size(), kMostNotes));
  for (std::string& note : notes) note = cut(note);
  return notes;
}

std::string heading(const RunReport& report) {
  std::string text = "kraken-firstboot: " + std::string(to_word(report.state)) + "\n\n";
  if (report.record) {
    const NodeRecord& record = *report.record;
    text += "node:    " + record.node.name + " (id " + std::to_string(record.node.id) + ", " + record.node.role +
            " of " + record.cluster.name + ")\n";
  }
  text += "machine: " + (report.model.empty() ? "not known" : report.model) + "\n";
  text += "kernel:  " + (report.kernel.empty() ? "not known" : report.kernel) + "\n";
  if (report.record) {
    const NodeRecord::Build& build = report.record->build;
    text += "image:   made " + format_utc(build.clock) + " by " + build.tool +
            "\n         from the base with SHA-256 " + build.base_sha256 + "\n";
  }
  return text + "\n";
}

}  // namespace

std::string_view to_word(RunState state) {
  switch (state) {
    case RunState::kDone:
      return "done";
    case RunState::kWorking:
      return "working";
    case RunState::kFailed:
      return "failed";
  }
  return "";
}

std::string_view to_word(StepState state) {
  switch (state) {
    case StepState::kDone:
      return "done";
    case StepState::kFailed:
      return "failed";
    case StepState::kImpossible:
      return "impossible";
    case StepState::kUnavailable:
      return "unavailable";
    case StepState::kNeeded:
      return "needed";
  }
  return "";
}

std::string status_json(const RunReport& report) {
  Json document = Json::Object{{"format", kStatusFormat}, {"version", kStatusVersion}};
  if (report.record) {
    const NodeRecord::Node& node = report.record->node;
    document.set("node", Json::Object{{"name", node.name}, {"id", std::int64_t{node.id}}, {"role", node.role}});
  }
  document.set("state", to_word(report.state));
  document.set("steps", steps_json(report.steps));
  if (report.network) document.set("network", network_json(*report.network));
  document.set("model", cut(report.model));
  document.set("kernel", cut(report.kernel));
  if (report.record) {
    const NodeRecord::Build& build = report.record->build;
    document.set("image",
                 Json::Object{{"clock", build.clock}, {"tool", build.tool}, {"base_sha256", build.base_sha256}});
  }
  Json notes = Json::array();
  for (const std::string& note : bounded_notes(report)) notes.push_back(note);
  document.set("notes", std::move(notes));
  return format_json(document);
}

std::string status_text(const RunReport& report) {
  std::string text = heading(report);
  for (const StepReport& step : report.steps) {
    if (step.is_of_other_cluster) continue;
    text += padded(to_word(step.state), kStateColumn) + padded(step.name, kNameColumn) + cut(step.detail) + "\n";
  }
  if (report.network) text += network_text(*report.network);
  for (const std::string& note : bounded_notes(report)) text += "\nnote: " + note + "\n";
  if (report.state == RunState::kFailed) {
    text +=
        "\nMore is in /var/log/kraken-firstboot.log on the node. What failed is tried again, less and less often, and\n"
        "what is impossible is looked at again at the next boot, or at once with: sudo " +
        std::string(kFirstbootPath) + " run\n";
  }
  return text;
}

}  // namespace kraken
