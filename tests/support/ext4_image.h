// An ext file system in a file, made by mke2fs and judged by e2fsck and debugfs, which know nothing of our code.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/unique_fd.h"
#include "block/block_source.h"
#include "support/temp_folder.h"

namespace kraken::test {

// A file that is written in place. Aborts the test program when the file cannot be opened.
class FileStore : public BlockStore {
 public:
  explicit FileStore(const std::filesystem::path& path);
  Bytes size() const override { return size_; }
  Status read(Bytes offset, std::span<std::byte> out) const override;
  Status write(Bytes offset, std::span<const std::byte> data) override;

  // After `writes` more writes, one fails; those after it succeed again.
  void fail_once_after(std::uint64_t writes) { failing_write_ = writes_ + writes; }
  std::uint64_t writes() const { return writes_; }

 private:
  UniqueFd fd_;
  Bytes size_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t failing_write_ = UINT64_MAX;
};

class Ext4Image {
 public:
  // `mke2fs -F -q <options> image <size>`; with the folder's content, when one is named.
  Ext4Image(const std::string& options, Bytes size, const std::filesystem::path& content = {});

  const std::filesystem::path& path() const { return path_; }
  std::string bytes() const;
  // What `e2fsck -fn` has to say; empty when it is content.
  std::string fsck() const;
  // Output of one debugfs command, without its banner; write() opens the image for writing.
  std::string debugfs(const std::string& command) const;
  std::string debugfs_write(const std::string& command) const;
  // A file's content as debugfs reads it.
  std::string dump(const std::string& file) const;
  // Unpacks the whole tree with debugfs' rdump.
  void unpack(const std::filesystem::path& into) const;
  Ext4Image clone() const;

 private:
  Ext4Image() = default;
  std::unique_ptr<TempFolder> folder_ = std::make_unique<TempFolder>();
  std::filesystem::path path_ = *folder_ / "image";
};

void write_text(const std::filesystem::path& path, const std::string& text);
std::string read_text(const std::filesystem::path& path);

}  // namespace kraken::test
