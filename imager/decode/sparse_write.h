// Writes a part of an image to a file that reads as zeros where nothing was written: runs of zero blocks are left out.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

// As write_all_at() fails. The file's size is the caller's to set: zeros at its end are left out too.
Status write_sparsely(int fd, Bytes offset, std::span<const std::byte> data);

}  // namespace kraken
