// How this folder words a volume that breaks FAT's rules: what is wrong, then what to do about it.
#pragma once

#include <string_view>

#include "base/result.h"

namespace kraken::fat {

// kCorrupt: "<what>; check the volume with fsck.fat, or take another image".
Error corrupt_volume(std::string_view what);

}  // namespace kraken::fat
