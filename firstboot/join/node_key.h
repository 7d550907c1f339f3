// The secrets on a node's card, as this program reads them: see contract/node_secrets.h.
#pragma once

#include <filesystem>

#include "contract/node_secrets.h"

namespace kraken {

// kNotFound when there is no such file below `root`; kConfig when others than its owner may read it.
Result<NodeSecrets> read_node_secrets(const std::filesystem::path& root);
// This node's own. kNotFound when there is none, because the card came without or because it has been erased.
Result<SecretBytes> read_join_key(const std::filesystem::path& root);

}  // namespace kraken
