// From a base and the configuration to a node's image: the plan, and the overlay that it was carried out on. Takes well
// under a second; copies nothing of the base.
#pragma once

#include <memory>

#include "block/overlay.h"
#include "decode/base_cache.h"
#include "image/edit.h"
#include "image/node_inputs.h"

namespace kraken {

struct NodeImage {
  NodePlan plan;
  std::unique_ptr<Overlay> image;
};

// How large the finished image is and who said so.
struct ImageSize {
  Bytes bytes = 0;
  Origin origin;
};

// For a file, whose card is not known: 95 % of the node's card where cluster.yaml names one (cards hold less than they
// are sold as), else what its profile asks of a card; never less than that or than the base.
ImageSize default_image_size(const NodeConfig& node, Bytes base_size);

// kInvalidArgument when an image of this size does not hold the base, kConfig when the node's profile asks for more.
Status check_image_size(const ImageSize& size, const NodeConfig& node, Bytes base_size);

// kConfig when an overlay or a setting cannot be carried out, kBaseImage for everything that is wrong with the base or
// does not fit into it.
Result<NodeImage> make_node_image(const CachedBase& base, const NodeInputs& inputs, const ImageSize& size);

}  // namespace kraken
