#include "decode/file_identity.h"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

namespace kraken {

namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;
// A tick is 10 ms at most (CONFIG_HZ=100).
constexpr nanoseconds kTick = milliseconds(20);
// File systems without nanoseconds: FAT counts in two seconds.
constexpr nanoseconds kCoarseTick = seconds(2);

std::int64_t to_ns(const timespec& time) {
  return std::int64_t{time.tv_sec} * kNanosPerSecond + time.tv_nsec;
}

Result<FileIdentity> identity_of(const struct stat& info, const std::filesystem::path& file) {
  if (!S_ISREG(info.st_mode)) return Error(ErrorCode::kInvalidArgument, file.string() + " is not a regular file");
  return FileIdentity{info.st_dev, info.st_ino, static_cast<Bytes>(info.st_size), to_ns(info.st_mtim),
                      to_ns(info.st_ctim)};
}

}  // namespace

std::string FileIdentity::to_text() const {
  return std::to_string(device) + ":" + std::to_string(inode) + ":" + std::to_string(size) + ":" +
         std::to_string(mtime_ns) + ":" + std::to_string(ctime_ns);
}

Result<FileIdentity> identify(const std::filesystem::path& file) {
  struct stat info = {};
  if (::stat(file.c_str(), &info) != 0) return Error::from_errno(errno, "stat " + file.string());
  return identity_of(info, file);
}

Result<FileIdentity> identify(int fd, const std::filesystem::path& file) {
  struct stat info = {};
  if (::fstat(fd, &info) != 0) return Error::from_errno(errno, "stat " + file.string());
  return identity_of(info, file);
}

Error file_changed(const std::filesystem::path& file) {
  return Error(ErrorCode::kBaseImage, file.string() + " changed while it was read; try again when it is complete");
}

Result<FileIdentity> identify_settled(const std::filesystem::path& file) {
  KRAKEN_ASSIGN(const FileIdentity identity, identify(file));
  const nanoseconds tick = identity.ctime_ns % kNanosPerSecond == 0 ? kCoarseTick : kTick;
  timespec now = {};
  ::clock_gettime(CLOCK_REALTIME, &now);
  const nanoseconds age(to_ns(now) - identity.ctime_ns);
  // A time in the future (a wrong clock) cannot be waited for.
  if (age < nanoseconds(0) || age >= tick) return identity;
  std::this_thread::sleep_for(tick - age);
  return identify(file);
}

}  // namespace kraken
