// Reads the YAML files into the model. The only includer of yaml-cpp is behind this header.
//
// Every failure is kConfig and names file, line and column, what was found and what was expected; all independent
// mistakes of a file are collected, one a line, rather than the first alone.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"

namespace kraken {

// Where the files that ship with the tool lie: <share>/profiles, <share>/profiles/bases, <share>/overlays. The folders
// of the same names beside cluster.yaml come first.
struct ConfigPaths {
  std::filesystem::path share;
};

Result<ClusterConfig> read_cluster(const std::filesystem::path& file, const ConfigPaths& paths);

// `near` is cluster.yaml's folder, or empty. kNotFound names the known bases.
Result<BaseDescription> read_base_description(const std::string& name, const std::filesystem::path& near,
                                              const ConfigPaths& paths);

// overlays/NAME/overlay.yaml: owners, modes and templates of the files below rootfs/ and boot/.
struct OverlayRule {
  std::string
      path;  // as below rootfs/ or boot/: "rootfs/etc/motd"; a folder's rule is its own alone; fnmatch(3) pattern
  std::optional<std::uint32_t> mode;
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  bool is_template = false;
  Origin origin;
};
struct OverlayDescription {
  std::string name;
  std::filesystem::path folder;
  std::string description;
  std::vector<OverlayRule> rules;  // later ones win
};
Result<OverlayDescription> read_overlay(const Sourced<std::string>& name,
                                        const std::vector<std::filesystem::path>& folders);

// JSON Schema (draft 2020-12) of cluster.yaml, of a profile, of an overlay.yaml, of a base description: generated from
// the definitions that the reader itself checks with.
enum class SchemaKind { kCluster, kProfile, kOverlay, kBase };
std::string json_schema(SchemaKind kind);

}  // namespace kraken
