#include "facts/facts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.h"
#include "contract/hosts_file.h"
#include "facts/mounts.h"
#include "nic/switch_rule.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

constexpr Bytes kSmallFile = 4096;
constexpr Bytes kMountinfoMaxSize = kMiB;
constexpr Bytes kRuleMaxSize = 64 * kKiB;

// One line, without what a terminal or a log would stumble over; the device tree ends its strings with a NUL.
std::string one_line(std::string_view text) {
  std::string line(text.substr(0, text.find('\0')));
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  return std::string(trim(line));
}

std::string line_of(const fs::path& path) {
  const auto text = read_whole_file(path, kSmallFile);
  return text.ok() ? one_line(*text) : std::string();
}

std::optional<UnixTime> modification_time(const fs::path& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_mtim.tv_sec;
}

Result<Ext4Geometry> read_geometry(const fs::path& device) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(device, O_RDONLY));
  std::array<std::byte, kExt4SuperblockSize> superblock = {};
  KRAKEN_TRY(read_all_at(fd.get(), kExt4SuperblockOffset, superblock).with_context(device.string()));
  return parse_ext4_superblock(superblock).with_context(device.string());
}

// "MAJOR=179\nMINOR=2\nDEVNAME=mmcblk0p2\n..."
std::string device_name(const fs::path& sysfs) {
  constexpr std::string_view kKey = "DEVNAME=";
  const auto text = read_whole_file(sysfs / "uevent", kSmallFile);
  if (!text.ok()) return {};
  for (const std::string& line : split(*text, '\n')) {
    if (line.starts_with(kKey)) return line.substr(kKey.size());
  }
  return {};
}

Result<Bytes> device_size(const fs::path& sysfs) {
  KRAKEN_ASSIGN(const std::string text, read_whole_file(sysfs / "size", kSmallFile));
  const auto sectors = parse_u64(trim(text));
  // Sectors of 512 bytes whatever the device's own are (Linux, Documentation/ABI/stable/sysfs-block).
  const auto size = sectors ? to_bytes(Lba{*sectors}) : std::nullopt;
  if (!size) return Error(ErrorCode::kCorrupt, (sysfs / "size").string() + ": not a size");
  return *size;
}

Status read_root_device(const fs::path& root, const std::string& numbers, RootFacts& facts) {
  // By number: the name that mountinfo gives may be /dev/root, which does not exist.
  const fs::path sysfs = root / "sys/dev/block" / numbers;
  facts.device = device_name(sysfs);
  if (facts.device.empty()) return Error(ErrorCode::kNotFound, "no block device " + numbers + " in " + sysfs.string());
  KRAKEN_ASSIGN(facts.partition_size, device_size(sysfs));
  if (facts.fs_type != "ext4") return ok_status();
  KRAKEN_ASSIGN(facts.ext4, read_geometry(root / "dev" / facts.device));
  return ok_status();
}

RootFacts root_facts(const fs::path& root, const std::vector<Mount>& mounts) {
  RootFacts facts;
  const Mount* mount = find_mount(mounts, "/");
  if (mount == nullptr) {
    facts.problem = "/proc/self/mountinfo does not say what is mounted at /";
    return facts;
  }
  facts.fs_type = mount->fs_type;
  facts.read_only = mount->read_only;
  const Status status = read_root_device(root, mount->device, facts);
  if (!status.ok()) facts.problem = status.error().what();
  return facts;
}

BootFacts boot_facts(const std::vector<Mount>& mounts, std::string_view folder) {
  const Mount* mount = find_mount(mounts, folder);
  if (mount == nullptr) return {};
  return {.mounted = true, .read_only = mount->read_only, .fs_type = mount->fs_type};
}

double uptime(const fs::path& root) {
  const auto words = split_words(line_of(root / "proc/uptime"));
  return words.empty() ? 0 : std::strtod(words.front().c_str(), nullptr);
}

std::vector<Mount> read_mounts(const fs::path& root, std::string_view boot_folder) {
  // An automount shows what it mounts only after somebody looked into it.
  std::error_code ignored;
  static_cast<void>(fs::is_empty(below(root, boot_folder), ignored));
  const auto text = read_whole_file(root / "proc/self/mountinfo", kMountinfoMaxSize);
  return text.ok() ? parse_mountinfo(*text) : std::vector<Mount>();
}

}  // namespace

Facts gather_facts(const fs::path& root, std::string_view boot_folder, const System& system) {
  Facts facts;
  facts.model = line_of(root / "proc/device-tree/model");
  facts.kernel = line_of(root / "proc/sys/kernel/osrelease");
  facts.boot_id = line_of(root / "proc/sys/kernel/random/boot_id");
  facts.kernel_host_name = line_of(root / "proc/sys/kernel/hostname");
  facts.uptime_seconds = uptime(root);
  facts.clock = system.now();
  facts.timesync_stamp = modification_time(below(root, kTimesyncStamp));
  facts.hostname_file = read_text_file(below(root, kHostnamePath), kHostsMaxSize);
  facts.hosts_file = read_text_file(below(root, kHostsPath), kHostsMaxSize);
  facts.switch_rule = read_text_file(below(root, kSwitchRule), kRuleMaxSize);
  facts.switch_unit = read_text_file(below(root, kSwitchUnit), kRuleMaxSize);
  const auto mounts = read_mounts(root, boot_folder);
  facts.root = root_facts(root, mounts);
  facts.boot = boot_facts(mounts, boot_folder);
  return facts;
}

}  // namespace kraken
