// Where --output puts the images of a run, and what must not be lost to a run: an image takes the place of a file that
// has its name, and a loop device's file is overwritten.
#pragma once

#include <filesystem>
#include <vector>

#include "cli/environment.h"
#include "cli/options.h"
#include "config/model.h"

namespace kraken {

// What a run reads. No output may be one of the files, by whatever name, or lie in one of the folders.
struct RunInputs {
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> folders;
};

RunInputs inputs_of(const ClusterConfig& cluster, const CommonOptions& common, const Environment& environment);

// A file for each node. A single node's is named itself, unless the name ends in a slash or is a folder's; several
// nodes' lie in a folder, which is made. kInvalidArgument for a name that will not do, kTargetRefused when an image or
// its receipt would take the place of an input, or the folder cannot be made.
Result<std::vector<std::filesystem::path>> output_files(const BurnOptionsCli& options,
                                                        const std::vector<const NodeConfig*>& nodes,
                                                        const RunInputs& inputs);

// kTargetRefused for a loop device that shows an input.
Status check_spares_inputs(const BlockDevice& card, const RunInputs& inputs);

}  // namespace kraken
