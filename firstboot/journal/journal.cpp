#include "journal/journal.h"

#include <algorithm>
#include <array>
#include <utility>

#include "contract/host_label.h"
#include "contract/node_record.h"
#include "contract/strict_object.h"
#include "json/json.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 3> kJournalKeys = {"format", "version", "steps"};
constexpr std::array<std::string_view, 4> kEntryKeys = {"name", "state", "failures", "wait"};
constexpr std::array<std::string_view, 1> kOptionalEntryKeys = {"begun"};              // left out when it is not so
constexpr std::array<std::string_view, 3> kStates = {"done", "failed", "impossible"};  // in the order of JournalState
constexpr std::size_t kMaxSteps = 64;
constexpr int kMostFailures = 1'000'000;

int wait_after(int failures) {
  if (failures < kTriesInSuccession) return 0;
  const int doublings = std::min(failures - kTriesInSuccession, 30);
  return std::min(1 << doublings, kLongestWait);
}

Result<JournalState> read_state(const StrictObject& object) {
  KRAKEN_ASSIGN(const std::string word, object.text("state"));
  const auto found = std::ranges::find(kStates, std::string_view(word));
  if (found == kStates.end()) return Error(ErrorCode::kCorrupt, object.place("state") + ": not a known state");
  return static_cast<JournalState>(found - kStates.begin());
}

Result<JournalEntry> read_entry(const Json& value, std::string place) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, std::move(place), kEntryKeys, kOptionalEntryKeys));
  JournalEntry entry;
  KRAKEN_ASSIGN(entry.step, object.text("name"));
  // The names of steps follow the rule of host names: lower case, digits and inner hyphens.
  if (!is_host_label(entry.step)) return Error(ErrorCode::kCorrupt, object.place("name") + ": not a step's name");
  KRAKEN_ASSIGN(entry.state, read_state(object));
  KRAKEN_ASSIGN(const std::int64_t failures, object.integer("failures", {0, kMostFailures}));
  KRAKEN_ASSIGN(const std::int64_t wait, object.integer("wait", {0, kLongestWait}));
  entry.failures = static_cast<int>(failures);
  entry.wait = static_cast<int>(wait);
  if (object.has("begun")) {
    KRAKEN_ASSIGN(entry.begun, object.flag("begun"));
  }
  return entry;
}

}  // namespace

const JournalEntry* Journal::find(std::string_view step) const {
  const auto found = std::ranges::find(entries_, step, &JournalEntry::step);
  return found == entries_.end() ? nullptr : &*found;
}

JournalEntry& Journal::entry(std::string_view step) {
  const auto found = std::ranges::find(entries_, step, &JournalEntry::step);
  if (found != entries_.end()) return *found;
  entries_.push_back({.step = std::string(step)});
  return entries_.back();
}

void Journal::note_done(std::string_view step) {
  entry(step) = {.step = std::string(step), .state = JournalState::kDone};
}

void Journal::note_impossible(std::string_view step) {
  entry(step) = {.step = std::string(step), .state = JournalState::kImpossible};
}

void Journal::note_failed(std::string_view step) {
  JournalEntry& noted = entry(step);
  noted.state = JournalState::kFailed;
  noted.failures = std::min(noted.failures + 1, kMostFailures);
  noted.wait = wait_after(noted.failures);
}

void Journal::note_waited(std::string_view step) {
  JournalEntry& noted = entry(step);
  noted.wait = std::max(0, noted.wait - 1);
}

void Journal::note_begun(std::string_view step) {
  entry(step).begun = true;
}

void Journal::note_ended(std::string_view step) {
  entry(step).begun = false;
}

std::vector<std::string> Journal::note_cut_off() {
  std::vector<std::string> steps;
  for (JournalEntry& noted : entries_) {
    if (!std::exchange(noted.begun, false)) continue;
    note_failed(noted.step);
    steps.push_back(noted.step);
  }
  return steps;
}

std::string format_journal(const Journal& journal) {
  Json steps = Json::array();
  for (const JournalEntry& entry : journal.entries()) {
    Json step = Json::Object{{"name", entry.step},
                             {"state", kStates.at(static_cast<std::size_t>(entry.state))},
                             {"failures", entry.failures},
                             {"wait", entry.wait}};
    if (entry.begun) step.set("begun", true);
    steps.push_back(std::move(step));
  }
  return format_json(
      Json::Object{{"format", kJournalFormat}, {"version", kJournalVersion}, {"steps", std::move(steps)}});
}

Result<Journal> parse_journal(std::string_view text) {
  KRAKEN_ASSIGN(const Json json, parse_json(text, {.max_size = kJournalMaxSize, .max_depth = 8}));
  KRAKEN_TRY(check_format(json, kJournalFormat, kJournalVersion));
  KRAKEN_ASSIGN(const auto document, StrictObject::open(json, "", kJournalKeys));
  KRAKEN_ASSIGN(const auto* steps, document.list("steps"));
  if (steps->size() > kMaxSteps) return Error(ErrorCode::kCorrupt, "steps: too many");
  Journal journal;
  for (std::size_t i = 0; i < steps->size(); ++i) {
    KRAKEN_ASSIGN(JournalEntry entry, read_entry((*steps)[i], "steps[" + std::to_string(i) + "]"));
    if (journal.find(entry.step) != nullptr) return Error(ErrorCode::kCorrupt, "steps: " + entry.step + " comes twice");
    journal.entries_.push_back(std::move(entry));
  }
  return journal;
}

LoadedJournal load_journal(const std::filesystem::path& root) {
  LoadedJournal loaded;
  const auto text = read_whole_file(below(root, kJournalPath), kJournalMaxSize);
  if (!text.ok() && text.error().code() == ErrorCode::kNotFound) return loaded;
  const auto journal = text.ok() ? parse_journal(*text) : Result<Journal>(text.error());
  if (journal.ok()) {
    loaded.journal = *journal;
    loaded.text = *text;
    loaded.cut_off = loaded.journal.note_cut_off();
  } else {
    loaded.note = "the journal was started anew: " + journal.error().what();
  }
  return loaded;
}

Status save_journal(const Journal& journal, std::string& on_disk, System& system) {
  std::string text = format_journal(journal);
  if (text == on_disk) return ok_status();
  KRAKEN_TRY(system.make_folder(kStateFolder).with_context("journal"));
  KRAKEN_TRY(system.replace_file(kJournalPath, text, FileMode::kPublic).with_context("journal"));
  on_disk = std::move(text);
  return ok_status();
}

}  // namespace kraken
