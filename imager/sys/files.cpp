#include "sys/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <span>

#include "base/text.h"

namespace kraken {

namespace {

Error last_error(std::string_view verb, const std::filesystem::path& path) {
  const int saved = errno;
  return Error::from_errno(saved, std::string(verb) + " " + path.string());
}

Status write_and_sync(const UniqueFd& fd, const std::filesystem::path& path, std::string_view content, unsigned mode) {
  KRAKEN_TRY(write_all(fd.get(), as_bytes(content)).with_context("write " + path.string()));
  // open's mode went through the umask.
  if (::fchmod(fd.get(), mode) != 0) return last_error("set the mode of", path);
  if (::fsync(fd.get()) != 0) return last_error("fsync", path);
  return ok_status();
}

// Mode 0600.
Result<UniqueFd> create_beside(const std::filesystem::path& path, std::string& temporary) {
  temporary = path.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return last_error("create", temporary);
  return fd;
}

}  // namespace

Result<UniqueFd> open_file(const std::filesystem::path& path, int flags, unsigned mode) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return last_error("open", path);
  return fd;
}

Result<std::string> read_whole_file(const std::filesystem::path& path, Bytes limit) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(path, O_RDONLY));
  std::string content;
  std::string buffer(64 * kKiB, '\0');
  while (true) {
    const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return last_error("read", path);
    if (got == 0) return content;
    content.append(buffer, 0, static_cast<std::size_t>(got));
    if (content.size() > limit) {
      return Error(ErrorCode::kCorrupt,
                   path.string() + ": larger than the " + human_bytes(limit) + " that are allowed");
    }
  }
}

Status write_all(int fd, std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t put = ::write(fd, data.data(), data.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Error::from_errno(errno, "write");
    data = data.subspan(static_cast<std::size_t>(put));
  }
  return ok_status();
}

Status write_all_at(int fd, Bytes offset, std::span<const std::byte> data) {
  while (!data.empty()) {
    const ssize_t put = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Error::from_errno(errno, "write at " + std::to_string(offset));
    data = data.subspan(static_cast<std::size_t>(put));
    offset += static_cast<Bytes>(put);
  }
  return ok_status();
}

Status read_all_at(int fd, Bytes offset, std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::pread(fd, out.data(), out.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::from_errno(errno, "read at " + std::to_string(offset));
    if (got == 0) return Error(ErrorCode::kCorrupt, "read at " + std::to_string(offset) + ": the file ends here");
    out = out.subspan(static_cast<std::size_t>(got));
    offset += static_cast<Bytes>(got);
  }
  return ok_status();
}

Status write_file_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  std::string temporary;
  KRAKEN_ASSIGN(const UniqueFd fd, create_beside(path, temporary));
  Status status = write_and_sync(fd, temporary, content, mode);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) status = last_error("rename to", path);
  if (!status.ok()) {
    ::unlink(temporary.c_str());
    return status;
  }
  return fsync_folder(path.parent_path());
}

Status check_atomic_write(const std::filesystem::path& path) {
  struct stat info = {};
  if (::lstat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
    return Error::from_errno(EISDIR, "write " + path.string());
  }
  std::string temporary;
  KRAKEN_ASSIGN(const UniqueFd fd, create_beside(path, temporary));
  if (::unlink(temporary.c_str()) != 0) return last_error("remove", temporary);
  return ok_status();
}

Status fsync_folder(const std::filesystem::path& folder) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY));
  if (::fsync(fd.get()) != 0) return last_error("fsync", folder);
  return ok_status();
}

Status make_folders(const std::filesystem::path& folder, unsigned mode) {
  std::filesystem::path made;
  for (const auto& part : folder) {
    made /= part;
    if (::mkdir(made.c_str(), mode) == 0 || errno == EEXIST) continue;
    return last_error("create folder", made);
  }
  struct stat info = {};
  if (!folder.empty() && ::stat(folder.c_str(), &info) == 0 && !S_ISDIR(info.st_mode)) {
    return Error(ErrorCode::kAlreadyExists, folder.string() + " is there, and is no folder");
  }
  return ok_status();
}

}  // namespace kraken
