// Some lines at the bottom of a terminal that are redrawn in place, while other text scrolls by above them. Not
// thread-safe.
#pragma once

#include <map>
#include <ostream>
#include <string>

namespace kraken {

class ProgressBoard {
 public:
  // Lines are cut at `columns`, so that each stays one line. `out` is the terminal, and outlives the board.
  ProgressBoard(std::ostream& out, std::size_t columns) : out_(&out), columns_(columns) {}
  ~ProgressBoard() { hide(); }
  ProgressBoard(const ProgressBoard&) = delete;
  ProgressBoard& operator=(const ProgressBoard&) = delete;

  // Takes effect at the next draw().
  void set(std::size_t line, std::string text) { lines_[line] = std::move(text); }
  void remove(std::size_t line) { lines_.erase(line); }

  void draw();
  // Clears the lines, so that other text may follow; draw() brings them back below it.
  void hide();

 private:
  std::ostream* out_;
  std::size_t columns_;
  std::map<std::size_t, std::string> lines_;  // by number: in a fixed order
  std::size_t drawn_ = 0;                     // lines that are on the terminal; the cursor is at the end of the last
};

}  // namespace kraken
