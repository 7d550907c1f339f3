#include "system/rooted_system.h"

#include <fcntl.h>
#include <linux/cdrom.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <thread>

#include "base/secret_bytes.h"
#include "base/text.h"
#include "sys/files.h"
#include "sys/process.h"
#include "system/blank_tokens.h"

namespace kraken {

namespace {

// EXT4_IOC_RESIZE_FS of Linux, fs/ext4 (in uapi/linux/ext4.h only since 6.1): grows a mounted file system to that many
// blocks. The same number on 32 and 64 bits.
constexpr unsigned long kExt4ResizeFs = _IOW('f', 16, std::uint64_t);

// Of what a failed program said: its end has the reason.
constexpr std::size_t kLastWords = 1000;
constexpr Bytes kAnswerMaxSize = 64 * kKiB;
constexpr Bytes kCopiedMaxSize = 64 * kKiB;

constexpr std::string_view kSwaps = "/proc/swaps";

Error last_error(std::string_view verb, const std::filesystem::path& path) {
  const int saved = errno;
  return Error::from_errno(saved, std::string(verb) + " " + path.string());
}

// The new file, open and on the disk.
Result<UniqueFd> make_new_file(const std::filesystem::path& path, std::string_view content, FileMode mode) {
  KRAKEN_ASSIGN(UniqueFd fd, open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  KRAKEN_TRY(write_all(fd.get(), as_bytes(content)).with_context("write " + path.string()));
  if (mode != FileMode::kOfMount && ::fchmod(fd.get(), mode == FileMode::kPublic ? 0644 : 0600) != 0) {
    return last_error("set the mode of", path);
  }
  if (::fsync(fd.get()) != 0) return last_error("fsync", path);
  return fd;
}

// On FAT a file's directory entry is written with the file, not with the folder: after a rename over another file
// the name leads to the old one's clusters, which are free by then, until the renamed one is synced (Linux,
// fs/fat/namei_vfat.c, vfat_rename: it marks the inode dirty and no more).
Status put_in_place(const UniqueFd& file, const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error("rename to", to);
  if (::fsync(file.get()) != 0) return last_error("fsync", to);
  return fsync_folder(to.parent_path());
}

// The tokens are taken out before the end is cut off, lest half of one be left.
Error failure_of(const std::vector<std::string>& argv, ProcessOutput done) {
  std::string line;
  for (const std::string& word : argv) line += word + " ";
  blank_tokens(line);
  blank_tokens(done.output);
  const std::string_view said = trim(done.output);
  return Error(
      ErrorCode::kIo,
      line + "ended with status " + std::to_string(done.status) +
          (said.empty() ? "" : ": " + std::string(said.substr(said.size() - std::min(said.size(), kLastWords)))));
}

UnixTime clock_of_machine() {
  timespec time = {};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return time.tv_sec;
}

}  // namespace

std::filesystem::path below(const std::filesystem::path& root, std::string_view path) {
  return root / std::filesystem::path(path).relative_path();
}

bool is_there(const std::filesystem::path& root, std::string_view path) {
  std::error_code ignored;
  return std::filesystem::exists(below(root, path), ignored);
}

void RootedSystem::pause(std::chrono::milliseconds time) {
  std::this_thread::sleep_for(time);
}

Status RootedSystem::resize_root(std::uint64_t blocks) {
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(root_, O_RDONLY | O_DIRECTORY));
  if (::ioctl(fd.get(), kExt4ResizeFs, &blocks) != 0) {
    return last_error("grow to " + std::to_string(blocks) + " blocks (EXT4_IOC_RESIZE_FS) the file system of", root_);
  }
  // The journal of ext4 would write it within seconds; a report that says "done" must not be ahead of the disk.
  if (::syncfs(fd.get()) != 0) return last_error("sync", root_);
  return ok_status();
}

Status RootedSystem::replace_file(std::string_view path, std::string_view content, FileMode mode) {
  const auto final_path = below(root_, path);
  const std::filesystem::path new_path = final_path.string() + std::string(kNewFileSuffix);
  if (::unlink(new_path.c_str()) != 0 && errno != ENOENT) return last_error("remove", new_path);
  const auto file = make_new_file(new_path, content, mode);
  Status status = file.ok() ? put_in_place(*file, new_path, final_path) : Status(file.error());
  if (!status.ok()) ::unlink(new_path.c_str());
  return status;
}

Status RootedSystem::copy_file(std::string_view from, std::string_view to, FileMode mode) {
  KRAKEN_ASSIGN(std::string content, read_whole_file(below(root_, from), kCopiedMaxSize));
  Status status = replace_file(to, content, mode);
  cleanse(content);
  return status;
}

Status RootedSystem::append_file(std::string_view path, std::string_view content) {
  const auto real_path = below(root_, path);
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(real_path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644));
  KRAKEN_TRY(write_all(fd.get(), as_bytes(content)).with_context("append to " + real_path.string()));
  if (::fsync(fd.get()) != 0) return last_error("fsync", real_path);
  return ok_status();
}

Status RootedSystem::set_modification_time(std::string_view path, UnixTime time) {
  const auto real_path = below(root_, path);
  std::array<timespec, 2> times = {};
  times[0].tv_nsec = UTIME_OMIT;
  times[1].tv_sec = static_cast<time_t>(time);
  if (::utimensat(AT_FDCWD, real_path.c_str(), times.data(), 0) != 0) return last_error("set the time of", real_path);
  return ok_status();
}

