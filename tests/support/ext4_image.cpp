#include "support/ext4_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace kraken::test {

namespace {

std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

}  // namespace

FileStore::FileStore(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
  struct stat info {};
  if (!fd_.valid() || ::fstat(fd_.get(), &info) != 0) std::abort();
  size_ = static_cast<Bytes>(info.st_size);
}

Status FileStore::read(Bytes offset, std::span<std::byte> out) const {
  KRAKEN_TRY(check_range(offset, out.size(), size_));
  const auto got = ::pread(fd_.get(), out.data(), out.size(), static_cast<off_t>(offset));
  return got == static_cast<ssize_t>(out.size()) ? ok_status() : Status(Error(ErrorCode::kIo, "short read"));
}

Status FileStore::write(Bytes offset, std::span<const std::byte> data) {
  KRAKEN_TRY(check_range(offset, data.size(), size_));
  if (writes_++ == failing_write_) return Error::from_errno(EIO, "write");
  const auto put = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(offset));
  return put == static_cast<ssize_t>(data.size()) ? ok_status() : Status(Error(ErrorCode::kIo, "short write"));
}

Ext4Image::Ext4Image(const std::string& options, Bytes size, const std::filesystem::path& content) {
  std::string command = "mke2fs -F -q " + options;
  if (!content.empty()) command += " -d " + quoted(content.string());
  const Ran ran = run(command + " " + quoted(path_.string()) + " " + std::to_string(size / kKiB) + "k");
  if (ran.status != 0) {
    std::fprintf(stderr, "%s: %s\n", command.c_str(), ran.output.c_str());
    std::abort();
  }
}

std::string Ext4Image::bytes() const {
  return read_text(path_);
}

std::string Ext4Image::fsck() const {
  const Ran ran = run("e2fsck -fn " + quoted(path_.string()));
  return ran.status == 0 ? "" : ran.output;
}

std::string Ext4Image::debugfs(const std::string& command) const {
  return run("(debugfs -R " + quoted(command) + " " + quoted(path_.string()) + " 2>/dev/null)").output;
}

std::string Ext4Image::debugfs_write(const std::string& command) const {
  return run("(debugfs -w -R " + quoted(command) + " " + quoted(path_.string()) + " 2>/dev/null)").output;
}

std::string Ext4Image::dump(const std::string& file) const {
  const auto out = *folder_ / "dumped";
  std::filesystem::remove(out);
  debugfs("dump \"" + file + "\" " + out.string());
  return std::filesystem::exists(out) ? read_text(out) : "(missing)";
}

void Ext4Image::unpack(const std::filesystem::path& into) const {
  std::filesystem::create_directories(into);
  debugfs("rdump / " + into.string());
}

Ext4Image Ext4Image::clone() const {
  Ext4Image copy;
  std::filesystem::copy_file(path_, copy.path_);
  return copy;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace kraken::test
