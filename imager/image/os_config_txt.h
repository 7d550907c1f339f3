// config.txt, the settings of the Raspberry Pi's firmware: "key=value" lines under filters such as [pi4] and [all]
// (raspberrypi/documentation, documentation/asciidoc/computers/config_txt/conditional.adoc and common.adoc). Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace kraken {

// What is beyond column 98 of a line is ignored by the firmware (config_txt/what_is_config_txt.adoc).
inline constexpr std::size_t kMaxConfigTxtLine = 98;

// The text in which every setting holds on every board, whatever filter the file ends with. A key that may repeat
// (dtparam, dtoverlay, ...) is added unless that very line is there for all boards; any other gets its new value where
// its last line is, if that is for all boards, and otherwise a line at the end, under [all]. Everything else stays as
// it was; doing it twice changes nothing. kInvalidArgument for a setting that is not one line "key=value" of at most
// kMaxConfigTxtLine; kCorrupt when the text is too large or no text.
Result<std::string> set_config_txt(std::string_view text, std::span<const std::string> settings);

// What the text gives a key, in the order of the lines and under whatever filter; "include" takes its file also after a
// blank, as the firmware has it (config_txt/what_is_config_txt.adoc).
std::vector<std::string> config_txt_values(std::string_view text, std::string_view key);

}  // namespace kraken
