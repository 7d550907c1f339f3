#include "image/base_info.h"

#include "block/overlay.h"
#include "block/window.h"
#include "fs/ext4/ext4_editor.h"
#include "fs/fat/fat_editor.h"
#include "image/opened_image.h"

namespace kraken {

namespace {

// Nothing is written: any time will do.
constexpr std::int64_t kNoClock = 1;

void describe(const Result<std::unique_ptr<FsEditor>>& editor, VolumeInfo& info, const std::string& kind) {
  if (editor.ok()) {
    info.file_system = (*editor)->type_name();
    info.label = (*editor)->label();
    info.space = (*editor)->space();
  } else if (editor.error().code() != ErrorCode::kUnsupported) {
    info.file_system = kind;
    info.problem = editor.error().what();
  }
}

Result<VolumeInfo> inspect_volume(Overlay& image, const Partition& partition) {
  VolumeInfo info{partition, "unknown", {}, std::nullopt, {}};
  KRAKEN_ASSIGN(StoreWindow window, StoreWindow::open(image, partition.start, partition.size));
  describe(open_ext4(window, kNoClock), info, "ext4");
  if (info.file_system == "unknown") describe(open_fat(window, kNoClock), info, "fat");
  return info;
}

}  // namespace

Result<BaseInfo> inspect_base(const std::shared_ptr<const BlockSource>& base) {
  BaseInfo info;
  KRAKEN_ASSIGN(info.table, read_partition_table(*base).recode(ErrorCode::kBaseImage));
  KRAKEN_ASSIGN(const auto overlay, Overlay::open(base, base->size()));
  for (const Partition& partition : info.table.partitions) {
    KRAKEN_ASSIGN(VolumeInfo volume, inspect_volume(*overlay, partition));
    info.volumes.push_back(std::move(volume));
  }
  const auto opened = OpenedImage::open(base, base->size(), kNoClock);
  if (opened.ok()) {
    info.os = (*opened)->os();
    const auto& first = info.os->first_user;
    if (first && first->has_password) {
      info.os->warnings.push_back("the image has a user '" + first->name +
                                  "' with a password that everybody may know: burning locks or replaces it");
    }
    if (const Status tried = (*opened)->try_changes(); !tried.ok()) info.problem = tried.error().what();
  } else {
    info.problem = opened.error().what();
  }
  return info;
}

}  // namespace kraken
