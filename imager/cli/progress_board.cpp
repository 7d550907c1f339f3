#include "cli/progress_board.h"

namespace kraken {

// ECMA-48: CUU moves the cursor up, ED clears from it to the screen's end.
void ProgressBoard::hide() {
  if (drawn_ == 0) return;
  *out_ << '\r';
  if (drawn_ > 1) *out_ << "\033[" << drawn_ - 1 << 'A';
  *out_ << "\033[J" << std::flush;
  drawn_ = 0;
}

void ProgressBoard::draw() {
  hide();
  for (const auto& [number, text] : lines_) {
    if (drawn_ > 0) *out_ << '\n';
    // The last column stays free: a terminal may move on to the next line when it is filled.
    *out_ << text.substr(0, columns_ > 1 ? columns_ - 1 : 0);
    ++drawn_;
  }
  *out_ << std::flush;
}

}  // namespace kraken
