#include "system/put_file.h"

#include <filesystem>

namespace kraken {

Status put_file(System& system, std::string_view path, std::string_view content, FileMode mode) {
  KRAKEN_TRY(system.make_folder(std::filesystem::path(path).parent_path().string()));
  return system.replace_file(path, content, mode);
}

}  // namespace kraken
