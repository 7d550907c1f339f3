// Any bytes as an xz file whose blocks are decoded on two threads: what comes of it must be what decoding from the
// start to the end gives, and a failure where that fails.
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "base/unique_fd.h"
#include "block/memory.h"
#include "decode/unpack.h"
#include "decode/xz_unpacker.h"
#include "sys/files.h"

namespace {

using Content = std::vector<std::byte>;

constexpr kraken::DecodeLimits kLimits = {.max_image = kraken::kMiB, .memory = 32 * kraken::kMiB, .threads = 2};

std::optional<Content> in_order(const kraken::BlockSource& input) {
  const auto decoder = kraken::open_image_decoder(input, kLimits);
  if (!decoder.ok()) return std::nullopt;
  Content buffer(kLimits.max_image + 1);
  const auto got = (*decoder)->read(buffer);
  if (!got.ok()) return std::nullopt;
  buffer.resize(*got);
  return buffer;
}

std::optional<Content> in_blocks(const kraken::BlockSource& input) {
  const kraken::UniqueFd file(::memfd_create("image", MFD_CLOEXEC));
  const auto unpacked = kraken::unpack_image(input, {file.get()}, kLimits, {});
  if (!unpacked.ok()) return std::nullopt;
  Content content(unpacked->size);
  if (!kraken::read_all_at(file.get(), 0, content).ok()) std::abort();
  return content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const kraken::MemoryStore input(Content(bytes.begin(), bytes.end()));
  if (!kraken::plan_xz_unpacking(input, kLimits)) return 0;
  if (in_blocks(input) != in_order(input)) std::abort();
  return 0;
}
