// Hostile ext images. An input is a list of runs, (offset: 3 bytes, length: 1 byte, that many bytes), on an image that
// is zero elsewhere: images are mostly zeros, and the corpus must stay small.
#include <algorithm>
#include <cstdint>
#include <string>

#include "block/memory.h"
#include "fs/ext4/ext4_editor.h"

namespace {

using kraken::MemoryStore;

// As much as the smallest file systems of the corpus take.
constexpr std::size_t kImageSize = 256 * 1024;

void use(kraken::FsEditor& fs) {
  const auto entries = fs.list("/");
  static_cast<void>(fs.stat("/"));
  if (entries.ok()) {
    for (const auto& entry : *entries) {
      const std::string path = "/" + entry.name;
      static_cast<void>(fs.stat(path));
      static_cast<void>(fs.list(path));
      static_cast<void>(fs.read_file(path, 64 * 1024));
      static_cast<void>(fs.read_link(path));
      static_cast<void>(fs.write_file(path, MemoryStore(kraken::Bytes{3000}), {0600, 1, 2, {{"user.a", "b"}}}));
      static_cast<void>(fs.remove(path));
    }
  }
  static_cast<void>(fs.make_folder("/new", {}));
  static_cast<void>(fs.write_file("/new/file", MemoryStore(kraken::Bytes{70000}), {}));
  static_cast<void>(fs.make_symlink("/new/link", std::string(100, 't'), {}));
  static_cast<void>(fs.close());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kImageSize) return 0;
  MemoryStore store{kraken::Bytes{kImageSize}};
  for (std::size_t at = 0; at + 4 <= size;) {
    const std::size_t offset = data[at] | (std::size_t{data[at + 1]} << 8) | (std::size_t{data[at + 2]} << 16);
    const std::size_t length = std::min<std::size_t>(data[at + 3], size - at - 4);
    for (std::size_t i = 0; i < length && offset + i < kImageSize; ++i) {
      store.bytes()[offset + i] = static_cast<std::byte>(data[at + 4 + i]);
    }
    at += 4 + length;
  }
  const auto fs = kraken::open_ext4(store, 1'700'000'000);
  if (fs.ok()) use(**fs);
  return 0;
}
