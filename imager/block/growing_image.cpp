#include "block/growing_image.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>

#include "sys/files.h"

namespace kraken {

Status GrowingImage::begin(int fd, Bytes size) {
  UniqueFd own(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!own.valid()) return Error::from_errno(errno, "follow the image while it is made");
  const std::lock_guard lock(mutex_);
  if (size_ || ended_) return ok_status();
  fd_ = std::move(own);
  size_ = size;
  changed_.notify_all();
  return ok_status();
}

void GrowingImage::grow(Bytes end) {
  const std::lock_guard lock(mutex_);
  if (!size_) return;
  reached_ = std::max(reached_, std::min(end, *size_));
  changed_.notify_all();
}

void GrowingImage::end() {
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

std::optional<Bytes> GrowingImage::wait_for_size(const std::atomic<bool>& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return size_ || ended_ || stop; });
  return size_;
}

Bytes GrowingImage::wait_past(Bytes known, const std::atomic<bool>& stop) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return reached_ > known || ended_ || stop; });
  return reached_;
}

// Under the lock: a flag that is set between a wait's look at it and its sleep would not be seen.
void GrowingImage::wake() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
}

Bytes GrowingImage::reached() const {
  const std::lock_guard lock(mutex_);
  return reached_;
}

Status GrowingImage::read(Bytes offset, std::span<std::byte> out) const {
  int fd = -1;
  {
    const std::lock_guard lock(mutex_);
    KRAKEN_TRY(check_range(offset, out.size(), reached_));
    fd = fd_.get();
  }
  return read_all_at(fd, offset, out);
}

}  // namespace kraken
