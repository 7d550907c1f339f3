#include "cli/burn_events.h"

#include "cli/burn_teller.h"
#include "cli/exit_status.h"

namespace kraken {

namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

Json outcome_json(const BurnOutcome& outcome) {
  Json json = Json::object();
  json.set("node", std::int64_t{outcome.subject.node});
  json.set("name", outcome.subject.name);
  json.set("target", text_or_null(outcome.subject.target));
  json.set("verdict", verdict_word(outcome.verdict));
  json.set("message", outcome.error ? Json(outcome.error->what()) : Json());
  json.set("bytes", outcome.written);
  json.set("seconds", outcome.seconds);
  return json;
}

}  // namespace

Json burn_event(std::string_view name, const BurnSubject& subject) {
  Json json = Json::object();
  json.set("event", name);
  json.set("node", subject.node == 0 ? Json() : Json(std::int64_t{subject.node}));
  json.set("target", text_or_null(subject.target));
  return json;
}

Json progress_event(const BurnSubject& subject, const BurnProgress& progress) {
  Json json = burn_event("progress", subject);
  json.set("phase", phase_name(progress.phase));
  json.set("done", progress.done);
  json.set("total", progress.total);
  return json;
}

Json obtaining_event(const Progress& progress) {
  Json json = burn_event("progress", {});
  json.set("phase", "decoding");
  json.set("done", progress.done);
  json.set("total", progress.total);
  return json;
}

Json error_event(const BurnSubject& subject, const Error& error) {
  Json json = burn_event("error", subject);
  json.set("status", exit_status_of(error.code()));
  json.set("message", error.what());
  return json;
}

Json summary_event(const std::vector<BurnOutcome>& outcomes) {
  const Status status = status_of(outcomes);
  Json json = burn_event("summary", {});
  json.set("status", status.ok() ? kExitDone : exit_status_of(status.error().code()));
  Json cards = Json::array();
  for (const BurnOutcome& outcome : outcomes) cards.push_back(outcome_json(outcome));
  json.set("cards", std::move(cards));
  return json;
}

}  // namespace kraken
