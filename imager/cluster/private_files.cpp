#include "cluster/private_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <optional>

#include "base/secret_bytes.h"
#include "base/text.h"
#include "sys/files.h"

namespace kraken {

namespace {

// Who called sudo; nothing without sudo.
struct Caller {
  uid_t uid = 0;
  gid_t gid = 0;
};
std::optional<Caller> sudo_caller() {
  const char* uid = std::getenv("SUDO_UID");
  const char* gid = std::getenv("SUDO_GID");
  if (::geteuid() != 0 || uid == nullptr || gid == nullptr) return std::nullopt;
  const auto user = parse_u64(uid);
  const auto group = parse_u64(gid);
  constexpr std::uint64_t kMax = std::numeric_limits<uid_t>::max();
  if (!user || !group || *user >= kMax || *group >= kMax) return std::nullopt;  // -1 means "leave" to chown
  return Caller{static_cast<uid_t>(*user), static_cast<gid_t>(*group)};
}

// A path as a shell reads it back.
std::string quoted(const std::filesystem::path& path) {
  std::string text = "'";
  for (const char c : path.string()) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

Error config_error(const std::filesystem::path& path, const std::string& what) {
  return Error(ErrorCode::kConfig, path.string() + ": " + what);
}

Status check_private(int fd, const std::filesystem::path& path, mode_t kind, std::string_view remedy) {
  struct stat info = {};
  if (::fstat(fd, &info) != 0) return Error::from_errno(errno, "stat " + path.string());
  if ((info.st_mode & S_IFMT) != kind) {
    return config_error(path,
                        (kind == S_IFDIR ? "this is no folder; " : "this is no ordinary file; ") + std::string(remedy));
  }
  const std::vector<uid_t> owners = trusted_owners();
  if (std::find(owners.begin(), owners.end(), info.st_uid) == owners.end()) {
    return config_error(path, "this belongs to user " + std::to_string(info.st_uid) + ", not to user " +
                                  std::to_string(owners.front()) +
                                  "; run as its owner, or, if you know it to be yours: sudo chown " +
                                  std::to_string(owners.front()) + " " + quoted(path));
  }
  if ((info.st_mode & 077) != 0) {
    return config_error(path, std::string("other users may read this; run: chmod ") +
                                  (kind == S_IFDIR ? "0700 " : "0600 ") + quoted(path));
  }
  return ok_status();
}

Error open_failed(int error, const std::filesystem::path& path, std::string_view missing) {
  if (error == ENOENT) return config_error(path, std::string(missing));
  if (error == ELOOP) return config_error(path, "this is a symbolic link, which is not followed to a secret");
  return Error::from_errno(error, "open " + path.string()).recode(ErrorCode::kConfig);
}

std::string name_in_folder(const PrivateFile& file) {
  return file.folder_fd == AT_FDCWD ? file.path.string() : file.path.filename().string();
}

Status give_to_caller(int fd, const std::filesystem::path& path) {
  const auto caller = sudo_caller();
  if (!caller || ::fchown(fd, caller->uid, caller->gid) == 0) return ok_status();
  return Error::from_errno(errno, "change the owner of " + path.string());
}

}  // namespace

std::vector<uid_t> trusted_owners() {
  std::vector<uid_t> owners{::geteuid()};
  if (const auto caller = sudo_caller()) owners.push_back(caller->uid);
  return owners;
}

Result<UniqueFd> open_private_folder(const std::filesystem::path& folder) {
  // Without O_DIRECTORY, which would turn ELOOP into ENOTDIR and hide the reason.
  UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) return open_failed(errno, folder, "there is no such secrets folder; `kraken-image init` makes one");
  KRAKEN_TRY(check_private(fd.get(), folder, S_IFDIR, "name another secrets folder"));
  return fd;
}

Status make_private_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0) {
    if (errno != EEXIST) return Error::from_errno(errno, "create folder " + folder.string());
    KRAKEN_TRY(open_private_folder(folder));
    return ok_status();
  }
  KRAKEN_ASSIGN(const UniqueFd fd, open_private_folder(folder));
  return give_to_caller(fd.get(), folder);
}

Result<std::string> read_private_file(const PrivateFile& file, Bytes limit) {
  const std::string name = name_in_folder(file);
  // O_NONBLOCK: a FIFO of that name must not make this wait for ever.
  const UniqueFd fd(::openat(file.folder_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (!fd.valid()) {
    return open_failed(errno, file.path, file.missing);
  }
  KRAKEN_TRY(check_private(fd.get(), file.path, S_IFREG, file.remedy));
  std::string content(limit + 1, '\0');  // of its final size: growing would leave copies behind
  std::size_t size = 0;
  while (size < content.size()) {
    const ssize_t got = ::read(fd.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      cleanse(content);
      return Error::from_errno(errno, "read " + file.path.string());
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > limit) {
    cleanse(content);
    return config_error(file.path, "larger than any secret; " + std::string(file.remedy));
  }
  content.resize(size);
  return content;
}

Status create_private_file(const PrivateFile& file, std::string_view content) {
  const std::string name = name_in_folder(file);
  const UniqueFd fd(::openat(file.folder_fd, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.valid()) return Error::from_errno(errno, "create " + file.path.string());
  Status status = write_all(fd.get(), as_bytes(content)).with_context(file.path.string());
  if (status.ok()) status = give_to_caller(fd.get(), file.path);
  if (status.ok() && ::fsync(fd.get()) != 0) status = Error::from_errno(errno, "fsync " + file.path.string());
  if (status.ok() && ::fsync(file.folder_fd) != 0)
    status = Error::from_errno(errno, "fsync the folder of " + file.path.string());
  if (!status.ok()) ::unlinkat(file.folder_fd, name.c_str(), 0);
  return status;
}

}  // namespace kraken
