#include "image/os_firmware.h"

#include <set>
#include <vector>

#include "image/os_config_txt.h"
#include "image/os_read.h"

namespace kraken {

namespace {

constexpr std::string_view kConfigTxt = "config.txt";

Error elsewhere(const std::string& path, const std::string& setting) {
  return unusable_image(
      "the kernel's command line cannot be edited",
      path + " says " + setting + ", so the firmware may read another one than cmdline.txt",
      "take that line out in the base image, with cmdline.txt and the system's files beside config.txt");
}

Status check_settings(const std::string& path, std::string_view text) {
  for (const std::string& file : config_txt_values(text, "cmdline")) {
    if (file != "cmdline.txt" && file != "/cmdline.txt") return elsewhere(path, "cmdline=" + file);
  }
  for (const std::string& prefix : config_txt_values(text, "os_prefix")) {
    if (!prefix.empty()) return elsewhere(path, "os_prefix=" + prefix);
  }
  // Sets os_prefix to "upstream/".
  for (const std::string& upstream : config_txt_values(text, "upstream_kernel")) {
    if (upstream != "0") return elsewhere(path, "upstream_kernel=" + upstream);
  }
  return ok_status();
}

}  // namespace

Status check_firmware_files(ImageTree& tree, const std::string& boot_folder) {
  std::vector<std::string> waiting = {std::string(kConfigTxt)};
  std::set<std::string> seen;
  while (!waiting.empty()) {
    const std::string path = boot_folder + "/" + waiting.back();
    waiting.pop_back();
    if (!seen.insert(path).second) continue;
    KRAKEN_ASSIGN(const auto text, read_os_text(tree, path));
    if (!text) continue;
    KRAKEN_TRY(check_settings(path, *text));
    for (std::string& file : config_txt_values(*text, "include")) waiting.push_back(std::move(file));
  }
  return ok_status();
}

}  // namespace kraken
