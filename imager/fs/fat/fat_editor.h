// FAT12/16/32 as an FsEditor... see fat_editor.cpp; FAT12 can be read only.
#pragma once

#include <cstdint>
#include <memory>

#include "fs/fs_editor.h"

namespace kraken {

// `volume` must outlive the editor. `clock` is seconds since 1970 UTC and dates every file that is written.
// kUnsupported when this is no FAT, kCorrupt when it is a broken one.
Result<std::unique_ptr<FsEditor>> open_fat(BlockStore& volume, std::int64_t clock);

}  // namespace kraken
