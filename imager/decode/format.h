// What a file or a decoded stream is, told by its first bytes alone: an image as it may be published, or something that
// people mistake for one.
#pragma once

#include <span>
#include <string>

#include "base/result.h"
#include "base/units.h"

namespace kraken {

enum class ImageFormat { kRaw, kXz, kZstd, kGzip, kBzip2, kZip };

// As many first bytes as detect_format() can make use of; fewer are fine for a shorter file.
inline constexpr Bytes kFormatHeadSize = 512;

// "xz", "zstd", ...; "raw image".
std::string format_name(ImageFormat format);

// kRaw is what nothing else claims. kUnsupported for a known format that is no image this program reads (tar, 7z,
// qcow2, a web page, ...), with what to do about it.
Result<ImageFormat> detect_format(std::span<const std::byte> head);

}  // namespace kraken
