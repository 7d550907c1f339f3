#include "burn/direct_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "burn/aligned_buffer.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr Bytes kGrid = AlignedBuffer::kAlignment;
constexpr unsigned kDepth = 64;

bool is_aligned(Bytes offset, std::span<const std::byte> bytes) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): an address is what the kernel looks at
  const auto address = reinterpret_cast<std::uintptr_t>(bytes.data());
  return offset % kGrid == 0 && bytes.size() % kGrid == 0 && address % kGrid == 0;
}

Error ends_here(Bytes offset) {
  return {ErrorCode::kCorrupt, "read at " + std::to_string(offset) + ": the target ends here"};
}

// At least `needed` bytes of the window; at the file's end it may stay partly unfilled.
Status read_window(int fd, Bytes start, std::span<std::byte> window, Bytes needed) {
  Bytes filled = 0;
  while (filled < needed) {
    const Bytes at = start + filled;
    const ssize_t got = ::pread(fd, &window[filled], window.size() - filled, static_cast<off_t>(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Error::from_errno(errno, "read at " + std::to_string(at));
    if (got == 0) return ends_here(at);
    filled += static_cast<Bytes>(got);
    // A short direct read that stops off the grid can only be the end of the file.
    if (filled < needed && filled % kSectorSize != 0) return ends_here(start + filled);
  }
  return ok_status();
}

}  // namespace

Result<DirectFile> DirectFile::reopen(int fd) {
  const std::filesystem::path name = "/proc/self/fd/" + std::to_string(fd);
  KRAKEN_ASSIGN(UniqueFd cached, open_file(name, O_RDWR));
  auto direct = open_file(name, O_RDWR | O_DIRECT);
  if (!direct.ok() && direct.error().sys_errno() != EINVAL) return direct.error();
  return from(std::move(cached), direct.ok() ? std::move(direct).value() : UniqueFd());
}

DirectFile DirectFile::from(UniqueFd cached, UniqueFd direct) {
  return {std::move(cached), std::move(direct), open_io_queue(kDepth)};
}

Status DirectFile::start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) {
  if (!is_direct()) return start({cached_.get(), offset, data, {}, tag});
  if (is_aligned(offset, data)) return start({direct_.get(), offset, data, {}, tag});
  done_at_once_.push_back({tag, write_all_at(cached_.get(), offset, data)});
  return ok_status();
}

Status DirectFile::start_read(Bytes offset, std::span<std::byte> out, std::uint64_t tag) {
  if (!is_direct()) {
    // Advice that is not taken is no failure: the bytes are compared all the same.
    static_cast<void>(::posix_fadvise(cached_.get(), static_cast<off_t>(offset), static_cast<off_t>(out.size()),
                                      POSIX_FADV_DONTNEED));
    return start({cached_.get(), offset, {}, out, tag});
  }
  if (is_aligned(offset, out)) return start({direct_.get(), offset, {}, out, tag});
  done_at_once_.push_back({tag, read_unaligned(offset, out)});
  return ok_status();
}

Status DirectFile::start(const Transfer& transfer) {
  if (under_way_ == queue_->depth()) {
    backlog_.push_back(transfer);
    return ok_status();
  }
  const auto& [fd, offset, data, out, tag] = transfer;
  KRAKEN_TRY(data.empty() ? queue_->start_read(fd, offset, out, tag) : queue_->start_write(fd, offset, data, tag));
  ++under_way_;
  return ok_status();
}

Result<FinishedTransfer> DirectFile::wait() {
  if (!done_at_once_.empty()) {
    FinishedTransfer transfer = std::move(done_at_once_.front());
    done_at_once_.pop_front();
    return transfer;
  }
  KRAKEN_ASSIGN(FinishedTransfer transfer, queue_->wait());
  --under_way_;
  if (!backlog_.empty()) {
    const Transfer next = backlog_.front();
    backlog_.pop_front();
    if (Status started = start(next); !started.ok()) done_at_once_.push_back({next.tag, std::move(started)});
  }
  return transfer;
}

Status DirectFile::read_unaligned(Bytes offset, std::span<std::byte> out) const {
  AlignedBuffer bounce(256 * kKiB);
  while (!out.empty()) {
    const Bytes start = round_down(offset, kGrid);
    const Bytes before = offset - start;
    const Bytes length = std::min<Bytes>(out.size(), bounce.size() - before);
    const auto window = bounce.first(round_up(before + length, kGrid));
    KRAKEN_TRY(read_window(direct_.get(), start, window, before + length));
    std::ranges::copy(window.subspan(before, length), out.begin());
    offset += length;
    out = out.subspan(length);
  }
  return ok_status();
}

Status DirectFile::read(Bytes offset, std::span<std::byte> out) {
  if (out.empty()) return ok_status();
  KRAKEN_TRY(start_read(offset, out, 0));
  KRAKEN_ASSIGN(const FinishedTransfer transfer, wait());
  return transfer.status;
}

}  // namespace kraken
