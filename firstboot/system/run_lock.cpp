#include "system/run_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

#include "sys/files.h"

namespace kraken {

Result<RunLock> RunLock::take(const std::filesystem::path& root) {
  KRAKEN_TRY(make_folders(root / "run"));
  const auto path = root / "run" / "kraken-firstboot.lock";
  KRAKEN_ASSIGN(UniqueFd fd, open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return RunLock(std::move(fd));
  const int saved = errno;
  if (saved == EWOULDBLOCK) {
    return Error(ErrorCode::kAlreadyExists, "another run is under way (it holds " + path.string() +
                                                "); wait for it, or look at: systemctl status kraken-firstboot");
  }
  return Error::from_errno(saved, "lock " + path.string());
}

}  // namespace kraken
