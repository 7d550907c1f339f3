#include "decode/cache_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "decode/unpack.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr auto kLockPoll = std::chrono::milliseconds(50);
constexpr int kCreateAttempts = 100;

// False: somebody else has it.
Result<bool> lock_at_once(const UniqueFd& fd, const std::filesystem::path& path) {
  while (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return Error::from_errno(errno, "lock " + path.string());
  }
  return true;
}

// Whether the name still means the file that is open.
bool is_still_there(const UniqueFd& fd, const std::filesystem::path& path) {
  struct stat opened = {};
  struct stat named = {};
  return ::fstat(fd.get(), &opened) == 0 && ::stat(path.c_str(), &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

}  // namespace

Status CacheFolder::make() const {
  for (const auto& part : {root_, images(), files(), paths(), locks(), temporary()}) KRAKEN_TRY(make_folders(part));
  return ok_status();
}

Status CacheFolder::remove_orphans() const {
  std::error_code failed;
  std::filesystem::directory_iterator entries(temporary(), failed);
  for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
    const std::filesystem::path& path = entries->path();
    std::error_code ignored;
    if (!entries->is_regular_file(ignored)) continue;
    // Whoever removed it meanwhile did the same work.
    const auto fd = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!fd.ok()) continue;
    KRAKEN_ASSIGN(const bool orphan, lock_at_once(*fd, path));
    if (orphan) ::unlink(path.c_str());
  }
  if (failed) return Error::from_errno(failed.value(), "list " + temporary().string());
  return ok_status();
}

Result<CacheLock> CacheLock::acquire(const CacheFolder& folder, const std::string& name,
                                     const DecodeProgress& progress) {
  const std::filesystem::path path = folder.locks() / (name + ".lock");
  KRAKEN_ASSIGN(UniqueFd fd, open_file(path, O_RDWR | O_CREAT, 0644));
  while (true) {
    KRAKEN_ASSIGN(const bool locked, lock_at_once(fd, path));
    if (locked) return CacheLock(std::move(fd));
    KRAKEN_TRY(report_progress(progress, 0, 0));
    std::this_thread::sleep_for(kLockPoll);
  }
}

Result<TemporaryFile> TemporaryFile::create(const CacheFolder& folder) {
  for (int attempt = 0; attempt < kCreateAttempts; ++attempt) {
    std::string name = (folder.temporary() / "XXXXXX").string();
    UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd.valid()) return Error::from_errno(errno, "create a file in " + folder.temporary().string());
    // Between the two calls another process may have found the file unlocked, and removed it as an orphan.
    KRAKEN_ASSIGN(const bool locked, lock_at_once(fd, name));
    if (locked && is_still_there(fd, name)) return TemporaryFile(std::move(fd), name);
  }
  return Error(ErrorCode::kIo, "create a file in " + folder.temporary().string() + ": each was removed at once");
}

TemporaryFile::~TemporaryFile() {
  if (fd_.valid() && !path_.empty()) ::unlink(path_.c_str());
}

Status TemporaryFile::seal() const {
  if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "fsync " + path_.string());
  if (::fchmod(fd_.get(), 0444) != 0) return Error::from_errno(errno, "set the mode of " + path_.string());
  return ok_status();
}

Status TemporaryFile::publish(const std::filesystem::path& target) {
  if (::rename(path_.c_str(), target.c_str()) != 0) {
    return Error::from_errno(errno, "rename " + path_.string() + " to " + target.string());
  }
  path_.clear();
  return fsync_folder(target.parent_path());
}

}  // namespace kraken
