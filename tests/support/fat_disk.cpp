#include "support/fat_disk.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "block/file_source.h"
#include "sys/files.h"

namespace kraken::test {

namespace {

constexpr Bytes kCopyStep = kMiB;

std::string content_of(const std::filesystem::path& path) {
  auto content = read_whole_file(path, kGiB);
  EXPECT_TRUE(content.ok()) << path;
  return content.ok() ? *content : std::string();
}

}  // namespace

FatDisk::FatDisk(const std::string& options, Bytes size) {
  auto made = open_file(file(), O_RDWR | O_CREAT, 0600);
  EXPECT_TRUE(made.ok());
  EXPECT_EQ(::ftruncate(made->get(), static_cast<off_t>(size)), 0);
  const Ran ran = run("/usr/sbin/mkfs.vfat --invariant " + options + " " + file());
  EXPECT_EQ(ran.status, 0) << ran.output;
}

BlockStore& FatDisk::store() {
  if (overlay_ == nullptr) {
    auto base = FileSource::open(file());
    EXPECT_TRUE(base.ok());
    std::shared_ptr<const BlockSource> shared = std::move(base).value();
    auto overlay = Overlay::open(shared, shared->size());
    EXPECT_TRUE(overlay.ok());
    overlay_ = std::move(overlay).value();
  }
  return *overlay_;
}

void FatDisk::save() {
  if (overlay_ == nullptr) return;
  const std::string next = file() + ".new";
  auto out = open_file(next, O_RDWR | O_CREAT | O_TRUNC, 0600);
  ASSERT_TRUE(out.ok());
  ASSERT_EQ(::ftruncate(out->get(), static_cast<off_t>(overlay_->size())), 0);
  for (Bytes offset = 0; offset < overlay_->size();) {
    const auto extent = overlay_->extent_at(offset);
    ASSERT_TRUE(extent.ok());
    const Bytes length = extent->is_hole ? extent->length : std::min(extent->length, kCopyStep);
    if (!extent->is_hole) {
      std::vector<std::byte> bytes(length);
      ASSERT_TRUE(overlay_->read(offset, bytes).ok());
      ASSERT_TRUE(write_all_at(out->get(), offset, bytes).ok());
    }
    offset += length;
  }
  std::filesystem::rename(next, file());
  overlay_.reset();
}

Ran FatDisk::mtools(const std::string& command) const {
  const std::size_t name_end = std::min(command.find(' '), command.size());
  return run("TZ=UTC LC_ALL=C.UTF-8 MTOOLS_SKIP_CHECK=1 MTOOLSRC=/dev/null " + command.substr(0, name_end) + " -i " +
             file() + command.substr(name_end));
}

Ran FatDisk::fsck() const {
  return run("/usr/sbin/fsck.fat -n -V " + file());
}

void FatDisk::put(const std::string& name, const std::string& content) {
  ASSERT_TRUE(write_file_atomically(folder_ / "in", content, 0600).ok());
  const Ran ran = mtools("mcopy -o " + (folder_ / "in").string() + " \"::/" + name + "\"");
  ASSERT_EQ(ran.status, 0) << ran.output;
}

std::map<std::string, std::string> FatDisk::tree() const {
  std::map<std::string, std::string> found;
  const TempFolder out;
  const Ran ran = mtools("mcopy -s -n -b -Q ::/ " + out.path().string());
  // An empty volume has nothing to copy, which mcopy calls an error.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(out.path())) {
    const std::string name = std::filesystem::relative(entry.path(), out.path()).string();
    if (entry.is_directory()) {
      found[name + "/"] = "";
    } else {
      found[name] = content_of(entry.path());
    }
  }
  EXPECT_TRUE(ran.status == 0 || found.empty()) << ran.output;
  return found;
}

}  // namespace kraken::test
