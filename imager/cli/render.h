// All that a person or a script sees comes from here: results on standard output, progress and errors on standard
// error. Nothing else in the tool prints. What goes to standard output goes there at once; after the first failure
// nothing more does, and output_status() tells of it.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"
#include "cli/progress_meter.h"
#include "json/json.h"

namespace kraken {

void print_line(std::string_view line);
void print_text(std::string_view text);  // as it is: brings its own line ends
void print_json(const Json& value);
void print_json_line(const Json& value);
// Why not all that was printed on standard output has got there: kNoSpace or kIo as the system says, with EPIPE when
// its reader went away. Thread-safe.
Status output_status();

void print_note(std::string_view text);  // on standard error, as what follows
void print_warning(std::string_view text);
// "kraken-image: error: ..." and what the exit status means to do with it.
void print_error(const Error& error);

// For texts that others wrote: control characters (C0, DEL and, as UTF-8, C1) as \n or \x1b, all else as it is.
std::string printable(std::string_view text);

// "  2 KiB  /etc/hosts": columns padded to the widest cell, two blanks between them, nothing after the last.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

// A bar on a terminal, in a pipe a plain line every ten seconds, with what a ProgressMeter says.
class ProgressLine {
 public:
  explicit ProgressLine(std::string phase);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(Bytes done, Bytes total);

 private:
  std::string phase_;
  bool on_terminal_;
  bool is_shown_ = false;
  ProgressMeter meter_;
  ProgressMeter::Clock::time_point told_ = ProgressMeter::Clock::now();
};

// Asks on the terminal; false without one, when `stop` is set, or for anything but "yes" or "y".
bool ask_yes(std::string_view question, const std::atomic<bool>& stop);

// Asks on the terminal for a number from 1 to `last`; nothing without a terminal, when `stop` is set, or for any other
// answer.
std::optional<std::size_t> ask_number(std::string_view question, std::size_t last, const std::atomic<bool>& stop);

}  // namespace kraken
