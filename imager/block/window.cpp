#include "block/window.h"

#include <algorithm>

namespace kraken {

Result<SourceWindow> SourceWindow::open(const BlockSource& source, Bytes offset, Bytes length) {
  KRAKEN_TRY(check_range(offset, length, source.size()));
  return SourceWindow(source, offset, length);
}

Status SourceWindow::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(check_range(offset, out.size(), length_));
  return source_->read(offset_ + offset, out);
}

Result<Extent> SourceWindow::extent_at(Bytes offset) const {
  KRAKEN_TRY(check_range(offset, 1, length_));
  KRAKEN_ASSIGN(const Extent extent, source_->extent_at(offset_ + offset));
  return Extent{offset, std::min(extent.length, length_ - offset), extent.is_hole};
}

Result<StoreWindow> StoreWindow::open(BlockStore& store, Bytes offset, Bytes length) {
  KRAKEN_ASSIGN(SourceWindow view, SourceWindow::open(store, offset, length));
  return StoreWindow(store, offset, std::move(view));
}

Status StoreWindow::write(Bytes offset, std::span<const std::byte> data) {
  KRAKEN_TRY(check_range(offset, data.size(), view_.size()));
  return store_->write(offset_ + offset, data);
}

}  // namespace kraken
