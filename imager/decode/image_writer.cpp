#include "decode/image_writer.h"

#include <unistd.h>

#include <cerrno>

#include "decode/sparse_write.h"

namespace kraken {

namespace {

constexpr std::size_t kBuffers = 4;

}  // namespace

ImageWriter::ImageWriter(int fd, OnWritten on_written) : fd_(fd), on_written_(std::move(on_written)), flush_(fd) {
  for (std::size_t i = 0; i < kBuffers; ++i) free_.emplace_back(kBufferSize);
  thread_ = std::thread([this] { run(); });
}

ImageWriter::~ImageWriter() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    queue_.clear();  // nobody wants the rest
  }
  stop();
}

ImageWriter::Buffer ImageWriter::take_buffer() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !free_.empty(); });
  Buffer buffer = std::move(free_.back());
  free_.pop_back();
  return buffer;
}

Status ImageWriter::push(Buffer buffer, std::size_t used) {
  const std::lock_guard lock(mutex_);
  if (failure_) {
    free_.push_back(std::move(buffer));
    return *failure_;
  }
  queue_.push_back({std::move(buffer), used});
  changed_.notify_all();
  return ok_status();
}

Result<ImageWriter::Written> ImageWriter::finish() {
  stop();
  if (failure_) return *failure_;
  if (::ftruncate(fd_, static_cast<off_t>(size_)) != 0) return Error::from_errno(errno, "set the image's size");
  return Written{size_, hash_.finish()};
}

void ImageWriter::stop() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ImageWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return closed_ || !queue_.empty(); });
    if (queue_.empty()) return;
    Piece piece = std::move(queue_.front());
    queue_.pop_front();
    const bool failed = failure_.has_value();
    lock.unlock();
    Status status = failed ? ok_status() : write_piece(piece);
    lock.lock();
    if (!status.ok()) failure_ = status.error();
    free_.push_back(std::move(piece.buffer));
    changed_.notify_all();
  }
}

Status ImageWriter::write_piece(const Piece& piece) {
  const std::span<const std::byte> data = std::span(piece.buffer).first(piece.used);
  KRAKEN_TRY(write_sparsely(fd_, size_, data));
  hash_.update(data);
  // Zeros at the end have no bytes in the file yet: who follows must not come to its end.
  if (on_written_ && ::ftruncate(fd_, static_cast<off_t>(size_ + data.size())) != 0) {
    return Error::from_errno(errno, "set the image's size");
  }
  size_ += data.size();
  flush_.grown_to(size_);
  if (on_written_) on_written_(size_);
  return ok_status();
}

}  // namespace kraken
