#include "block/memory.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

MemoryStore::MemoryStore(std::string_view text) {
  const auto view = as_bytes(text);
  bytes_.assign(view.begin(), view.end());
}

Status MemoryStore::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(check_range(offset, out.size(), size()));
  std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
  return ok_status();
}

Status MemoryStore::write(Bytes offset, std::span<const std::byte> data) {
  KRAKEN_TRY(check_range(offset, data.size(), size()));
  std::copy_n(data.begin(), data.size(), bytes_.begin() + static_cast<std::ptrdiff_t>(offset));
  return ok_status();
}

}  // namespace kraken
