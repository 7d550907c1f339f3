// All that a person or a script sees comes from here: results on standard output, progress and errors on standard
// error. Nothing else in the tool prints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/units.h"
#include "json/json.h"

namespace kraken {

void print_line(std::string_view line);
void print_text(std::string_view text);  // as it is: brings its own line ends
void print_json(const Json& value);
void print_warning(std::string_view text);
// "kraken-image: error: ..." and what the exit status means to do with it.
void print_error(const Error& error);

// "  2 KiB  /etc/hosts": columns padded to the widest cell, two blanks between them, nothing after the last.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

// A bar with rate on a terminal, nothing in a pipe but a line when the phase ends.
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
  int last_percent_ = -1;
};

// Asks on the terminal; false without one, or for anything but "yes" or "y".
bool ask_yes(std::string_view question);

}  // namespace kraken
