// Zeroed memory that starts on a page, as direct I/O asks for (open(2), O_DIRECT).
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>

namespace kraken {

class AlignedBuffer {
 public:
  static constexpr std::size_t kAlignment = 4096;

  explicit AlignedBuffer(std::size_t size) : data_(new (std::align_val_t{kAlignment}) std::byte[size]()), size_(size) {}

  std::span<std::byte> first(std::size_t length) { return std::span(data_.get(), size_).first(length); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    void operator()(std::byte* data) const { ::operator delete[](data, std::align_val_t{kAlignment}); }
  };
  std::unique_ptr<std::byte[], Free> data_;  // NOLINT(modernize-avoid-c-arrays): no container aligns
  std::size_t size_;
};

}  // namespace kraken
