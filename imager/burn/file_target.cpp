#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "burn/direct_file.h"
#include "burn/target.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr int kNameAttempts = 100;

struct Temporary {
  UniqueFd fd;
  std::string name;  // empty: it has none
};

// Mode 0600.
Temporary create_beside(const std::filesystem::path& final_name) {
  std::string name = final_name.string() + ".XXXXXX";
  UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
  return {std::move(fd), std::move(name)};
}

// A file without a name is gone with the program, however that ends. Not every file system can have one (FAT, NFS).
Temporary create_temporary(const std::filesystem::path& final_name) {
  const std::filesystem::path folder = final_name.parent_path();
  UniqueFd fd(::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  return fd.valid() ? Temporary{std::move(fd), {}} : create_beside(final_name);
}

// Gives a file that has no name one beside its final name, for only a rename replaces what is there.
Result<std::string> name_beside(const UniqueFd& fd, const std::filesystem::path& final_name) {
  const std::string file = "/proc/self/fd/" + std::to_string(fd.get());
  for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
    const Temporary free = create_beside(final_name);
    if (!free.fd.valid() || ::unlink(free.name.c_str()) != 0) break;
    if (::linkat(AT_FDCWD, file.c_str(), AT_FDCWD, free.name.c_str(), AT_SYMLINK_FOLLOW) == 0) return free.name;
    if (errno != EEXIST) break;
  }
  return Error::from_errno(errno, "name the file beside " + final_name.string());
}

class FileTarget : public Target {
 public:
  FileTarget(std::filesystem::path final_name, std::string temporary, UniqueFd fd, DirectFile direct)
      : final_name_(std::move(final_name)),
        temporary_(std::move(temporary)),
        fd_(std::move(fd)),
        direct_(std::move(direct)) {}
  FileTarget(const FileTarget&) = delete;
  FileTarget& operator=(const FileTarget&) = delete;
  ~FileTarget() override {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
  }

  std::string name() const override { return final_name_.string(); }
  Bytes capacity() const override { return std::numeric_limits<Bytes>::max(); }
  bool holes_read_as_zeros() const override { return true; }

  Status write(Bytes offset, std::span<const std::byte> data) override {
    return explain(write_all_at(fd_.get(), offset, data));
  }
  Status start_write(Bytes offset, std::span<const std::byte> data, std::uint64_t tag) override {
    return direct_.start_write(offset, data, tag);
  }
  Status start_read_back(Bytes offset, std::span<std::byte> out, std::uint64_t tag) override {
    return direct_.start_read(offset, out, tag);
  }
  Result<FinishedTransfer> wait() override {
    KRAKEN_ASSIGN(FinishedTransfer transfer, direct_.wait());
    transfer.status = explain(std::move(transfer.status));
    return transfer;
  }

  Status sync() override {
    if (::fdatasync(fd_.get()) == 0) return ok_status();
    return explain(Error::from_errno(errno, "flush"));
  }

  Status read_back(Bytes offset, std::span<std::byte> out) override { return direct_.read(offset, out); }

  Status publish() override {
    // Before the flush: btrfs keeps no log of a file without a name (btrfs_log_inode_parent()).
    if (temporary_.empty()) {
      KRAKEN_ASSIGN(temporary_, name_beside(fd_, final_name_));
    }
    if (::fsync(fd_.get()) != 0) return Error::from_errno(errno, "flush");
    if (::rename(temporary_.c_str(), final_name_.c_str()) != 0) {
      return Error::from_errno(errno, "rename " + temporary_ + " to " + final_name_.string());
    }
    temporary_.clear();
    Status durable = fsync_folder(final_name_.parent_path());
    if (!durable.ok()) ::unlink(final_name_.c_str());
    return durable;
  }

 private:
  // Some file systems only find out when flushing that they are full.
  static Status explain(Status status) {
    if (status.ok() || status.error().code() != ErrorCode::kNoSpace) return status;
    return std::move(status).with_context("the file system is full; free space there or choose another folder");
  }

  std::filesystem::path final_name_;
  std::string temporary_;  // empty while it has no name, and once it has its final one
  UniqueFd fd_;
  DirectFile direct_;
};

Error refused(const std::filesystem::path& name, const std::string& why) {
  return Error(ErrorCode::kTargetRefused, name.string() + ": " + why);
}

Status check_final_name(const std::filesystem::path& name) {
  if (!name.has_filename()) return refused(name, "this is a folder; give the name of a file in it");
  struct stat info = {};
  if (::stat(name.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return refused(name, "this is a folder; give the name of a file in it");
    if (S_ISBLK(info.st_mode)) return refused(name, "this is a block device, not a file; choose it as a card instead");
    if (!S_ISREG(info.st_mode)) return refused(name, "this is there and is no regular file; choose another name");
  } else if (errno != ENOENT) {
    return Error::from_errno(errno, "look at " + name.string()).recode(ErrorCode::kTargetRefused);
  }
  // The new file would take the link's place, and what it leads to stay as it is.
  if (::lstat(name.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return refused(name, "this is a symbolic link; give the name of what it leads to, or another one");
  }
  return ok_status();
}

// Removes the temporary file unless everything worked.
Result<std::unique_ptr<Target>> finish(const std::filesystem::path& final_name, Temporary temporary, Bytes size) {
  const auto fail = [&](const Error& error) {
    if (!temporary.name.empty()) ::unlink(temporary.name.c_str());
    return error.with_context(final_name.string());
  };
  if (size > static_cast<Bytes>(std::numeric_limits<off_t>::max())) {
    return fail(Error(ErrorCode::kTargetRefused, "no file can hold " + human_bytes(size)));
  }
  if (::ftruncate(temporary.fd.get(), static_cast<off_t>(size)) != 0) {
    return fail(Error::from_errno(errno, "make a file of " + human_bytes(size)).recode(ErrorCode::kTargetRefused));
  }
  auto direct = DirectFile::reopen(temporary.fd.get());
  if (!direct.ok()) return fail(direct.error());
  return std::unique_ptr<Target>(std::make_unique<FileTarget>(final_name, std::move(temporary.name),
                                                              std::move(temporary.fd), std::move(direct).value()));
}

}  // namespace

Result<std::unique_ptr<Target>> open_file_target(const std::filesystem::path& final_name, Bytes size) {
  KRAKEN_TRY(check_final_name(final_name));
  Temporary temporary = create_temporary(final_name);
  if (!temporary.fd.valid()) {
    return Error::from_errno(errno, "create a file in the folder of " + final_name.string())
        .recode(ErrorCode::kTargetRefused);
  }
  return finish(final_name, std::move(temporary), size);
}

}  // namespace kraken
