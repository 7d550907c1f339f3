// No swap: what is swapped to now, and every program of Raspberry Pi OS and Debian that switches it on at boot.
#include "base/text.h"
#include "tuning/lasting_files.h"
#include "tuning/wanted.h"

namespace kraken {

namespace {

constexpr std::string_view kCommentedOut = "# off by kraken-firstboot (swap_off): ";

// fstab(5): the third field is the type.
bool is_swap_line(const std::string& line) {
  const auto fields = split_words(line);
  return fields.size() >= 3 && !fields.front().starts_with("#") && fields[2] == "swap";
}

void want_fstab_without_swap(Wanted& wanted, const TuningFacts& facts) {
  const std::string* fstab = facts.content(kFstab);
  if (fstab == nullptr) return;
  auto lines = split(*fstab, '\n');
  for (std::string& line : lines) {
    if (is_swap_line(line)) line.insert(0, kCommentedOut);
  }
  wanted.want_file(facts, std::string(kFstab), join(lines, "\n"));
}

struct SwapProgram {
  std::string_view evidence;  // the file that says that it is installed
  std::string_view file;
  std::string_view content;
};

constexpr std::array<SwapProgram, 4> kSwapPrograms = {{
    // Raspberry Pi OS up to bookworm. It makes an empty file for the size 0 and fails: the unit is masked.
    {kDphysUnit, kDphysMask, ""},
    // Raspberry Pi OS from trixie (raspberrypi/rpi-swap, swap.conf(5)); it removes the swap file as well.
    {kRpiSwapGenerator, kRpiSwapConfig, "# Written by kraken-firstboot (tuning: swap_off).\n[Main]\nMechanism=none\n"},
    {kZramToolsUnit, kZramToolsMask, ""},
    // zram-generator.conf(5): "Devices with the final size of 0 will be discarded."
    {kZramGeneratorUnit, kZramGeneratorConfig,
     "# Written by kraken-firstboot (tuning: swap_off).\n[zram0]\nzram-size = 0\n"},
}};

}  // namespace

Wanted want_swap_off(const TuningFacts& facts, const Request& /*request*/) {
  Wanted wanted;
  for (const SwapProgram& program : kSwapPrograms) {
    if (facts.content(program.evidence) == nullptr) continue;
    wanted.want_own_file(facts, std::string(program.file), std::string(program.content));
  }
  want_fstab_without_swap(wanted, facts);
  wanted.want_retuning(facts);
  for (const std::string& swap : facts.swaps) {
    wanted.changes.push_back({Change::Kind::kSwapOff, swap, "", 0, "the node swaps to " + swap});
  }
  wanted.done = "no swap";
  return wanted;
}

}  // namespace kraken
