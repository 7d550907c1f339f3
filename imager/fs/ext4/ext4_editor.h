// ext2/3/4 as an FsEditor, through libext2fs on an io_manager of ours.
//
// One thread at a time per editor; several editors on several threads do not meet. Every change happens whole or not at
// all: after a failed call (kNoSpace, a store that refuses) the file system is as it was before the call. Only that:
// a process that dies before close() leaves the store in an undefined state.
#pragma once

#include <cstdint>
#include <memory>

#include "fs/fs_editor.h"

namespace kraken {

// `volume` must outlive the editor. `clock` is seconds since 1970 UTC and dates everything that is written; 0 is taken
// as 1, and kInvalidArgument is the answer to what an inode cannot hold (below 0, or after 2446).
//
// kUnsupported when this is no ext file system, has features that are not handled (mmp, an external journal device,
// compression, unknown ones) or blocks of more than 4 KiB. kCorrupt when it is damaged, larger than `volume`, or was
// not unmounted cleanly (needs_recovery, orphan_present, the error flag): the message says to run e2fsck. With
// bigalloc, quota, project or shared_blocks it opens, but every change is kUnsupported; encrypted and case-folding
// folders are kUnsupported one by one.
//
// Beyond what FsEditor says:
// - Nothing is written before the first change, nor at a close() without changes. The first change checks the bitmaps
//   against the group descriptors: kCorrupt when they do not agree.
// - write_file() and make_symlink() always make a new inode, as rename(2) over the name would: other hard links to the
//   old file keep its content.
// - A link's mode is always 0777. Names are at most 255 bytes, link targets shorter than a block.
// - xattrs are user.*, trusted.*, security.* and the two POSIX ACLs, with the values that setxattr(2) takes; others are
//   kInvalidArgument, and kNoSpace means that they do not fit into the inode and one block.
// - remove() of a folder that is not empty, list() of a file and read_file() of a folder are kInvalidArgument.
Result<std::unique_ptr<FsEditor>> open_ext4(BlockStore& volume, std::int64_t clock);

// The same only to look, also at a file system that was not unmounted cleanly: that of a card whose node lost its
// power. What its journal holds is not replayed, so files that changed lately may read as they were, or not at all.
// Every change is kUnsupported.
Result<std::unique_ptr<FsEditor>> open_ext4_to_look(BlockStore& volume);

}  // namespace kraken
