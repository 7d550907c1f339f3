#include "image/os_config_txt.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "base/text.h"
#include "image/os_text.h"

namespace kraken {

namespace {

// Keys whose lines add up instead of replacing each other: config_txt/common.adoc, boot.adoc, gpio.adoc, and
// configuration/device-tree.adoc for the dt ones and their older names.
constexpr std::array<std::string_view, 8> kRepeatable = {
    "dtparam", "dtoverlay", "device_tree_param", "device_tree_overlay", "gpio", "include", "dtdebug", "framebuffer"};

constexpr std::string_view kInclude = "include";

struct Setting {
  std::string key;
  std::string value;
};

std::optional<Setting> parse_setting(std::string_view line) {
  line = trim(line);
  if (line.empty() || line.front() == '#' || line.front() == '[') return std::nullopt;
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return Setting{std::string(trim(line.substr(0, equals))), std::string(trim(line.substr(equals + 1)))};
}

bool is_filter(std::string_view line) {
  return trim(line).starts_with('[');
}

bool is_all(std::string_view line) {
  const std::string_view filter = trim(line);
  return filter == "[all]" || filter == "[ALL]" || filter == "[All]";
}

bool repeats(std::string_view key) {
  return std::find(kRepeatable.begin(), kRepeatable.end(), key) != kRepeatable.end();
}

Result<Setting> check_setting(const std::string& text) {
  const bool breaks = text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  auto setting = breaks ? std::nullopt : parse_setting(text);
  const bool blank = setting && setting->key.find_first_of(" \t#") != std::string::npos;
  if (!setting || blank) {
    return Error(ErrorCode::kInvalidArgument, "\"" + text + "\" is not a setting of config.txt; write key=value");
  }
  if (setting->key.size() + 1 + setting->value.size() > kMaxConfigTxtLine) {
    return Error(ErrorCode::kInvalidArgument, "\"" + text + "\" is longer than the " +
                                                  std::to_string(kMaxConfigTxtLine) +
                                                  " characters that the firmware reads of a line of config.txt");
  }
  return std::move(*setting);
}

class ConfigTxt {
 public:
  explicit ConfigTxt(std::string_view text) : lines_(split_lines(text)) {}

  void put(const Setting& setting) {
    const std::string line = setting.key + "=" + setting.value;
    const auto last = find_last(setting);
    if (last && last->for_all) {
      if (parse_setting(lines_[last->index].text)->value != setting.value) lines_[last->index].text = line;
      return;
    }
    begin_all(setting);
    append_line(lines_, line);
  }

  std::string text() const { return join_lines(lines_); }

 private:
  struct Found {
    std::size_t index = 0;
    bool for_all = false;
  };

  // The line that decides: the last of that key, or for a key that repeats the same line among those for all boards.
  std::optional<Found> find_last(const Setting& setting) const {
    std::optional<Found> found;
    bool for_all = true;  // the file starts without a filter
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      if (is_filter(lines_[i].text)) for_all = is_all(lines_[i].text);
      const auto other = parse_setting(lines_[i].text);
      if (!other || other->key != setting.key) continue;
      if (repeats(setting.key) && (!for_all || other->value != setting.value)) continue;
      found = Found{i, for_all};
    }
    return found;
  }

  // Makes the end of the file hold for all boards, and for the base device tree when a dtparam comes: after a dtoverlay
  // line it would be the overlay's parameter, and an empty dtoverlay ends that (configuration/device-tree.adoc).
  void begin_all(const Setting& setting) {
    bool for_all = true;
    bool in_overlay = false;
    for (const TextLine& line : lines_) {
      if (is_filter(line.text)) for_all = is_all(line.text);
      const auto other = parse_setting(line.text);
      if (other && other->key == "dtoverlay") in_overlay = !other->value.empty();
    }
    if (!for_all) append_line(lines_, "[all]");
    if (!added_ && in_overlay && setting.key == "dtparam") append_line(lines_, "dtoverlay=");
    added_ = true;
  }

  std::vector<TextLine> lines_;
  bool added_ = false;  // later lines belong to what was added before them, as their order says
};

}  // namespace

Result<std::string> set_config_txt(std::string_view text, std::span<const std::string> settings) {
  KRAKEN_TRY(check_os_text(text, "config.txt"));
  std::vector<Setting> checked;
  for (const std::string& each : settings) {
    KRAKEN_ASSIGN(Setting setting, check_setting(each));
    checked.push_back(std::move(setting));
  }
  ConfigTxt file(text);
  for (const Setting& setting : checked) file.put(setting);
  return file.text();
}

std::vector<std::string> config_txt_values(std::string_view text, std::string_view key) {
  std::vector<std::string> values;
  for (const TextLine& line : split_lines(text)) {
    const auto words = split_words(line.text);
    if (const auto setting = parse_setting(line.text); setting && setting->key == key) {
      values.push_back(setting->value);
    } else if (key == kInclude && words.size() == 2 && words.front() == kInclude) {
      values.push_back(words.back());
    }
  }
  return values;
}

}  // namespace kraken
