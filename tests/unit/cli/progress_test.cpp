#include <gtest/gtest.h>

#include <sstream>

#include "cli/progress_board.h"
#include "cli/progress_meter.h"

namespace kraken {
namespace {

using Time = ProgressMeter::Clock::time_point;

TEST(ProgressMeter, RateAndRemainingTimeAreThoseSinceTheFirstCall) {
  ProgressMeter meter;
  const Time start{};
  EXPECT_EQ(meter.text({100 * kMiB, 1000 * kMiB}, start), "10 % of 1000 MiB");
  EXPECT_EQ(meter.text({110 * kMiB, 1000 * kMiB}, start + std::chrono::milliseconds(500)), "11 % of 1000 MiB");
  EXPECT_EQ(meter.text({300 * kMiB, 1000 * kMiB}, start + std::chrono::seconds(10)),
            "30 % of 1000 MiB, 20 MiB/s, 35 s left");
  EXPECT_EQ(meter.text({1000 * kMiB, 1000 * kMiB}, start + std::chrono::seconds(45)), "100 % of 1000 MiB, 20 MiB/s");
}

TEST(ProgressMeter, BarsFillUp) {
  EXPECT_EQ(progress_bar({0, 0}), "[" + std::string(30, '.') + "]");
  EXPECT_EQ(progress_bar({5, 10}), "[" + std::string(15, '#') + std::string(15, '.') + "]");
  EXPECT_EQ(progress_bar({10, 10}), "[" + std::string(30, '#') + "]");
}

// What a terminal shows after these bytes: enough of one for the sequences that the board uses.
std::string shown(const std::string& bytes) {
  std::vector<std::string> lines{""};
  std::size_t row = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n') {
      if (++row == lines.size()) lines.emplace_back();
    } else if (bytes[i] == '\r') {
      continue;  // the board clears all that is right of it
    } else if (bytes.compare(i, 3, "\033[J") == 0) {
      lines.resize(row + 1);
      lines[row].clear();
      i += 2;
    } else if (bytes.compare(i, 2, "\033[") == 0) {
      const std::size_t end = bytes.find('A', i);
      row -= std::stoul(bytes.substr(i + 2, end - i - 2));
      i = end;
    } else {
      lines[row] += bytes[i];
    }
  }
  std::string text;
  for (const std::string& line : lines) text += line + "|";
  return text;
}

TEST(ProgressBoard, LinesAreRedrawnInPlaceAndStayBelowOtherText) {
  std::ostringstream out;
  ProgressBoard board(out, 20);
  board.set(3, "three 10 %");
  board.set(1, "one 5 %");
  board.draw();
  EXPECT_EQ(shown(out.str()), "one 5 %|three 10 %|");
  board.set(1, "one 50 %");
  board.draw();
  EXPECT_EQ(shown(out.str()), "one 50 %|three 10 %|");
  board.hide();
  out << "a message\n";
  board.remove(1);
  board.draw();
  EXPECT_EQ(shown(out.str()), "a message|three 10 %|");
  board.hide();
  EXPECT_EQ(shown(out.str()), "a message||");
}

TEST(ProgressBoard, LinesAreCutSoThatTheyStayOneLine) {
  std::ostringstream out;
  ProgressBoard board(out, 8);
  board.set(1, "0123456789");
  board.draw();
  EXPECT_EQ(shown(out.str()), "0123456|");
}

}  // namespace
}  // namespace kraken
