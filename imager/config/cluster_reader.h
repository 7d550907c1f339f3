// cluster.yaml's text to a ClusterConfig, with all that it names: profiles, overlays, the base, key files.
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"
#include "config/model.h"
#include "config/reader.h"

namespace kraken {

// As read_cluster(), but with the text given; `file` says where it would lie.
Result<ClusterConfig> read_cluster_text(std::string_view text, const std::filesystem::path& file,
                                        const ConfigPaths& paths);

// One file of its kind by itself: its form and its values, but nothing that other files say.
Status check_text(SchemaKind kind, std::string_view text, const std::string& name);

}  // namespace kraken