Status RootedSystem::make_folder(std::string_view path) {
  return make_folders(below(root_, path));
}

Status RootedSystem::remove_file(std::string_view path) {
  const auto real_path = below(root_, path);
  if (::unlink(real_path.c_str()) != 0) return errno == ENOENT ? ok_status() : last_error("remove", real_path);
  return fsync_folder(real_path.parent_path());
}

Status RootedSystem::erase_file(std::string_view path) {
  const auto real_path = below(root_, path);
  auto fd = open_file(real_path, O_WRONLY | O_NOFOLLOW);
  if (!fd.ok()) return fd.error().code() == ErrorCode::kNotFound ? ok_status() : Status(fd.error());
  struct stat about = {};
  if (::fstat(fd->get(), &about) != 0) return last_error("look at", real_path);
  const std::vector<std::byte> zeros(static_cast<std::size_t>(about.st_size));
  KRAKEN_TRY(write_all_at(fd->get(), 0, zeros).with_context("overwrite " + real_path.string()));
  if (::fsync(fd->get()) != 0) return last_error("fsync", real_path);
  return remove_file(path);
}

Status RootedSystem::write_kernel_file(std::string_view path, std::string_view value) {
  const auto real_path = below(root_, path);
  // O_TRUNC means nothing to the kernel's files, and makes a fake tree's behave like them.
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(real_path, O_WRONLY | O_TRUNC));
  return write_all(fd.get(), as_bytes(value)).with_context("write " + real_path.string());
}

UnixTime LinuxSystem::now() const {
  return clock_of_machine();
}

Status LinuxSystem::set_clock(UnixTime time) {
  timespec wanted = {};
  wanted.tv_sec = static_cast<time_t>(time);
  if (::clock_settime(CLOCK_REALTIME, &wanted) != 0) return Error::from_errno(errno, "set the clock");
  return ok_status();
}

Status LinuxSystem::set_host_name(std::string_view name) {
  if (::sethostname(name.data(), name.size()) != 0) return Error::from_errno(errno, "set the kernel's host name");
  return ok_status();
}

Status LinuxSystem::eject_cdrom(std::string_view path) {
  const auto device = below(root(), path);
  // Without O_NONBLOCK the drive would have to have a disc that can be read.
  KRAKEN_ASSIGN(const UniqueFd fd, open_file(device, O_RDONLY | O_NONBLOCK));
  if (::ioctl(fd.get(), CDROMEJECT) != 0) return last_error("eject (CDROMEJECT)", device);
  return ok_status();
}

Status LinuxSystem::run_program(const std::vector<std::string>& argv, std::chrono::seconds limit) {
  ProcessOptions options;
  options.timeout = limit;
  KRAKEN_ASSIGN(ProcessOutput done, capture_process(argv, options));
  if (done.status == 0) return ok_status();
  return failure_of(argv, std::move(done));
}

Result<std::string> LinuxSystem::ask_program(const std::vector<std::string>& argv, std::chrono::seconds limit) {
  ProcessOptions options;
  options.timeout = limit;
  KRAKEN_ASSIGN(ProcessOutput done, capture_process(argv, options, kAnswerMaxSize));
  if (done.status == 0) return std::move(done.output);
  return failure_of(argv, std::move(done));
}

Status LinuxSystem::swap_off(std::string_view path) {
  const std::string name(path);
  if (::swapoff(name.c_str()) != 0) return Error::from_errno(errno, "stop swapping to " + name);
  return ok_status();
}

Status DetachedSystem::resize_root(std::uint64_t blocks) {
  struct stat folder = {};
  struct stat parent = {};
  if (::stat(root().c_str(), &folder) != 0) return last_error("look at", root());
  if (::stat((root() / "..").c_str(), &parent) != 0) return last_error("look at the parent of", root());
  if (folder.st_dev == parent.st_dev) {
    return Error(ErrorCode::kInvalidArgument,
                 root().string() + " is not where a file system is mounted: nothing is grown; mount the node's there");
  }
  return RootedSystem::resize_root(blocks);
}

UnixTime DetachedSystem::now() const {
  return clock_of_machine() + ahead_;
}

Status DetachedSystem::set_clock(UnixTime time) {
  ahead_ = time - clock_of_machine();
  return ok_status();
}

Status DetachedSystem::eject_cdrom(std::string_view path) {
  return Error(ErrorCode::kUnsupported,
               std::string(path) + " is not ejected for a tree that is not the running system's");
}

Status DetachedSystem::run_program(const std::vector<std::string>& argv, std::chrono::seconds /*limit*/) {
  return Error(ErrorCode::kUnsupported, argv.front() + " is not run for a tree that is not the running system's");
}

Result<std::string> DetachedSystem::ask_program(const std::vector<std::string>& argv, std::chrono::seconds limit) {
  return run_program(argv, limit).error();
}

Status DetachedSystem::swap_off(std::string_view path) {
  KRAKEN_ASSIGN(const std::string text, read_whole_file(below(root(), kSwaps), kMiB));
  std::string left;
  for (const std::string& line : split(trim(text), '\n')) {
    const auto words = split_words(line);
    if (words.empty() || words.front() != path) left += line + "\n";
  }
  return replace_file(kSwaps, left, FileMode::kPublic);
}

Status DetachedSystem::set_host_name(std::string_view name) {
  KRAKEN_TRY(make_folder("/proc/sys/kernel"));
  return replace_file("/proc/sys/kernel/hostname", std::string(name) + "\n", FileMode::kPublic);
}

}  // namespace kraken
