#include "block/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "sys/files.h"

namespace kraken {

Result<std::unique_ptr<FileSource>> FileSource::open(const std::filesystem::path& path) {
  KRAKEN_ASSIGN(UniqueFd fd, open_file(path, O_RDONLY));
  struct stat info = {};
  if (::fstat(fd.get(), &info) != 0) return Error::from_errno(errno, "stat " + path.string());
  if (!S_ISREG(info.st_mode) && !S_ISBLK(info.st_mode)) {
    return Error(ErrorCode::kInvalidArgument, path.string() + " is neither a file nor a block device");
  }
  const off_t end = ::lseek(fd.get(), 0, SEEK_END);
  if (end < 0) return Error::from_errno(errno, "find the size of " + path.string());
  return std::unique_ptr<FileSource>(new FileSource(std::move(fd), static_cast<Bytes>(end), path));
}

Status FileSource::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(check_range(offset, out.size(), size_));
  return read_all_at(fd_.get(), offset, out).with_context(path_.string());
}

Result<Extent> FileSource::extent_at(Bytes offset) const {
  KRAKEN_TRY(check_range(offset, 1, size_));
  const off_t data = ::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_DATA);
  if (data < 0 && errno == ENXIO) return Extent{offset, size_ - offset, true};
  // A device or file system without holes has data everywhere.
  if (data < 0) return Extent{offset, size_ - offset, false};
  if (static_cast<Bytes>(data) > offset) return Extent{offset, static_cast<Bytes>(data) - offset, true};
  const off_t hole = ::lseek(fd_.get(), data, SEEK_HOLE);
  const Bytes end = hole < 0 ? size_ : static_cast<Bytes>(hole);
  return Extent{offset, end - offset, false};
}

}  // namespace kraken
