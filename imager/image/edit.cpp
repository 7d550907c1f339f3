#include "image/edit.h"

namespace kraken {

namespace {

ErrorCode code_for_overlay(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kNotFound:
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kUnsupported:
      return ErrorCode::kConfig;
    default:
      return code;
  }
}

}  // namespace

Error told_of_overlay(const Error& error, const EditReason& reason) {
  if (reason.file.empty()) return error;
  return error.recode(code_for_overlay(error.code()))
      .with_context(reason.origin.text() + ": " + reason.text + ": " + reason.file);
}

}  // namespace kraken
