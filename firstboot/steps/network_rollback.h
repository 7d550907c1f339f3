// What the network's files were before this program changed them, kept on the disk until the new configuration has been
// proved, so that a power cut in between leaves a way back. At kNetworkRollbackPath, 0600: a file of another program
// may hold a secret.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "facts/network_facts.h"
#include "system/system.h"

namespace kraken {

struct FileBefore {
  std::string content;
  FileMode mode = FileMode::kPublic;
  friend bool operator==(const FileBefore&, const FileBefore&) = default;
};

// By path; nothing: there was no such file.
using FilesBefore = std::map<std::string, std::optional<FileBefore>>;

std::string format_files_before(const FilesBefore& files);
// kCorrupt for anything else than such a file; its paths all lie below /etc.
Result<FilesBefore> parse_files_before(std::string_view text);

// Those that `config` changes. kIo when one of them is there and cannot be read.
Result<FilesBefore> files_before(const NetworkFacts& facts);

// Those of `before` that are not on the disk as they were: this run has `changed` them since `facts`, or one that was
// cut off had. On a full disk the others could not be written, and need not be.
FilesBefore files_to_restore(FilesBefore before, const NetworkFacts& facts, const std::set<std::string>& changed);

// Puts every file back as it was. Goes on after a failure, and answers with the first one.
Status restore_files(const FilesBefore& files, System& system);

}  // namespace kraken
