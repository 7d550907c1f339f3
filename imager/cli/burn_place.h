// Where a node's image goes: a card that was chosen, or a file.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "burn/target.h"
#include "cli/options.h"
#include "image/node_image.h"

namespace kraken {

struct BurnPlace {
  std::filesystem::path path;       // the device's or the file's
  std::optional<BlockDevice> card;  // as it was when it was chosen; nothing: a file
};

// The size of an image for this place: what --size says, else the card's own; nothing for a file, which takes the
// node's. kTargetRefused when the card is smaller than --size.
Result<std::optional<ImageSize>> image_size_for(const BurnPlace& place, const BurnOptionsCli& options);

// As open_device_target() and open_file_target() do; the card must still be the one that was chosen.
Result<std::unique_ptr<Target>> open_place(const BurnPlace& place, Bytes image_size, const CardOptions& cards);

}  // namespace kraken
