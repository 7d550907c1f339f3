#include "facts/text_file.h"

#include <sys/stat.h>

#include "sys/files.h"

namespace kraken {

TextFile read_text_file(const std::filesystem::path& path, Bytes limit) {
  auto text = read_whole_file(path, limit);
  if (!text.ok() && text.error().code() == ErrorCode::kNotFound) return {};
  if (!text.ok()) {
    return {.state = TextFile::State::kUnreadable, .content = {}, .problem = text.error().what()};
  }
  TextFile file{.state = TextFile::State::kPresent, .content = std::move(*text), .problem = {}};
  struct stat info = {};
  file.is_private = ::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  return file;
}

}  // namespace kraken
