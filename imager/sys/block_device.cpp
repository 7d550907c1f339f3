#include "sys/block_device.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "sys/device_identity.h"
#include "sys/files.h"

namespace kraken {

namespace {

namespace fs = std::filesystem;

// Far above what these files hold: mountinfo on a host with thousands of containers is the largest.
constexpr Bytes kProcLimit = 64 * kMiB;

// sysfs counts a device's size in these, whatever its logical sector is (Documentation/ABI/stable/sysfs-block).
constexpr Bytes kSysfsSector = 512;

std::uint64_t number_attribute(const fs::path& folder, const std::string& name, std::uint64_t otherwise) {
  return parse_u64(sysfs_attribute(folder, name)).value_or(otherwise);
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

// Sorted, so that answers do not depend on the folder's order.
std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failed;
  for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
    names.push_back(it->path().filename().string());
  }
  std::ranges::sort(names);
  return names;
}

std::optional<DeviceNumber> parse_device_number(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto major_number = parse_u64(text.substr(0, colon));
  const auto minor_number = parse_u64(text.substr(colon + 1));
  if (!major_number || !minor_number || *major_number > UINT32_MAX || *minor_number > UINT32_MAX) return std::nullopt;
  return DeviceNumber{static_cast<unsigned>(*major_number), static_cast<unsigned>(*minor_number)};
}

// The kernel writes blanks and backslashes in its tables as three octal digits (proc(5), mountinfo).
std::string unescape(std::string_view text) {
  std::string plain;
  const auto is_octal = [](char c) { return c >= '0' && c <= '7'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && text.size() - i > 3 && std::all_of(&text[i + 1], &text[i + 4], is_octal)) {
      const int value = (text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0');
      plain += static_cast<char>(value);
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// The device and, when it is a whole one, its partitions.
struct Family {
  std::vector<std::string> names;
  std::vector<DeviceNumber> numbers;

  void add(const fs::path& folder) {
    names.push_back(folder.filename().string());
    if (const auto number = parse_device_number(sysfs_attribute(folder, "dev"))) numbers.push_back(*number);
  }

  // Whether a table's path, "/dev/sdb1" say, is one of them. Links were resolved by who wrote the table.
  bool has_path(const std::string& path, const SystemRoots& roots) const {
    return std::ranges::any_of(names, [&](const std::string& name) { return path == (roots.dev / name).string(); });
  }
};

// A btrfs has a number of its own, not its device's: there only the source's name tells.
Result<std::vector<std::string>> mount_points_of(const Family& family, const SystemRoots& roots) {
  KRAKEN_ASSIGN(const std::string table, read_whole_file(roots.proc / "self/mountinfo", kProcLimit));
  std::vector<std::string> points;
  for (const auto& line : split(table, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 7) continue;
    const auto number = parse_device_number(words[2]);
    const auto dash = std::find(words.begin() + 6, words.end(), "-");
    const bool by_source = words.end() - dash > 2 && family.has_path(unescape(*(dash + 2)), roots);
    const bool by_number = number && std::ranges::find(family.numbers, *number) != family.numbers.end();
    if (by_number || by_source) points.push_back(unescape(words[4]));
  }
  return points;
}

std::vector<std::string> swap_of(const Family& family, const SystemRoots& roots) {
  // A kernel without swap has no such file.
  const auto table = read_whole_file(roots.proc / "swaps", kProcLimit);
  std::vector<std::string> used;
  if (!table.ok()) return used;
  for (const auto& line : split(*table, '\n')) {
    const auto words = split_words(line);
    if (words.empty()) continue;
    const fs::path path = unescape(words[0]);
    if (family.has_path(path.string(), roots)) used.push_back(path.filename().string());
  }
  return used;
}

std::string model_of(const fs::path& folder) {
  const fs::path device = folder / "device";
  // A card in an mmc slot has a name where a SCSI or USB disk has vendor and model.
  std::string model = sysfs_attribute(device, "model");
  if (model.empty()) model = sysfs_attribute(device, "name");
  return std::string(trim(sysfs_attribute(device, "vendor") + " " + model));
}

// What a loop device shows, by the name that the kernel has for it; without a name, it is none.
struct Backing {
  std::string name;
  struct stat info = {};  // all zeros: nothing that can be looked at has this name

  explicit Backing(const fs::path& device) : name(sysfs_attribute(device / "loop", "backing_file")) {
    if (!name.empty() && ::stat(name.c_str(), &info) != 0) info = {};
  }

  DeviceNumber number() const { return {major(info.st_rdev), minor(info.st_rdev)}; }

  BackingKind kind(const SystemRoots& roots) const {
    if (name.empty()) return BackingKind::kNone;
    const fs::path path = name;
    const bool is_named_so = path.parent_path() == roots.dev && is_there(roots.sys / "class/block" / path.filename());
    if (S_ISBLK(info.st_mode) || is_named_so) return BackingKind::kDevice;
    // The kernel's mark for it (d_path() in fs/d_path.c).
    return info.st_mode == 0 && name.ends_with(" (deleted)") ? BackingKind::kDeleted : BackingKind::kFile;
  }

  bool is_same_file(const Backing& other) const {
    if (info.st_mode == 0) return !name.empty() && name == other.name;
    return info.st_dev == other.info.st_dev && info.st_ino == other.info.st_ino;
  }
};

// The loop devices over one of the family.
std::vector<std::string> loops_over(const Family& family, const SystemRoots& roots) {
  std::vector<std::string> loops;
  for (const std::string& name : names_in(roots.sys / "block")) {
    const Backing backing(roots.sys / "block" / name);
    const bool by_number =
        S_ISBLK(backing.info.st_mode) && std::ranges::find(family.numbers, backing.number()) != family.numbers.end();
    if (by_number || family.has_path(backing.name, roots)) loops.push_back(name);
  }
  return loops;
}

// The folders of a whole device and of its partitions.
std::vector<fs::path> with_partitions(const fs::path& folder) {
  std::vector<fs::path> parts{folder};
  for (const auto& name : names_in(folder)) {
    if (is_there(folder / name / "partition")) parts.push_back(folder / name);
  }
  return parts;
}

// Those of the other loop devices that show the same file.
std::vector<fs::path> twins_of(const std::string& loop, const Backing& backing, const SystemRoots& roots) {
  std::vector<fs::path> parts;
  if (backing.name.empty()) return parts;
  for (const std::string& name : names_in(roots.sys / "block")) {
    const fs::path folder = roots.sys / "block" / name;
    if (name == loop || !backing.is_same_file(Backing(folder))) continue;
    std::ranges::copy(with_partitions(folder), std::back_inserter(parts));
  }
  return parts;
}

// What is made of the device, and of that: an encrypted volume, and the logical volumes in it.
void add_holder(const std::string& name, const SystemRoots& roots, Family& family) {
  if (std::ranges::find(family.names, name) != family.names.end()) return;
  const fs::path folder = roots.sys / "class/block" / name;
  family.add(folder);
  for (const auto& holder : names_in(folder / "holders")) add_holder(holder, roots, family);
  Family own;
  own.add(folder);
  for (const auto& loop : loops_over(own, roots)) add_holder(loop, roots, family);
}

// Who uses it: by itself, by a partition, or by another loop device that shows the same file.
Status add_users(const fs::path& folder, const Backing& backing, const SystemRoots& roots, BlockDevice& device) {
  std::vector<fs::path> parts = with_partitions(folder);
  for (std::size_t i = 1; i < parts.size(); ++i) device.partitions.push_back(parts[i].filename().string());
  const std::string& whole = device.is_partition ? device.parent : device.kernel_name;
  std::ranges::copy(twins_of(whole, backing, roots), std::back_inserter(parts));
  Family family;
  for (const fs::path& part : parts) {
    family.add(part);
    std::ranges::copy(names_in(part / "holders"), std::back_inserter(device.holders));
  }
  std::ranges::copy(loops_over(family, roots), std::back_inserter(device.holders));
  for (const auto& holder : device.holders) add_holder(holder, roots, family);
  KRAKEN_ASSIGN(device.mount_points, mount_points_of(family, roots));
  device.swap = swap_of(family, roots);
  return ok_status();
}

Result<BlockDevice> describe(const fs::path& folder, const SystemRoots& roots) {
  BlockDevice device;
  device.kernel_name = folder.filename().string();
  device.path = roots.dev / device.kernel_name;
  const auto number = parse_device_number(sysfs_attribute(folder, "dev"));
  const auto size = checked_mul(number_attribute(folder, "size", 0), kSysfsSector);
  if (!number || !size) return Error(ErrorCode::kNotFound, folder.string() + " does not describe a block device");
  device.number = *number;
  device.size = *size;
  device.is_partition = is_there(folder / "partition");
  const fs::path whole = device.is_partition ? folder.parent_path() : folder;
  if (device.is_partition) device.parent = whole.filename().string();
  device.logical_sector = number_attribute(whole / "queue", "logical_block_size", kSectorSize);
  device.is_read_only = sysfs_attribute(folder, "ro") == "1" || sysfs_attribute(whole, "ro") == "1";
  device.is_removable = is_removable_device(whole);
  device.model = model_of(whole);
  device.bus = device_bus(whole);
  device.serial = device_serial(whole);
  device.sequence = number_attribute(whole, "diskseq", 0);
  const Backing backing(whole);
  device.backing = backing.name;
  device.backing_kind = backing.kind(roots);
  KRAKEN_TRY(add_users(folder, backing, roots, device));
  return device;
}

Result<BlockDevice> describe_link(const fs::path& link, const SystemRoots& roots) {
  // Attributes of a partition's whole device are in the folder above, so the link has to be followed.
  std::error_code failed;
  const fs::path folder = fs::canonical(link, failed);
  if (failed) return Error::from_errno(failed.value(), "look up " + link.string());
  return describe(folder, roots);
}

}  // namespace

Result<BlockDevice> query_block_device(const fs::path& path, const SystemRoots& roots) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return Error::from_errno(errno, "look at " + path.string());
  if (!S_ISBLK(info.st_mode)) return Error(ErrorCode::kInvalidArgument, path.string() + " is no block device");
  const std::string number = std::to_string(major(info.st_rdev)) + ":" + std::to_string(minor(info.st_rdev));
  KRAKEN_ASSIGN(BlockDevice device, describe_link(roots.sys / "dev/block" / number, roots).with_context(path.string()));
  device.path = path;
  return device;
}

Result<BlockDevice> query_block_device_by_name(const std::string& kernel_name, const SystemRoots& roots) {
  if (kernel_name.empty() || kernel_name[0] == '.' || kernel_name.find('/') != std::string::npos) {
    return Error(ErrorCode::kInvalidArgument, "'" + kernel_name + "' is no name of a block device");
  }
  return describe_link(roots.sys / "class/block" / kernel_name, roots);
}

Result<std::vector<BlockDevice>> list_block_devices(const SystemRoots& roots) {
  const fs::path folder = roots.sys / "block";
  if (!is_there(folder)) return Error(ErrorCode::kNotFound, folder.string() + ": is sysfs mounted?");
  std::vector<BlockDevice> devices;
  for (const auto& name : names_in(folder)) {
    auto device = describe_link(folder / name, roots);
    // A device may go while the list is made.
    if (device.ok() && (device->size > 0 || device->is_removable)) devices.push_back(std::move(device).value());
  }
  return devices;
}

}  // namespace kraken
