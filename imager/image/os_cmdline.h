// cmdline.txt, the kernel's command line on a Raspberry Pi: one line, of which the firmware hands over the first only
// (raspberrypi/documentation, documentation/asciidoc/computers/configuration/kernel-command-line-config.adoc). Words
// are separated by blanks outside double quotes, as the kernel's lib/cmdline.c, next_arg(), separates them. Pure
// functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "image/os_partuuid.h"

namespace kraken {

// COMMAND_LINE_SIZE of the 32-bit kernel (arch/arm/include/uapi/asm/setup.h); what is longer is cut off unseen.
inline constexpr std::size_t kMaxCmdline = 1024;

// The words of the first line. kCorrupt when the text is too large, no text, or a quote stays open.
Result<std::vector<std::string>> cmdline_words(std::string_view text);

// The value of the last `key=value`, without quotes; for most keys the kernel takes the last. '-' and '_' are the same
// in a key (kernel/params.c, parameq()).
std::optional<std::string> cmdline_value(const std::vector<std::string>& words, std::string_view key);
// Whether the word "key" or "key=value" is there.
bool cmdline_has(const std::vector<std::string>& words, std::string_view word);

// Applied in this order. A word is "word", "key=value" or "key=\"a value\"".
struct CmdlineEdit {
  std::vector<std::string> remove;  // "word" takes word and word=anything away, "key=value" just that
  std::vector<std::string> set;     // "key=value" in the place of the first key=..., all others of that key go
  std::vector<std::string> add;     // at the end unless that very word is there; keys may repeat (console=)
};

// The text with its first line edited, and otherwise as it was: the line end, later lines. When nothing changes the
// text is the same to the byte; otherwise one space separates the words. Words are put before a "--", since those after
// it are init's. kInvalidArgument for a word that is empty, has a blank outside quotes or a line break; kUnsupported
// when the line gets longer than kMaxCmdline; kCorrupt as above.
Result<std::string> edit_cmdline(std::string_view text, const CmdlineEdit& edit);

// Every partition that the first line names by its disk id (os_partuuid.h), for a new one; every other byte stays.
// kCorrupt as above.
Result<std::string> change_cmdline_disk_id(std::string_view text, const DiskIdChange& change);

}  // namespace kraken
