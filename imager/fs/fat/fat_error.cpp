#include "fs/fat/fat_error.h"

#include <string>

namespace kraken::fat {

Error corrupt_volume(std::string_view what) {
  return Error(ErrorCode::kCorrupt, std::string(what) + "; check the volume with fsck.fat, or take another image");
}

}  // namespace kraken::fat
