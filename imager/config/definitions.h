// The tables: every key of cluster.yaml, of a profile, of overlay.yaml and of a base description, with what it may
// hold.
#pragma once

#include <string>

#include "config/definition.h"
#include "config/reader.h"

namespace kraken {

const Definition& cluster_definition();
const Definition& profile_definition();
const Definition& overlay_definition();
const Definition& base_definition();
const Definition& definition_of(SchemaKind kind);

// Names of files and folders that a YAML file picks (profiles, overlays, bases): no slash and no leading dot, so that a
// name never leaves its folder.
inline constexpr const char* kFileNamePattern = "^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$";
Definition file_name(std::string description);

inline constexpr const char* kSha256Pattern = "^[0-9a-fA-F]{64}$";
Definition sha256(std::string description);

}  // namespace kraken
