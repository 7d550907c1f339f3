// The plan of a node's image: from the configuration and what the base is, every edit with its reason. Reads the opened
// image, changes nothing in it.
#pragma once

#include "base/result.h"
#include "image/edit.h"
#include "image/node_image.h"
#include "image/node_inputs.h"
#include "image/opened_image.h"

namespace kraken {

// kConfig for what the configuration asks and cannot have, kBaseImage for what the base cannot do.
Result<NodePlan> plan_node(OpenedImage& image, const NodeInputs& inputs, const ImageSize& size);

}  // namespace kraken
