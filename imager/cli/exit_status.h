// The exit statuses that README.md documents; nothing else in the tool knows their numbers.
#pragma once

#include "base/error.h"

namespace kraken {

inline constexpr int kExitDone = 0;
inline constexpr int kExitBug = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitBaseImage = 3;
inline constexpr int kExitTargetRefused = 4;
inline constexpr int kExitWriteFailed = 5;
inline constexpr int kExitInterrupted = 6;

constexpr int exit_status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kConfig:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
      return kExitUsage;
    case ErrorCode::kBaseImage:
    case ErrorCode::kCorrupt:
    case ErrorCode::kUnsupported:
      return kExitBaseImage;
    case ErrorCode::kTargetRefused:
      return kExitTargetRefused;
    case ErrorCode::kWriteFailed:
    case ErrorCode::kIo:
    case ErrorCode::kNoSpace:
      return kExitWriteFailed;
    case ErrorCode::kInterrupted:
      return kExitInterrupted;
    case ErrorCode::kInternal:
      return kExitBug;
  }
  return kExitBug;
}

}  // namespace kraken
