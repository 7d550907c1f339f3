#include "tuning/tuning_facts.h"

#include <algorithm>

#include "base/text.h"
#include "sys/files.h"
#include "system/rooted_system.h"
#include "tuning/lasting_files.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kSmallFile = 64 * kKiB;
// modules.dep of Debian's arm64 kernel has 0.7 MB.
constexpr Bytes kModuleListMaxSize = 8 * kMiB;
constexpr std::size_t kMostReceiveQueues = 64;

std::optional<std::string> read_text(const fs::path& root, std::string_view path) {
  auto text = read_whole_file(below(root, path), kSmallFile);
  if (!text.ok()) return std::nullopt;
  return std::move(*text);
}

void read_value(const fs::path& root, const std::string& path, TuningFacts& facts) {
  if (const auto text = read_text(root, path)) facts.kernel[path] = join(split_words(*text), " ");
}

// The names in a folder that begin so, sorted.
std::vector<std::string> names_in(const fs::path& root, const std::string& folder, std::string_view beginning) {
  std::vector<std::string> names;
  std::error_code failed;
  fs::directory_iterator entry(below(root, folder), failed);
  for (; !failed && entry != fs::directory_iterator(); entry.increment(failed)) {
    std::string name = entry->path().filename().string();
    if (name.starts_with(beginning)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

TunedNic read_nic(const fs::path& root, const Nic& nic, const std::vector<Link>& links, TuningFacts& facts) {
  TunedNic tuned;
  tuned.name = nic.name;
  const auto link = std::ranges::find(links, nic.index, &Link::index);
  if (nic.index != 0 && link != links.end()) {
    tuned.link = link->index;
    tuned.tx_queue_length = link->tx_queue_length;
    tuned.queueing = link->queueing;
  }
  const std::string queues = "/sys/class/net/" + nic.name + "/queues/";
  auto names = names_in(root, queues, "rx-");
  names.resize(std::min(names.size(), kMostReceiveQueues));
  for (const std::string& name : names) {
    std::string file = queues;
    file.append(name).append("/rps_cpus");
    read_value(root, file, facts);
    if (facts.value(file) != nullptr) tuned.rps_files.push_back(file);
  }
  if (!nic.usb_port.empty()) {
    const std::string file = "/sys/bus/usb/devices/" + nic.usb_port + "/power/control";
    read_value(root, file, facts);
    if (facts.value(file) != nullptr) tuned.power_file = file;
  }
  return tuned;
}

void read_governors(const fs::path& root, TuningFacts& facts) {
  const std::string folder(kCpufreqFolder);
  for (const std::string& policy : names_in(root, folder, "policy")) {
    for (const std::string_view file : {kGovernor, kGovernors}) {
      read_value(root, (fs::path(folder) / policy / file).string(), facts);
    }
  }
}

// depmod lists in modules.dep what can be loaded ("kernel/net/ipv4/tcp_bbr.ko.xz: ..."), and in modules.builtin what
// need not be.
std::set<std::string> read_modules(const fs::path& root) {
  std::set<std::string> found;
  const auto release = read_text(root, "/proc/sys/kernel/osrelease");
  if (!release || trim(*release).empty()) return found;
  for (const char* list : {"/modules.dep", "/modules.builtin"}) {
    const auto text =
        read_whole_file(below(root, "/lib/modules/" + std::string(trim(*release)) + list), kModuleListMaxSize);
    if (!text.ok()) continue;
    for (const std::string_view module : kTuningModules) {
      if (text->find("/" + std::string(module) + ".ko") != std::string::npos) found.emplace(module);
    }
  }
  return found;
}

// The kernel writes blanks, tabs, line ends and backslashes in names as \ooo (mangle_path() in fs/seq_file.c).
std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && digit(i + 1) && digit(i + 2) && digit(i + 3)) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

// /proc/swaps: a heading, and a line for each.
std::vector<std::string> read_swaps(const fs::path& root) {
  std::vector<std::string> swaps;
  const auto text = read_text(root, "/proc/swaps");
  if (!text) return swaps;
  for (const std::string& line : split(*text, '\n')) {
    const auto words = split_words(line);
    if (!words.empty() && words.front().starts_with("/")) swaps.push_back(unescaped(words.front()));
  }
  return swaps;
}

}  // namespace

const std::string* TuningFacts::value(std::string_view kernel_file) const {
  const auto found = kernel.find(std::string(kernel_file));
  return found == kernel.end() ? nullptr : &found->second;
}

const std::string* TuningFacts::content(std::string_view file) const {
  const auto found = files.find(std::string(file));
  return found == files.end() ? nullptr : &found->second;
}

TuningFacts read_tuning(const fs::path& root, const std::vector<Nic>& nics, const std::vector<Link>& links,
                        const EeeStates& eee) {
  TuningFacts facts;
  for (const std::string_view name : kTuningSysctls) read_value(root, sysctl_path(name), facts);
  for (const std::string_view path : {kOnlineCores, kCgroupControllers, kKernelCmdline}) {
    read_value(root, std::string(path), facts);
  }
  read_governors(root, facts);
  for (const Nic& nic : nics) {
    TunedNic tuned = read_nic(root, nic, links, facts);
    if (const auto state = eee.find(tuned.link); state != eee.end()) tuned.eee = state->second;
    facts.nics.push_back(std::move(tuned));
  }
  for (const std::string_view path : kTuningFiles) {
    if (auto text = read_text(root, path)) facts.files[std::string(path)] = std::move(*text);
  }
  facts.modules = read_modules(root);
  facts.swaps = read_swaps(root);
  return facts;
}

EeeStates read_eee(const std::vector<Nic>& nics, const Network& network) {
  EeeStates states;
  for (const Nic& nic : nics) {
    const auto enabled = network.eee_enabled(nic.index);
    if (enabled.ok() && *enabled) states[nic.index] = **enabled;
  }
  return states;
}

std::string sysctl_path(std::string_view name) {
  std::string path = "/proc/sys/" + std::string(name);
  std::ranges::replace(path, '.', '/');
  return path;
}

}  // namespace kraken
