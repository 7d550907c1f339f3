#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "base/text.h"
#include "burn/direct_reader.h"
#include "burn/target.h"
#include "sys/files.h"

namespace kraken {

namespace {

class DeviceTarget : public Target {
 public:
  DeviceTarget(std::filesystem::path path, Bytes size, UniqueFd fd, DirectReader reader)
      : path_(std::move(path)), size_(size), fd_(std::move(fd)), reader_(std::move(reader)) {}

  std::string name() const override { return path_.string(); }
  Bytes capacity() const override { return size_; }
  bool holes_read_as_zeros() const override { return false; }

  Status write(Bytes offset, std::span<const std::byte> data) override {
    KRAKEN_TRY(write_all_at(fd_.get(), offset, data));
    return start_writeback(offset, data.size());
  }

  Status sync() override {
    if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "flush");
    return ok_status();
  }

  Status read_back(Bytes offset, std::span<std::byte> out) override { return reader_.read(offset, out); }

  Status publish() override {
    // Only so that the partitions show without the card being taken out; the card is good whether it works or not.
    static_cast<void>(::ioctl(fd_.get(), BLKRRPART));
    return ok_status();
  }

 private:
  // Keeps the card busy and the page cache small: without it gigabytes wait for sync(), the progress shown is a lie and
  // a stop takes minutes. An error that shows here is not shown again by fsync, so it counts.
  Status start_writeback(Bytes offset, Bytes length) {
    KRAKEN_TRY(sync_range(offset, length, SYNC_FILE_RANGE_WRITE));
    if (offset < kMaxInFlight) return ok_status();
    return sync_range(offset - kMaxInFlight, length,
                      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  }

  Status sync_range(Bytes offset, Bytes length, unsigned flags) {
    const auto from = static_cast<off_t>(offset);
    if (::sync_file_range(fd_.get(), from, static_cast<off_t>(length), flags) == 0) return ok_status();
    return Error::from_errno(errno, "write at " + std::to_string(offset));
  }

  static constexpr Bytes kMaxInFlight = 16 * kMiB;

  std::filesystem::path path_;
  Bytes size_;
  UniqueFd fd_;  // opened with O_EXCL: nobody can mount the device while it is held
  DirectReader reader_;
};

Error refused(const std::filesystem::path& device, const std::string& why) {
  return Error(ErrorCode::kTargetRefused, device.string() + ": " + why);
}

Status check_use(const BlockDevice& device) {
  if (!device.mount_points.empty()) {
    const auto& points = device.mount_points;
    const bool is_system = std::find(points.begin(), points.end(), "/") != points.end();
    if (is_system) return refused(device.path, "the running system is on it");
    return refused(device.path, "mounted at " + join(points, ", ") + "; unmount it first");
  }
  if (!device.swap.empty()) return refused(device.path, "in use as swap (" + join(device.swap, ", ") + ")");
  if (!device.holders.empty()) {
    return refused(device.path, "in use by " + join(device.holders, ", ") + " (encryption, RAID or LVM)");
  }
  return ok_status();
}

Status check_device(const BlockDevice& device, Bytes image_size) {
  if (device.is_partition) {
    return refused(device.path, "a partition of " + device.parent + "; name the whole device");
  }
  if (device.size == 0) return refused(device.path, "no medium in it; put a card in");
  if (device.is_read_only) return refused(device.path, "read-only; look for the card's lock switch");
  KRAKEN_TRY(check_use(device));
  if (device.size < image_size) {
    return refused(device.path, "holds " + human_bytes(device.size) + " (" + std::to_string(device.size) +
                                    " bytes), and the image has " + std::to_string(image_size));
  }
  return ok_status();
}

Error open_error(const std::filesystem::path& device, const Error& error) {
  switch (error.sys_errno()) {
    case EBUSY:
      return refused(device, "another program or the kernel holds it; unmount it or end that program");
    case EACCES:
    case EPERM:
      return refused(device, "opening it is not permitted; run this as root or join the group that owns it");
    case EROFS:
      return refused(device, "read-only; look for the card's lock switch");
    case ENOMEDIUM:
      return refused(device, "no medium in it; put a card in");
    default:
      return error.recode(ErrorCode::kTargetRefused);
  }
}

// What sysfs said was about a device number; the open file has to be that device, whatever the name leads to by now.
Status check_same(const UniqueFd& fd, const BlockDevice& device) {
  struct stat info = {};
  std::uint64_t size = 0;
  if (::fstat(fd.get(), &info) != 0 || !S_ISBLK(info.st_mode) ||
      DeviceNumber{major(info.st_rdev), minor(info.st_rdev)} != device.number ||
      ::ioctl(fd.get(), BLKGETSIZE64, &size) != 0 || size != device.size) {
    return refused(device.path, "changed while it was looked at; was the card exchanged? Try again");
  }
  return ok_status();
}

}  // namespace

Result<std::unique_ptr<Target>> open_device_target(const std::filesystem::path& device, const DevicePolicy& policy) {
  const auto known = query_block_device(device, policy.roots);
  if (!known.ok()) return known.error().recode(ErrorCode::kTargetRefused);
  KRAKEN_TRY(check_device(*known, policy.image_size));
  auto opened = open_file(device, O_RDWR | O_EXCL);
  if (!opened.ok()) return open_error(device, opened.error());
  UniqueFd fd = std::move(opened).value();
  KRAKEN_TRY(check_same(fd, *known));
  auto reader = DirectReader::reopen(fd.get());
  if (!reader.ok()) return reader.error().with_context(device.string()).recode(ErrorCode::kTargetRefused);
  return std::unique_ptr<Target>(
      std::make_unique<DeviceTarget>(device, known->size, std::move(fd), std::move(reader).value()));
}

}  // namespace kraken
