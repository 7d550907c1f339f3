// FAT16 and FAT32 as an FsEditor, with long names. FAT12 is refused (kUnsupported), for reading too.
//
// Names are looked up without regard to case, by long name or 8.3 alias, and read back as they were written; a replaced
// file keeps the name, the creation time and the attributes (read-only, hidden, system) of its entry. Before the first
// change the whole tree is checked, so an edit never runs on a volume with shared, broken or lost chains. A volume that
// is marked as not unmounted is taken like any other: the check is what the mark asks for, and clears it.
// A file's content is on the volume when write_file() returns, the FAT and FSInfo at close(). Not thread-safe.
#pragma once

#include <cstdint>
#include <memory>

#include "fs/fs_editor.h"

namespace kraken {

// `volume` must outlive the editor and not be changed by others meanwhile. `clock` is seconds since 1970 UTC and dates
// every file that is written, clamped to 1980..2107.
// kUnsupported when this is no FAT, or one of a kind that is not handled; kCorrupt when it is a broken one; kIo.
//
// Beyond what FsEditor says: kInvalidArgument for a name that FAT cannot hold, for a path that is not absolute, for
// reading a folder as a file or a file as a folder, and for removing the root folder or one that is not empty;
// kUnsupported for a file of 4 GiB or more; kCorrupt from any call when what it meets on the volume breaks FAT's rules.
// Replacing a file needs room for the new content beside the old. space() answers 0 free when the FAT cannot be read.
Result<std::unique_ptr<FsEditor>> open_fat(BlockStore& volume, std::int64_t clock);

}  // namespace kraken
