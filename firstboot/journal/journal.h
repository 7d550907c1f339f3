// What first boot remembers from one boot to the next: for every step how it went, and how often it has failed in
// succession. Written after the work, so it may lag behind the machine, and is never believed over a step's check().
// Of a step that may take the machine or the program down it says before the work that it was begun: a try that was cut
// off is one that failed, or it would be made for ever.
//
// A step that has failed kTriesInSuccession times is tried again only after 1, 2, 4, ... and at last every
// kLongestWait runs: a fault that a person must mend does not cost every boot its time, and yet none is given up for
// ever. While there is such a step, and at every try of it, the journal is written though nothing has changed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "system/system.h"

namespace kraken {

inline constexpr std::string_view kJournalPath = "/var/lib/kraken/journal.json";
inline constexpr std::string_view kJournalFormat = "kraken-journal";
inline constexpr int kJournalVersion = 1;
inline constexpr std::size_t kJournalMaxSize = std::size_t{64} * 1024;
inline constexpr int kTriesInSuccession = 5;
inline constexpr int kLongestWait = 16;

enum class JournalState { kDone, kFailed, kImpossible };

struct JournalEntry {
  std::string step;
  JournalState state = JournalState::kDone;
  int failures = 0;    // in succession
  int wait = 0;        // runs to let pass before the next try
  bool begun = false;  // a try that has not come to its end
  friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

class Journal {
 public:
  const JournalEntry* find(std::string_view step) const;
  const std::vector<JournalEntry>& entries() const { return entries_; }

  void note_done(std::string_view step);
  void note_impossible(std::string_view step);
  void note_failed(std::string_view step);
  // A run went by without a try.
  void note_waited(std::string_view step);
  // Before and after a try, whatever came of it.
  void note_begun(std::string_view step);
  void note_ended(std::string_view step);
  // Notes a failure of each step whose try has not come to its end. To be called when none can be under way.
  std::vector<std::string> note_cut_off();

  friend bool operator==(const Journal&, const Journal&) = default;

 private:
  friend Result<Journal> parse_journal(std::string_view text);
  JournalEntry& entry(std::string_view step);
  std::vector<JournalEntry> entries_;
};

std::string format_journal(const Journal& journal);
// kCorrupt for anything that is not exactly a journal, kUnsupported for another version.
Result<Journal> parse_journal(std::string_view text);

struct LoadedJournal {
  Journal journal;
  std::string text;                  // what is on the disk, "" when nothing usable is
  std::optional<std::string> note;   // why it was started anew, if something was there and could not be used
  std::vector<std::string> cut_off;  // steps whose last try was, and was noted as failed in `journal`
};
// Never fails: what cannot be used is started anew.
LoadedJournal load_journal(const std::filesystem::path& root);

// Writes only when the content differs from `on_disk`, which is then brought up to date.
Status save_journal(const Journal& journal, std::string& on_disk, System& system);

}  // namespace kraken
