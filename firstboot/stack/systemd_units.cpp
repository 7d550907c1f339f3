#include "stack/systemd_units.h"

#include <optional>
#include <set>
#include <string>

namespace kraken {

namespace {

bool leads_to_nothing(const RootTree& tree, const std::string& path) {
  return tree.link_text(path) == "/dev/null";
}

// systemd.unit(5): a unit file that is empty or a link to /dev/null is masked.
bool masks(const RootTree& tree, const std::string& path) {
  if (leads_to_nothing(tree, path)) return true;
  const auto content = tree.read(path);
  return content.ok() && content->empty();
}

bool is_dependency_folder(std::string_view name) {
  return name.ends_with(".wants") || name.ends_with(".requires");
}

}  // namespace

bool is_startable(const RootTree& tree, std::string_view unit) {
  for (const std::string_view folder : kUnitFolders) {
    const std::string path = std::string(folder) + "/" + std::string(unit);
    if (leads_to_nothing(tree, path)) return false;
    if (tree.exists(path)) return !masks(tree, path);
  }
  return false;
}

bool is_enabled(const RootTree& tree, std::string_view unit) {
  if (!is_startable(tree, unit)) return false;
  std::set<std::string> decided;  // a link to /dev/null in /etc takes one in /usr/lib away
  for (const std::string_view folder : kUnitFolders) {
    for (const std::string& name : tree.names(folder)) {
      const std::string path = std::string(folder) + "/" + name + "/" + std::string(unit);
      // What the link leads to does not matter, nor whether it is there: systemd goes by its name.
      const bool link = tree.link_text(path).has_value();
      if (!is_dependency_folder(name) || !(link || tree.exists(path)) || !decided.insert(name).second) continue;
      if (!leads_to_nothing(tree, path)) return true;
    }
  }
  return false;
}

}  // namespace kraken
