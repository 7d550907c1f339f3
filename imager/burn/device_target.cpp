#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "burn/device_opener.h"
#include "burn/target.h"
#include "sys/files.h"

namespace kraken {

namespace {

class DeviceTarget : public Target {
 public:
  DeviceTarget(const BlockDevice& device, OpenedDevice opened)
      : path_(device.path), size_(device.size), opened_(std::move(opened)) {}

  std::string name() const override { return path_.string(); }
  Bytes capacity() const override { return size_; }
  bool holes_read_as_zeros() const override { return false; }

  Status write(Bytes offset, std::span<const std::byte> data) override { return write_all_at(fd(), offset, data); }
  Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    return opened_->file.start_write(offset, data, tag);
  }
  Status start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    return opened_->file.start_read(offset, out, tag);
  }
  Result<FinishedTransfer> wait() override { return opened_->file.wait(); }

  Status sync() override {
    if (::fsync(fd()) != 0) return Error::from_errno(errno, "flush");
    return ok_status();
  }

  Status read_back(Bytes offset, std::span<std::byte> out) override { return opened_->file.read(offset, out); }

  // Only so that the partitions show without the card being taken out; the card is good whether it works or not.
  Status publish() override {
    if (!opened_->opener) {
      static_cast<void>(::ioctl(fd(), BLKRRPART));
      return ok_status();
    }
    UdisksBlock udisks = *std::move(opened_->opener);
    opened_.reset();
    udisks.rescan();
    return ok_status();
  }

 private:
  int fd() const { return opened_->exclusive.get(); }

  std::filesystem::path path_;
  Bytes size_;
  std::optional<OpenedDevice> opened_;  // nothing once it was published, where udisks2 opened it
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

Status check_again(const BlockDevice& device, DevicePolicy policy) {
  policy.expected = identity_of(device);
  const auto now = query_block_device(device.path, policy.roots);
  if (!now.ok()) return now.error().recode(ErrorCode::kTargetRefused);
  return check_device(*now, policy);
}

}  // namespace

CardIdentity identity_of(const BlockDevice& device) {
  return {device.number, device.size, device.sequence, device.serial};
}

Result<std::unique_ptr<Target>> open_device_target(const std::filesystem::path& device, const DevicePolicy& policy) {
  const auto known = query_block_device(device, policy.roots);
  if (!known.ok()) return known.error().recode(ErrorCode::kTargetRefused);
  KRAKEN_TRY(check_device(*known, policy));
  KRAKEN_ASSIGN(OpenedDevice opened, open_exclusively(*known, policy.permission));
  // A password may have taken its time, and that udisks2 opens exclusively is its word alone.
  if (opened.opener) KRAKEN_TRY(check_again(*known, policy));
  return std::unique_ptr<Target>(std::make_unique<DeviceTarget>(*known, std::move(opened)));
}

}  // namespace kraken
