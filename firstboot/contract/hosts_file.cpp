#include "contract/hosts_file.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::string_view kBegin = "# BEGIN kraken (kraken-firstboot keeps these lines; put your own outside)";
constexpr std::string_view kEnd = "# END kraken";
// Only the start of the mark counts, so that its explanation may change.
constexpr std::string_view kBeginStart = "# BEGIN kraken";

constexpr std::string_view kLocalhost =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n"
    "ff02::1\tip6-allnodes\n"
    "ff02::2\tip6-allrouters\n";

bool is_begin(std::string_view line) {
  return trim(line).starts_with(kBeginStart);
}
bool is_end(std::string_view line) {
  return trim(line) == kEnd;
}

bool is_own_loopback(std::string_view line) {
  const auto words = split_words(line);
  return !words.empty() && words.front() == "127.0.1.1";
}

// The cluster's addresses come before 127.0.1.1: whoever looks up this node's name by itself gets the address that the
// other nodes know it by, and reverse look-ups of 127.0.1.1 still find the name.
std::string block(const NodeRecord& record) {
  std::string text = std::string(kBegin) + "\n";
  for (const RecordHost& host : record.hosts) text += format_ipv4(host.address) + "\t" + host.name + "\n";
  return text + "127.0.1.1\t" + record.node.name + "\n" + std::string(kEnd) + "\n";
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();  // the end of the last line, not a line
  return lines;
}

// The END that belongs to the BEGIN at `begin`, if there is one before the next BEGIN.
std::optional<std::size_t> end_of_block(const std::vector<std::string>& lines, std::size_t begin) {
  for (std::size_t i = begin + 1; i < lines.size() && !is_begin(lines[i]); ++i) {
    if (is_end(lines[i])) return i;
  }
  return std::nullopt;
}

}  // namespace

std::string managed_hosts(std::string_view existing, const NodeRecord& record) {
  if (trim(existing).empty()) return std::string(kLocalhost) + block(record);
  const auto lines = lines_of(existing);
  std::string text;
  std::optional<std::size_t> block_at;  // where in `text`
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_begin(lines[i])) {
      if (!block_at) block_at = text.size();
      if (const auto end = end_of_block(lines, i)) i = *end;
    } else if (!is_end(lines[i]) && !is_own_loopback(lines[i])) {
      text += lines[i] + "\n";
    }
  }
  return text.insert(block_at.value_or(text.size()), block(record));
}

}  // namespace kraken
