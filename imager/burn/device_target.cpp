#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "burn/direct_file.h"
#include "burn/target.h"
#include "sys/files.h"

namespace kraken {

namespace {

// Linux 5.15 and later, include/uapi/linux/fs.h; older headers have no name for it.
constexpr unsigned long kGetDiskSequence = _IOR(0x12, 128, std::uint64_t);

class DeviceTarget : public Target {
 public:
  DeviceTarget(std::filesystem::path path, Bytes size, UniqueFd fd, DirectFile direct)
      : path_(std::move(path)), size_(size), fd_(std::move(fd)), direct_(std::move(direct)) {}

  std::string name() const override { return path_.string(); }
  Bytes capacity() const override { return size_; }
  bool holes_read_as_zeros() const override { return false; }

  Status write(Bytes offset, std::span<const std::byte> data) override { return write_all_at(fd_.get(), offset, data); }
  Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    return direct_.start_write(offset, data, tag);
  }
  Status start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    return direct_.start_read(offset, out, tag);
  }
  Result<FinishedTransfer> wait() override { return direct_.wait(); }

  Status sync() override {
    if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "flush");
    return ok_status();
  }

  Status read_back(Bytes offset, std::span<std::byte> out) override { return direct_.read(offset, out); }

  Status publish() override {
    // Only so that the partitions show without the card being taken out; the card is good whether it works or not.
    static_cast<void>(::ioctl(fd_.get(), BLKRRPART));
    return ok_status();
  }

 private:
  std::filesystem::path path_;
  Bytes size_;
  UniqueFd fd_;  // opened with O_EXCL: nobody can mount the device while it is held
  DirectFile direct_;
};

Error refused(const std::filesystem::path& device, const std::string& why) {
  return Error(ErrorCode::kTargetRefused, device.string() + ": " + why);
}

Status check_device(const BlockDevice& device, const DevicePolicy& policy) {
  KRAKEN_TRY(check_named_card(device, policy.limits, policy.fixed));
  if (policy.expected && !(identity_of(device) == *policy.expected)) {
    return refused(device.path, "not the card that was chosen any more; was it exchanged? Try again");
  }
  if (device.size < policy.image_size) {
    return refused(device.path, "holds " + human_bytes(device.size) + " (" + std::to_string(device.size) +
                                    " bytes), and the image has " + std::to_string(policy.image_size));
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
  std::uint64_t sequence = 0;
  const bool is_counted = ::ioctl(fd.get(), kGetDiskSequence, &sequence) == 0 && device.sequence != 0;
  if (::fstat(fd.get(), &info) != 0 || !S_ISBLK(info.st_mode) ||
      DeviceNumber{major(info.st_rdev), minor(info.st_rdev)} != device.number ||
      ::ioctl(fd.get(), BLKGETSIZE64, &size) != 0 || size != device.size ||
      (is_counted && sequence != device.sequence)) {
    return refused(device.path, "changed while it was looked at; was the card exchanged? Try again");
  }
  return ok_status();
}

}  // namespace

CardIdentity identity_of(const BlockDevice& device) {
  return {device.number, device.size, device.sequence, device.serial};
}

Result<std::unique_ptr<Target>> open_device_target(const std::filesystem::path& device, const DevicePolicy& policy) {
  const auto known = query_block_device(device, policy.roots);
  if (!known.ok()) return known.error().recode(ErrorCode::kTargetRefused);
  KRAKEN_TRY(check_device(*known, policy));
  auto opened = open_file(device, O_RDWR | O_EXCL);
  if (!opened.ok()) return open_error(device, opened.error());
  UniqueFd fd = std::move(opened).value();
  KRAKEN_TRY(check_same(fd, *known));
  auto direct = DirectFile::reopen(fd.get());
  if (!direct.ok()) return direct.error().with_context(device.string()).recode(ErrorCode::kTargetRefused);
  return std::unique_ptr<Target>(
      std::make_unique<DeviceTarget>(device, known->size, std::move(fd), std::move(direct).value()));
}

}  // namespace kraken
