// Any bytes as a base image: format detection and every decoder behind it. What decodes must be an image that the rest
// of the program may rely on: within the limit, whole sectors, not empty.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "block/memory.h"
#include "decode/announced_size.h"
#include "decode/decoder.h"

namespace {

constexpr kraken::DecodeLimits kLimits = {.max_image = kraken::kMiB, .memory = 16 * kraken::kMiB, .threads = 2};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  const kraken::MemoryStore input(std::vector<std::byte>(bytes.begin(), bytes.end()));
  const auto announced = kraken::announced_image_size(input);
  const auto decoder = kraken::open_image_decoder(input, kLimits);
  if (!decoder.ok()) return 0;
  std::vector<std::byte> buffer(64 * kraken::kKiB);
  kraken::Bytes total = 0;
  while (true) {
    const auto got = (*decoder)->read(buffer);
    if (!got.ok()) return 0;
    total += *got;
    if (*got < buffer.size()) break;
  }
  if (total == 0 || total > kLimits.max_image || total % kraken::kSectorSize != 0) std::abort();
  if (announced && *announced != total) std::abort();
  return 0;
}
