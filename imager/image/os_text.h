// Lines of the small text files that are edited in an image, with their line ends kept, so that what is not edited
// stays to the byte. The files come from the image and may be anything: bounded, and refused when they are no text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

inline constexpr Bytes kMaxOsText = kMiB;

struct TextLine {
  std::string text;  // without the line end
  std::string end;   // "\n", "\r\n", or nothing: the last line may have none
};

// No line for an empty text; a line break at the end starts no further one.
std::vector<TextLine> split_lines(std::string_view text);
std::string join_lines(const std::vector<TextLine>& lines);
// Appends a line; a last line without an end is given one first. The end is that of the first line, "\n" when there is
// none.
void append_line(std::vector<TextLine>& lines, std::string text);

// kCorrupt for more than kMaxOsText bytes and for a zero byte. `name` says which file, in messages.
Status check_os_text(std::string_view text, std::string_view name);

}  // namespace kraken
