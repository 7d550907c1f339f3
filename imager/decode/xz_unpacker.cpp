#include "decode/xz_unpacker.h"

#include <algorithm>

#include "decode/sparse_write.h"
#include "decode/xz_block_decoder.h"

namespace kraken {

namespace {

constexpr std::size_t kPiece = 256 * kKiB;
constexpr unsigned kMaxThreads = 64;

// The most that any of the blocks takes; nothing when one of them cannot be decoded.
std::optional<Bytes> memory_for_a_thread(const BlockSource& input, const std::vector<XzBlock>& blocks) {
  Bytes most = 0;
  for (const XzBlock& block : blocks) {
    const auto memory = XzBlockDecoder::memory_for(input, block);
    if (!memory.ok()) return std::nullopt;
    most = std::max(most, *memory);
  }
  return most + kPiece + XzBlockDecoder::kInputBuffer;
}

}  // namespace

std::optional<XzPlan> plan_xz_unpacking(const BlockSource& input, const DecodeLimits& limits) {
  auto layout = read_xz_layout(input);
  if (!layout || layout->blocks.size() < 2) return std::nullopt;
  const Bytes size = layout->image_size;
  if (size == 0 || size > limits.max_image || size % kSectorSize != 0) return std::nullopt;
  const auto each = memory_for_a_thread(input, layout->blocks);
  if (!each) return std::nullopt;
  const Bytes processors = limits.threads != 0 ? limits.threads : std::max(1U, std::thread::hardware_concurrency());
  const Bytes memory = std::min(limits.memory, limits.memory_of_threads);
  const Bytes threads = std::min<Bytes>({processors, layout->blocks.size(), memory / *each, kMaxThreads});
  if (threads < 2) return std::nullopt;
  return XzPlan{std::move(*layout), static_cast<unsigned>(threads), *each};
}

XzUnpacker::XzUnpacker(const BlockSource& input, const XzPlan& plan, int fd)
    : input_(input), plan_(plan), fd_(fd), done_(plan.layout.blocks.size()) {
  for (unsigned i = 0; i < plan.threads; ++i) threads_.emplace_back([this] { work(); });
}

XzUnpacker::~XzUnpacker() {
  is_stopping_ = true;
  stop();
}

void XzUnpacker::stop() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

Result<Bytes> XzUnpacker::wait_past(Bytes known) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || reached() > known; });
  if (failure_) return *failure_;
  return reached();
}

Status XzUnpacker::finish() {
  stop();
  const std::lock_guard lock(mutex_);
  return failure_ ? Status(*failure_) : ok_status();
}

Bytes XzUnpacker::reached() const {
  if (front_ == done_.size()) return plan_.layout.image_size;
  return plan_.layout.blocks[front_].begin + done_[front_].bytes;
}

void XzUnpacker::work() {
  std::vector<std::byte> piece(kPiece);
  for (std::size_t i = next_++; i < done_.size() && !is_stopping_; i = next_++) {
    const Status unpacked = unpack(i, piece);
    if (unpacked.ok()) continue;
    is_stopping_ = true;
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = unpacked.error();
    changed_.notify_all();
  }
}

Status XzUnpacker::unpack(std::size_t index, std::span<std::byte> piece) {
  const XzBlock& block = plan_.layout.blocks[index];
  KRAKEN_ASSIGN(const auto decoder, XzBlockDecoder::open(input_, block, plan_.memory));
  Done done;
  Bytes position = block.offset;
  while (!done.is_whole && !is_stopping_) {
    KRAKEN_ASSIGN(const std::size_t got, decoder->read(piece));
    KRAKEN_TRY(write_sparsely(fd_, block.begin + done.bytes, piece.first(got)));
    done.bytes += got;
    done.is_whole = got < piece.size();
    consumed_ += decoder->position() - position;
    position = decoder->position();
    note(index, done);
  }
  return ok_status();
}

void XzUnpacker::note(std::size_t index, const Done& done) {
  const std::lock_guard lock(mutex_);
  done_[index] = done;
  while (front_ < done_.size() && done_[front_].is_whole) ++front_;
  changed_.notify_all();
}

}  // namespace kraken
