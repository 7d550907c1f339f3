// What went wrong, as every layer of both programs reports it: a code to branch on, the system's errno where there was
// one, and a sentence for the person in front of the screen. Layers add their context once, outermost first.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

// Callers branch on the code, never on the text. The exit statuses are those of README.md, "Exit statuses".
enum class ErrorCode {
  kInvalidArgument,  // the command line asks for something that cannot be
  kConfig,           // cluster.yaml, a profile, an overlay or a secret is wrong
  kNotFound,         // a file, folder, partition or key does not exist
  kAlreadyExists,
  kCorrupt,        // bytes from outside break their format's rules
  kUnsupported,    // well formed, but not something that this program handles
  kNoSpace,        // a file system or device is full
  kIo,             // the system refused a read or a write; Error::sys_errno() says why
  kBaseImage,      // the base image cannot be used (exit status 3)
  kTargetRefused,  // the card or output must not be written (exit status 4)
  kWriteFailed,    // writing or verifying the target failed (exit status 5)
  kInterrupted,    // the user or the system asked to stop (exit status 6)
  kInternal,       // a bug in this program
};

class Error {
 public:
  Error(ErrorCode code, std::string what, int sys_errno = 0)
      : code_(code), sys_errno_(sys_errno), what_(std::move(what)) {}

  // "open /dev/sdb: Permission denied"; errno EACCES and its like stay readable through sys_errno().
  // Codes: ENOENT becomes kNotFound, EEXIST kAlreadyExists, ENOSPC kNoSpace, EINTR kInterrupted, the rest kIo.
  static Error from_errno(int sys_errno, std::string_view what);

  ErrorCode code() const { return code_; }
  int sys_errno() const { return sys_errno_; }
  const std::string& what() const { return what_; }

  // "context: what"
  Error with_context(std::string_view context) const;
  // The same failure under the code that a higher layer answers with; the text stays.
  Error recode(ErrorCode code) const { return Error(code, what_, sys_errno_); }

 private:
  ErrorCode code_;
  int sys_errno_;
  std::string what_;
};

}  // namespace kraken
