#include "burn/direct_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "sys/files.h"

namespace kraken {

Result<DirectReader> DirectReader::reopen(int fd) {
  const std::filesystem::path name = "/proc/self/fd/" + std::to_string(fd);
  auto direct = open_file(name, O_RDONLY | O_DIRECT);
  if (direct.ok()) return DirectReader(std::move(direct).value(), true);
  if (direct.error().sys_errno() != EINVAL) return direct.error();
  KRAKEN_ASSIGN(UniqueFd cached, open_file(name, O_RDONLY));
  return DirectReader(std::move(cached), false);
}

// Reads at least `needed` bytes into the window; at a file's end the window may stay partly unfilled.
Status DirectReader::read_window(Bytes start, std::span<std::byte> window, Bytes needed) {
  Bytes filled = 0;
  while (filled < needed) {
    const Bytes at = start + filled;
    const ssize_t got = ::pread(fd_.get(), &window[filled], window.size() - filled, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::from_errno(errno, "read at " + std::to_string(at));
    if (got == 0) return Error(ErrorCode::kCorrupt, "read at " + std::to_string(at) + ": the target ends here");
    filled += static_cast<Bytes>(got);
    // A short direct read that stops off the grid can only be the end of the file.
    if (is_direct_ && filled < needed && filled % kSectorSize != 0) {
      return Error(ErrorCode::kCorrupt, "read at " + std::to_string(start + filled) + ": the target ends here");
    }
  }
  return ok_status();
}

Status DirectReader::read(Bytes offset, std::span<std::byte> out) {
  if (!is_direct_) {
    // Advice that is not taken is no failure: the bytes are compared all the same.
    static_cast<void>(
        ::posix_fadvise(fd_.get(), static_cast<off_t>(offset), static_cast<off_t>(out.size()), POSIX_FADV_DONTNEED));
    return read_all_at(fd_.get(), offset, out);
  }
  while (!out.empty()) {
    const Bytes start = round_down(offset, AlignedBuffer::kAlignment);
    const Bytes before = offset - start;
    const Bytes length = std::min<Bytes>(out.size(), kBounce - before);
    const auto window = bounce_.first(round_up(before + length, AlignedBuffer::kAlignment));
    KRAKEN_TRY(read_window(start, window, before + length));
    std::ranges::copy(window.subspan(before, length), out.begin());
    offset += length;
    out = out.subspan(length);
  }
  return ok_status();
}

}  // namespace kraken
