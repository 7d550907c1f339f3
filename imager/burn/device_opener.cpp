#include "burn/device_opener.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <cstdint>

#include "burn/card_check.h"
#include "sys/files.h"

namespace kraken {

namespace {

// Linux 5.15 and later, include/uapi/linux/fs.h; older headers have no name for it.
constexpr unsigned long kGetDiskSequence = _IOR(0x12, 128, std::uint64_t);

Error refused(const BlockDevice& device, const std::string& why, int cause = 0) {
  return Error(ErrorCode::kTargetRefused, device.path.string() + ": " + why, cause);
}

Error open_error(const BlockDevice& device, const Error& error) {
  switch (error.sys_errno()) {
    case EBUSY:
      return refused(device, "another program or the kernel holds it; unmount it or end that program", EBUSY);
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
    return refused(device, "changed while it was looked at; was the card exchanged? Try again");
  }
  return ok_status();
}

Result<OpenedDevice> open_here(const BlockDevice& device, UniqueFd exclusive) {
  KRAKEN_TRY(check_same(exclusive, device));
  auto file = DirectFile::reopen(exclusive.get());
  if (!file.ok()) return file.error().with_context(device.path.string()).recode(ErrorCode::kTargetRefused);
  return OpenedDevice{std::move(exclusive), std::move(file).value(), std::nullopt};
}

// udisks2 says in words alone that somebody else holds the device. Neither that nor a device that it does not know yet,
// for it was just put in, stays so.
int passing_cause(const BlockDevice& device, const Error& why) {
  if (why.code() == ErrorCode::kNotFound) return EBUSY;
  const auto now = query_block_device(device.path);
  const bool is_used = now.ok() && judge_card(*now, CardLimits{}).verdict == CardVerdict::kInUse;
  return is_used ? EBUSY : 0;
}

Error not_permitted(const BlockDevice& device, const Error& why) {
  if (why.code() == ErrorCode::kInterrupted) return why.with_context(device.path.string());
  const std::string advice = "opening it is not permitted; run this as root or join the group that owns it";
  const bool is_there = why.code() != ErrorCode::kUnsupported;
  return refused(device,
                 advice + (is_there ? "; udisks2 was asked to open it, " : ", or start udisks2 to open it, ") + "but " +
                     why.what(),
                 passing_cause(device, why));
}

// One without O_DIRECT would answer from the page cache when what was written is read back.
Result<UniqueFd> ask_for(UdisksBlock& udisks, const BlockDevice& device, int flags) {
  auto opened = udisks.open(flags);
  if (!opened.ok()) return not_permitted(device, opened.error());
  KRAKEN_TRY(check_same(*opened, device));
  const int got = ::fcntl(opened->get(), F_GETFL);
  if (got < 0 || (got & O_ACCMODE) != O_RDWR || (got & O_DIRECT) != (flags & O_DIRECT)) {
    return refused(device, "udisks2 did not open it in the way it was asked to; run this as root");
  }
  return opened;
}

Result<OpenedDevice> open_through_udisks(const BlockDevice& device, const Permission& permission) {
  auto udisks = UdisksBlock::find(device.number, permission.patience);
  if (!udisks.ok()) return not_permitted(device, udisks.error());
  if (permission.announce) {
    permission.announce("asking udisks2 to open " + device.path.string() + ", which may want your password");
  }
  KRAKEN_ASSIGN(UniqueFd exclusive, ask_for(*udisks, device, O_EXCL));
  // Not through /proc/self/fd, which takes the permission that this program has not.
  KRAKEN_ASSIGN(UniqueFd direct, ask_for(*udisks, device, O_DIRECT));
  UniqueFd cached(::fcntl(exclusive.get(), F_DUPFD_CLOEXEC, 0));
  if (!cached.valid())
    return Error::from_errno(errno, "open " + device.path.string()).recode(ErrorCode::kTargetRefused);
  return OpenedDevice{std::move(exclusive), DirectFile::from(std::move(cached), std::move(direct)),
                      std::move(udisks).value()};
}

}  // namespace

Result<OpenedDevice> open_exclusively(const BlockDevice& device, const Permission& permission) {
  auto opened = open_file(device.path, O_RDWR | O_EXCL);
  if (opened.ok()) return open_here(device, std::move(opened).value());
  const int reason = opened.error().sys_errno();
  if (reason == EACCES || reason == EPERM) return open_through_udisks(device, permission);
  return open_error(device, opened.error());
}

}  // namespace kraken
