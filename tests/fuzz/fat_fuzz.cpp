// A hostile FAT volume: opened, listed, read, edited, closed. Whatever it is, an edit that was answered with success
// must be there when the volume is opened again, and the volume must still pass the check that edits ask for.
//
// A volume is mostly zeros, so an input is a sparse one: the count of 512-byte sectors (u32), then pieces of an offset
// (u32), a length (u16) and that many bytes, all little-endian. fat_pack.py makes one from an image.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "base/endian.h"
#include "block/memory.h"
#include "fs/fat/fat_editor.h"

namespace {

using kraken::Bytes;
using kraken::Status;

constexpr std::uint32_t kMaxSectors = 0x8000;  // 16 MiB: room for a FAT16, and fast enough to count
constexpr std::size_t kSectorSize = 512;

class SparseStore : public kraken::BlockStore {
 public:
  explicit SparseStore(Bytes size) : size_(size) {}
  Bytes size() const override { return size_; }
  Status read(Bytes offset, std::span<std::byte> out) const override {
    KRAKEN_TRY(kraken::check_range(offset, out.size(), size_));
    std::ranges::fill(out, std::byte{0});
    for (auto at = sectors_.lower_bound(offset / kSectorSize); at != sectors_.end(); ++at) {
      const Bytes start = at->first * kSectorSize;
      if (start >= offset + out.size()) break;
      const Bytes from = std::max(start, offset);
      const Bytes to = std::min<Bytes>(start + kSectorSize, offset + out.size());
      std::copy_n(at->second.begin() + static_cast<std::ptrdiff_t>(from - start), to - from,
                  out.begin() + static_cast<std::ptrdiff_t>(from - offset));
    }
    return kraken::ok_status();
  }
  Status write(Bytes offset, std::span<const std::byte> data) override {
    KRAKEN_TRY(kraken::check_range(offset, data.size(), size_));
    for (std::size_t i = 0; i < data.size();) {
      const Bytes within = (offset + i) % kSectorSize;
      const std::size_t length = std::min<std::size_t>(kSectorSize - within, data.size() - i);
      std::ranges::copy(data.subspan(i, length),
                        sectors_[(offset + i) / kSectorSize].begin() + static_cast<std::ptrdiff_t>(within));
      i += length;
    }
    return kraken::ok_status();
  }

 private:
  Bytes size_;
  std::map<Bytes, std::array<std::byte, kSectorSize>> sectors_;
};

SparseStore unpack(std::span<const std::byte> input) {
  const std::uint32_t sectors = kraken::read_le<std::uint32_t>(input, 0).value_or(0) % (kMaxSectors + 1);
  SparseStore store(Bytes{sectors} * kSectorSize);
  std::size_t at = 4;
  while (true) {
    const auto offset = kraken::read_le<std::uint32_t>(input, at);
    const auto length = kraken::read_le<std::uint16_t>(input, at + 4);
    if (!offset || !length) return store;
    at += 6;
    const std::size_t size = std::min<std::size_t>(*length, input.size() - at);
    static_cast<void>(store.write(*offset, input.subspan(at, size)));  // what does not fit is left out
    at += size;
  }
}

struct Walk {
  kraken::FsEditor* fat;
  int left = 200;         // entries
  std::string some_file;  // the last one met
};

void visit(Walk& walk, const std::string& folder, int depth) {
  const auto entries = walk.fat->list(folder);
  if (!entries.ok()) return;
  for (const kraken::DirEntry& entry : *entries) {
    if (--walk.left < 0) return;
    if (entry.name.empty() || entry.name == "." || entry.name == ".." || entry.name.find('/') != std::string::npos) {
      std::abort();
    }
    const std::string path = folder + entry.name;
    if (!walk.fat->stat(path).ok()) std::abort();
    static_cast<void>(walk.fat->read_file(path, 256 * kraken::kKiB));
    if (entry.type == kraken::NodeType::kFile) walk.some_file = path;
    if (entry.type == kraken::NodeType::kFolder && depth < 6) visit(walk, path + "/", depth + 1);
  }
}

void edit(SparseStore& store) {
  auto fat = kraken::open_fat(store, 1732320000);
  if (!fat.ok()) return;
  Walk walk{fat->get(), 200, {}};
  visit(walk, "/", 0);
  const kraken::MemoryStore content(std::string(3000, 'k'));
  const bool replaced = !walk.some_file.empty() && (*fat)->write_file(walk.some_file, content, {}).ok();
  static_cast<void>((*fat)->make_folder("/a new folder", {}));
  const bool made = (*fat)->write_file("/a new folder/config.txt", content, {}).ok();
  const bool had_gone = (*fat)->stat("/gone").ok();
  const Bytes free = (*fat)->space().free;
  if ((*fat)->write_file("/gone", content, {}).ok() && !(*fat)->remove("/gone").ok()) std::abort();
  if (!had_gone && (*fat)->space().free > free) std::abort();
  const bool is_left = replaced && (*fat)->stat(walk.some_file).ok();  // unless it was "/gone"
  const bool changed = replaced || made;
  if (!(*fat)->close().ok()) std::abort();
  if (!changed) return;

  auto again = kraken::open_fat(store, 1732320000);
  if (!again.ok()) std::abort();
  if (is_left && !(*again)->read_file(walk.some_file, 3000).ok()) std::abort();
  if (made && *(*again)->read_file("/A NEW FOLDER/CONFIG.TXT", 3000) != std::string(3000, 'k')) std::abort();
  const Status more = (*again)->write_file("/another", kraken::MemoryStore("x"), {});
  if (!more.ok() && more.error().code() == kraken::ErrorCode::kCorrupt) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SparseStore store = unpack(std::as_bytes(std::span(data, size)));
  edit(store);
  return 0;
}
