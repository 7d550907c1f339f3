// The base cache's folder: its parts, its locks, and its temporary files, which vanish when their process does not get
// to publish them. What the records in it say is cache_index.h's.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "decode/base_cache.h"

namespace kraken {

class CacheFolder {
 public:
  explicit CacheFolder(std::filesystem::path root) : root_(std::move(root)) {}

  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path images() const { return root_ / "images"; }  // <SHA-256 of the image>.img, and its record
  std::filesystem::path files() const { return root_ / "files"; }    // records: a compressed file's digest -> image
  std::filesystem::path paths() const { return root_ / "paths"; }    // records: a local file's identity -> digests
  std::filesystem::path locks() const { return root_ / "locks"; }
  std::filesystem::path temporary() const { return root_ / "tmp"; }

  Status make() const;
  // Removes the temporary files that no living process holds.
  Status remove_orphans() const;

 private:
  std::filesystem::path root_;
};

// An advisory lock (flock) that goes with the process. The lock's file stays: to remove it would race.
class CacheLock {
 public:
  // Waits for whoever has it; kInterrupted when `progress` says so meanwhile.
  static Result<CacheLock> acquire(const CacheFolder& folder, const std::string& name, const DecodeProgress& progress);

 private:
  explicit CacheLock(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

// A new, empty file in temporary(), locked as long as this lives. Removed by the destructor unless it was published.
class TemporaryFile {
 public:
  static Result<TemporaryFile> create(const CacheFolder& folder);
  TemporaryFile(TemporaryFile&&) = default;
  TemporaryFile& operator=(TemporaryFile&&) = delete;
  ~TemporaryFile();

  int fd() const { return fd_.get(); }
  const std::filesystem::path& path() const { return path_; }

  // Makes it durable and read-only: nothing is written to it from here on.
  Status seal() const;
  // Renames it, sealed, to `target` in place of what is there, and syncs that folder.
  Status publish(const std::filesystem::path& target);

 private:
  TemporaryFile(UniqueFd fd, std::filesystem::path path) : fd_(std::move(fd)), path_(std::move(path)) {}
  UniqueFd fd_;
  std::filesystem::path path_;
};

}  // namespace kraken
