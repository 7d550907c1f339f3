// The cores' clock speed, and the memory cgroup, which the firmware's device tree switches off.
#include <algorithm>

#include "base/text.h"
#include "tuning/lasting_files.h"
#include "tuning/wanted.h"

namespace kraken {

namespace {

constexpr std::string_view kPerformance = "performance";

// Raspberry Pi's kernels know the first; the second is what older ones called it. As in profiles/worker.yaml.
constexpr std::array<std::string_view, 2> kCgroupWords = {"cgroup_enable=memory", "cgroup_memory=1"};

// COMMAND_LINE_SIZE of the 32-bit kernel (arch/arm/include/uapi/asm/setup.h); what is longer is cut off unseen.
constexpr std::size_t kMaxCmdline = 1024;

bool has_word(std::string_view line, std::string_view word) {
  return std::ranges::count(split_words(line), word) != 0;
}

std::string_view first_line(std::string_view text) {
  return text.substr(0, text.find('\n'));
}

bool has_cgroup_words(std::string_view line) {
  return std::ranges::all_of(kCgroupWords, [&](std::string_view word) { return has_word(line, word); });
}

// cmdline.txt with the missing words at the end of its line, but before "--": what follows that is init's.
std::string with_cgroup_words(const std::string& text) {
  const std::string_view line = first_line(text);
  std::string added;
  for (const std::string_view word : kCgroupWords) {
    if (!has_word(line, word)) added += " " + std::string(word);
  }
  std::size_t end = line.find(" -- ");
  if (end == std::string_view::npos) end = line.find_last_not_of(" \t\r") + 1;
  return std::string(text).insert(end, added);
}

// Why the memory controller is missing, and what can be done about it.
void want_cgroup_words(Wanted& wanted, const TuningFacts& facts, const std::string& path) {
  const std::string* file = facts.content(path);
  if (file == nullptr || trim(first_line(*file)).empty()) {
    wanted.unavailable = "the memory cgroup is off, and " + path + " cannot be read";
    return;
  }
  if (!has_cgroup_words(first_line(*file))) {
    std::string edited = with_cgroup_words(*file);
    if (first_line(edited).size() > kMaxCmdline) {
      wanted.unavailable = "the memory cgroup is off, and " + path + " has no room for the words that switch it on";
      return;
    }
    wanted.changes.push_back({Change::Kind::kBootFile, path, std::move(edited), 0,
                              path + " does not switch the memory cgroup on; counts from the next boot"});
    return;
  }
  const std::string* running = facts.value(kKernelCmdline);
  if (running != nullptr && has_cgroup_words(*running)) {
    wanted.unavailable = "this kernel was asked for the memory cgroup, and has none";
  } else {
    wanted.reboot = path + " switches the memory cgroup on from the next boot";
  }
}

}  // namespace

Wanted want_performance_governor(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  std::size_t policies = 0;
  bool offered = true;
  for (const auto& [path, governor] : facts.kernel) {
    if (!path.starts_with(kCpufreqFolder) || !path.ends_with("/" + std::string(kGovernor))) continue;
    ++policies;
    const std::string folder = path.substr(0, path.size() - kGovernor.size());
    const std::string* governors = facts.value(folder + std::string(kGovernors));
    offered = offered && governors != nullptr && has_word(*governors, kPerformance);
    wanted.want_value(facts, path, std::string(kPerformance));
  }
  if (policies == 0 || !offered) {
    wanted.changes.clear();
    wanted.unavailable = policies == 0 ? "this kernel cannot change the clock speed (no cpufreq)"
                                       : "this kernel has no governor \"performance\"";
    return wanted;
  }
  wanted.want_retuning(facts);
  wanted.done = "the governor is \"performance\"";
  return wanted;
}

// cgroup.controllers, since /proc/cgroups calls a controller enabled that no container can use.
Wanted want_memory_cgroup(const TuningFacts& facts, const Request& request) {
  Wanted wanted;
  const std::string* controllers = facts.value(kCgroupControllers);
  if (controllers != nullptr && has_word(*controllers, "memory")) {
    wanted.done = "the memory cgroup is on";
    return wanted;
  }
  want_cgroup_words(wanted, facts, request.record.boot_folder + "/cmdline.txt");
  return wanted;
}

}  // namespace kraken
