#include "image/os_hosts.h"

#include <algorithm>

#include "base/text.h"
#include "image/os_text.h"

namespace kraken {

namespace {

constexpr std::string_view kName = "/etc/hosts";
constexpr std::string_view kOwnAddress = "127.0.1.1";

using Lines = std::vector<TextLine>;

Status check_host_name(std::string_view name) {
  const bool good = !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  });
  if (good) return ok_status();
  return Error(ErrorCode::kInvalidArgument,
               "'" + std::string(name) + "' is not a host name that /etc/hosts could hold");
}

std::string first_word(std::string_view line) {
  const auto words = split_words(line);
  return words.empty() ? std::string() : words.front();
}

bool is_marker(const TextLine& line, std::string_view marker) {
  return trim(line.text) == marker;
}

// Where the block is, both markers included; empty at the end when there is none.
struct Block {
  std::size_t begin = 0;
  std::size_t end = 0;
};

Result<Block> find_block(const Lines& lines) {
  Block block{lines.size(), lines.size()};
  bool open = false;
  bool seen = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool begins = is_marker(lines[i], kHostsBegin);
    const bool ends = is_marker(lines[i], kHostsEnd);
    if ((begins && seen) || (ends && !open)) {
      return Error(ErrorCode::kCorrupt, std::string(kName) + ": line " + std::to_string(i + 1) +
                                            ": this marker of the cluster's block has no partner; remove the block");
    }
    if (begins) block.begin = i;
    if (ends) block.end = i + 1;
    seen = seen || begins;
    open = (open || begins) && !ends;
  }
  if (open) {
    return Error(ErrorCode::kCorrupt, std::string(kName) + ": the block that begins in line " +
                                          std::to_string(block.begin + 1) + " never ends; remove that line");
  }
  return block;
}

void put_own_line(Lines& lines, const Block& block, const std::string& line) {
  std::size_t localhost = lines.size();
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i >= block.begin && i < block.end) continue;
    const std::string address = first_word(lines[i].text);
    if (address == kOwnAddress) {
      // A line with other blanks between address and name is left as somebody wrote it.
      if (split_words(lines[i].text) != split_words(line)) lines[i].text = line;
      return;
    }
    if (address == "127.0.0.1" && localhost == lines.size()) localhost = i;
  }
  if (localhost == lines.size() || lines[localhost].end.empty()) return append_line(lines, line);
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(localhost) + 1, {line, lines[localhost].end});
}

}  // namespace

Result<std::string> edit_hosts(std::string_view text, const HostsEdit& edit) {
  KRAKEN_TRY(check_os_text(text, kName));
  KRAKEN_TRY(check_host_name(edit.host_name));
  for (const HostLine& node : edit.nodes) KRAKEN_TRY(check_host_name(node.name));

  Lines lines = split_lines(text);
  KRAKEN_ASSIGN(const Block before, find_block(lines));
  put_own_line(lines, before, std::string(kOwnAddress) + "\t" + edit.host_name);

  KRAKEN_ASSIGN(const Block block, find_block(lines));
  const auto at = [&](std::size_t index) { return lines.begin() + static_cast<std::ptrdiff_t>(index); };
  Lines rest(at(block.end), lines.end());
  lines.erase(at(block.begin), lines.end());
  append_line(lines, std::string(kHostsBegin));
  for (const HostLine& node : edit.nodes) append_line(lines, format_ipv4(node.address) + "\t" + node.name);
  append_line(lines, std::string(kHostsEnd));
  lines.insert(lines.end(), rest.begin(), rest.end());
  return join_lines(lines);
}

}  // namespace kraken
