// Reading an image's small files for the inspection of its operating system: what is missing is no error, what is too
// large or cannot be read makes the image unusable.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fs/image_tree.h"

namespace kraken {

// The text of a file, through the image's links; nothing when it is not there (or a link that leads nowhere).
// kBaseImage when it is no text, or larger than kMaxOsText.
Result<std::optional<std::string>> read_os_text(ImageTree& tree, std::string_view path);

// Whether something is there: a link counts even when it leads nowhere, as an enabled unit's may.
Result<bool> is_there(ImageTree& tree, std::string_view path);

// The names in a folder; none when it is not there or no folder.
Result<std::vector<std::string>> names_in(ImageTree& tree, std::string_view path);

// "<what>, because <why>; <todo>" under kBaseImage.
Error unusable_image(std::string_view what, std::string_view why, std::string_view todo);

}  // namespace kraken
