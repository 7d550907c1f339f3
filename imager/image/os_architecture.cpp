#include "image/os_architecture.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/endian.h"
#include "base/text.h"
#include "image/os_read.h"

namespace kraken {

namespace {

constexpr Bytes kMaxProgram = 64 * kMiB;
constexpr std::array<std::string_view, 4> kPrograms = {"/sbin/init", "/usr/lib/systemd/systemd", "/lib/systemd/systemd",
                                                       "/bin/sh"};

// gABI, chapter 4, "ELF Header"; the machine numbers from its registry, EM_*.
constexpr std::size_t kClassOffset = 4;  // EI_CLASS: 1 is 32 bits, 2 is 64
constexpr std::size_t kDataOffset = 5;   // EI_DATA: 1 is little-endian
constexpr std::size_t kMachineOffset = 18;
constexpr std::size_t kFlagsOffset32 = 36;
// ELF for the Arm Architecture (IHI 0044), section 5.2: EF_ARM_ABI_FLOAT_HARD.
constexpr std::uint32_t kArmHardFloat = 0x400;

struct Machine {
  std::uint16_t number;
  int elf_class;
  std::string_view name;
};
constexpr std::array<Machine, 5> kMachines = {
    {{183, 2, "arm64"}, {40, 1, "armhf"}, {62, 2, "amd64"}, {3, 1, "i386"}, {243, 2, "riscv64"}}};

}  // namespace

std::string elf_architecture(std::string_view bytes) {
  if (!bytes.starts_with("\x7f"
                         "ELF"))
    return {};
  const auto header = as_bytes(bytes);
  const auto elf_class = read_le<std::uint8_t>(header, kClassOffset);
  const auto data = read_le<std::uint8_t>(header, kDataOffset);
  const auto number = read_le<std::uint16_t>(header, kMachineOffset);
  const auto flags = read_le<std::uint32_t>(header, kFlagsOffset32);
  if (!elf_class || data != std::uint8_t{1} || !number || !flags) return {};
  for (const Machine& machine : kMachines) {
    if (machine.number != *number || machine.elf_class != *elf_class) continue;
    if (machine.name == "armhf" && (*flags & kArmHardFloat) == 0) return "armel";
    return std::string(machine.name);
  }
  return {};
}

Result<std::string> find_architecture(ImageTree& tree, std::vector<std::string>& warnings) {
  std::string found;
  for (const std::string_view program : kPrograms) {
    const auto bytes = tree.read_file(program, kMaxProgram);
    if (bytes.ok()) found = elf_architecture(*bytes);
    if (!found.empty()) break;
  }
  if (found.empty()) {
    return unusable_image("the image's architecture is not known",
                          "neither /sbin/init nor /bin/sh in it is a program that can be read",
                          "use an image with a whole root file system");
  }
  if (found != "arm64" && found != "armhf") {
    return unusable_image("the image cannot run on a Raspberry Pi 2 or later as it is used here",
                          "its programs are for " + found, "use an arm64 or armhf image");
  }
  // dpkg(1), --add-architecture: the file is there when there is more than one, or when a builder wrote it.
  KRAKEN_ASSIGN(const auto listed, read_os_text(tree, "/var/lib/dpkg/arch"));
  if (!listed) return found;
  const auto words = split_words(*listed);
  if (!words.empty() && std::find(words.begin(), words.end(), found) == words.end()) {
    warnings.push_back("/var/lib/dpkg/arch lists " + join(words, ", ") + ", but the image's programs are for " + found +
                       ": packages may not install");
  }
  return found;
}

}  // namespace kraken
