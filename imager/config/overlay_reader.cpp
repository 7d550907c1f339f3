#include "config/overlay_reader.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "config/check.h"
#include "config/definitions.h"
#include "config/yaml.h"

namespace kraken {

namespace {

std::optional<std::uint32_t> parse_octal(std::string_view text) {
  std::uint32_t mode = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, mode, 8);
  if (error != std::errc() || rest != end) return std::nullopt;
  return mode;
}

std::optional<std::uint32_t> owner_of(const std::optional<View>& view) {
  if (!view) return std::nullopt;
  return static_cast<std::uint32_t>(view->integer());  // "root" is no number, and so 0; the range is 32 bits
}

// Every file and folder below, as rules name them: "rootfs/etc/motd".
std::vector<std::string> list_below(const std::filesystem::path& folder, const std::string& top) {
  std::vector<std::string> names;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator entry(folder / top, failed);
  for (const std::filesystem::recursive_directory_iterator end; !failed && entry != end; entry.increment(failed)) {
    names.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  return names;
}

bool is_folder(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

std::optional<std::filesystem::path> find_overlay(const std::string& name,
                                                  const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) {
    if (is_folder(folder / name)) return folder / name;
  }
  return std::nullopt;
}

std::vector<std::string> known_overlays(const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end;
         entry.increment(failed)) {
      if (is_folder(entry->path())) names.push_back(entry->path().filename().string());
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string no_overlay(const std::string& name, const std::vector<std::filesystem::path>& folders) {
  const auto names = known_overlays(folders);
  std::vector<std::string> looked;
  for (const auto& folder : folders) looked.push_back(folder.string());
  return "there is no overlay " + in_quotes(name) + did_you_mean(name, names) +
         (names.empty() ? "; none was found" : "; there are: " + join(names, ", ")) + " (looked in " +
         join(looked, ", ") + ")";
}

// Files beside (a README, a licence) are the author's own business; a folder, or what was to be overlay.yaml, is not.
void check_nothing_else(const OverlayDescription& overlay, const Origin& named_at, Problems& problems) {
  const std::vector<std::string> known = {"rootfs", "boot", "overlay.yaml"};
  std::vector<std::string> strangers;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry(overlay.folder, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    const std::string name = entry->path().filename().string();
    if (std::ranges::find(known, name) != known.end() || name.starts_with('.') || name.ends_with('~')) continue;
    if (is_folder(entry->path()) || nearest(name, known)) strangers.push_back(name);
  }
  std::ranges::sort(strangers);
  for (const std::string& name : strangers) {
    problems.add(named_at, "the overlay " + in_quotes(overlay.name) + " has " + in_quotes(name) + " (in " +
                               overlay.folder.string() + "), which would be ignored: it takes rootfs, boot and " +
                               "overlay.yaml" + did_you_mean(name, known));
  }
}

void read_description(OverlayDescription& overlay, Problems& problems) {
  const auto file = overlay.folder / "overlay.yaml";
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) return;  // no rules: every file is root's, with the mode it has here
  const auto value = read_yaml(file, problems);
  if (!value) return;
  check(*value, overlay_definition(), "", problems);
  overlay.rules = rules_from(*value);
  const auto view = View::of(*value, overlay_definition());
  const auto text = view ? view->find("description") : std::nullopt;
  if (text) overlay.description = text->text();
}

}  // namespace

std::vector<OverlayRule> rules_from(const Value& value) {
  std::vector<OverlayRule> rules;
  const auto view = View::of(value, overlay_definition());
  const auto files = view ? view->find("files") : std::nullopt;
  if (!files) return rules;
  for (const View& item : files->items()) {
    const auto path = item.find("path");
    if (!path) continue;
    OverlayRule rule;
    rule.path = path->text();
    rule.origin = item.origin();
    if (const auto mode = item.find("mode")) rule.mode = parse_octal(mode->text());
    rule.uid = owner_of(item.find("owner"));
    rule.gid = owner_of(item.find("group"));
    const auto is_template = item.find("template");
    rule.is_template = is_template && is_template->flag();
    rules.push_back(std::move(rule));
  }
  return rules;
}

void check_rules_match(const OverlayDescription& overlay, Problems& problems) {
  std::vector<std::string> names = list_below(overlay.folder, "rootfs");
  for (std::string& name : list_below(overlay.folder, "boot")) names.push_back(std::move(name));
  for (const OverlayRule& rule : overlay.rules) {
    if (problems.full()) return;
    const bool matches_some = std::ranges::any_of(
        names, [&](const std::string& name) { return ::fnmatch(rule.path.c_str(), name.c_str(), FNM_PATHNAME) == 0; });
    if (matches_some) continue;
    problems.add(rule.origin, "the overlay has no file " + in_quotes(rule.path) + did_you_mean(rule.path, names));
  }
}

Result<OverlayDescription> read_overlay(const Sourced<std::string>& name,
                                        const std::vector<std::filesystem::path>& folders) {
  Problems problems;
  const auto folder = find_overlay(name.value, folders);
  if (!folder) {
    problems.add(name.origin, no_overlay(name.value, folders));
    return problems.status().error();
  }
  OverlayDescription overlay;
  overlay.name = name.value;
  overlay.folder = *folder;
  if (!is_folder(*folder / "rootfs") && !is_folder(*folder / "boot")) {
    problems.add(name.origin, "the overlay " + in_quotes(name.value) + " (" + folder->string() +
                                  ") has neither a folder rootfs nor a folder boot");
  }
  check_nothing_else(overlay, name.origin, problems);
  read_description(overlay, problems);
  check_rules_match(overlay, problems);
  KRAKEN_TRY(problems.status());
  return overlay;
}

}  // namespace kraken
