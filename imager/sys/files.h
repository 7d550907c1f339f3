// Files of the machine that the program runs on (not of an image): whole reads with a bound, and writes that are either
// complete under their final name or not there at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "base/units.h"

namespace kraken {

// The whole content. kCorrupt when there is more than `limit`; kNotFound, kIo as the system says.
Result<std::string> read_whole_file(const std::filesystem::path& path, Bytes limit);

// open(2) with O_CLOEXEC. `mode` counts when the flags create.
Result<UniqueFd> open_file(const std::filesystem::path& path, int flags, unsigned mode = 0);

// All of the data, whatever the system splits it into.
Status write_all(int fd, std::span<const std::byte> data);
Status write_all_at(int fd, Bytes offset, std::span<const std::byte> data);
// Fills `out`; kCorrupt when the file ends before.
Status read_all_at(int fd, Bytes offset, std::span<std::byte> out);

// Temporary file beside it, fsync, rename, fsync of the folder: a reader sees the old content or the new one, also
// after a power cut. The file gets exactly `mode`. The temporary file is removed when anything fails.
Status write_file_atomically(const std::filesystem::path& path, std::string_view content, unsigned mode);
// Whether that could be done now, as far as can be told without doing it: fails as it would when the name is a folder's
// or too long, or its folder is missing or may not be written. Changes nothing.
Status check_atomic_write(const std::filesystem::path& path);

Status fsync_folder(const std::filesystem::path& folder);
// All missing folders of the path, each with `mode`.
Status make_folders(const std::filesystem::path& folder, unsigned mode = 0755);

}  // namespace kraken
