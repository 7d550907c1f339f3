#include "base/error.h"

#include <cerrno>
#include <cstring>

namespace kraken {

namespace {

ErrorCode code_of(int sys_errno) {
  switch (sys_errno) {
    case ENOENT:
      return ErrorCode::kNotFound;
    case EEXIST:
      return ErrorCode::kAlreadyExists;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kNoSpace;
    case EINTR:
      return ErrorCode::kInterrupted;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace

Error Error::from_errno(int sys_errno, std::string_view what) {
  return Error(code_of(sys_errno), std::string(what) + ": " + std::strerror(sys_errno), sys_errno);
}

Error Error::with_context(std::string_view context) const {
  return Error(code_, std::string(context) + ": " + what_, sys_errno_);
}

}  // namespace kraken
