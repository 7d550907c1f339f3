// Whether a file is the one that was looked at before, told without reading it: by device, inode, size and times. A
// change that keeps all of them (by root, who can set anything, or under a file system that lies) is not seen.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  Bytes size = 0;
  std::int64_t mtime_ns = 0;  // since 1970 UTC
  std::int64_t ctime_ns = 0;

  // One line for the index. Numbers of 64 bits do not fit JSON's.
  std::string to_text() const;
  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

// Of a regular file, links followed. kNotFound, kIo as the system says; kInvalidArgument for anything else than a file.
Result<FileIdentity> identify(const std::filesystem::path& file);
// Of one that is open, wherever its name leads by now. `file` is for messages.
Result<FileIdentity> identify(int fd, const std::filesystem::path& file);

// What is said, under kBaseImage, when a file has not the identity it had.
Error file_changed(const std::filesystem::path& file);

// The same, once the file's times are so far in the past that a change from now on gives it others: the kernel's clock
// for files stands still between two ticks. Waits for at most a few seconds, mostly not at all.
Result<FileIdentity> identify_settled(const std::filesystem::path& file);

}  // namespace kraken
