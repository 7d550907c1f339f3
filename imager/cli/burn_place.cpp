#include "cli/burn_place.h"

#include "cli/environment.h"
#include "cli/render.h"

namespace kraken {

Result<std::optional<ImageSize>> image_size_for(const BurnPlace& place, const BurnOptionsCli& options) {
  if (!place.card) {
    if (options.size) return std::optional(ImageSize{*options.size, {"--size", 0, 0}});
    return std::optional<ImageSize>();
  }
  const Bytes size = options.size.value_or(place.card->size);
  if (size > place.card->size) {
    return Error(ErrorCode::kTargetRefused,
                 place.path.string() + " has " + human_bytes(place.card->size) + ", less than --size asks for");
  }
  return std::optional(ImageSize{round_down(size, kMiB), {place.path.string(), 0, 0}});
}

Result<std::unique_ptr<Target>> open_place(const BurnPlace& place, Bytes image_size, const CardOptions& cards) {
  if (!place.card) return open_file_target(place.path, image_size);
  DevicePolicy policy{image_size, cards.roots, cards.limits, cards.fixed, identity_of(*place.card), {}};
  policy.permission.announce = print_note;
  policy.permission.patience.stop = &stop_flag();
  return open_device_target(place.path, policy);
}

}  // namespace kraken
