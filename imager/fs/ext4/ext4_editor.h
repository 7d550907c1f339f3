// ext2/3/4 as an FsEditor, through libext2fs on an io_manager of ours.
#pragma once

#include <cstdint>
#include <memory>

#include "fs/fs_editor.h"

namespace kraken {

// `volume` must outlive the editor. `clock` is seconds since 1970 UTC and dates everything that is written.
// kUnsupported when this is no ext file system or has features that libext2fs does not know; kCorrupt when it is damaged or
// was not unmounted cleanly (needs_recovery, orphan_present, the error flag): the message says to run e2fsck.
Result<std::unique_ptr<FsEditor>> open_ext4(BlockStore& volume, std::int64_t clock);

}  // namespace kraken
