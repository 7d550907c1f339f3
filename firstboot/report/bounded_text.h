// Texts of the status: bounded, and in columns.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

// At most 600 bytes, and "..." where something was left out; cut between characters.
std::string cut(std::string_view text);

// Filled with blanks to `width` bytes, and one more.
std::string padded(std::string_view text, std::size_t width);

}  // namespace kraken
