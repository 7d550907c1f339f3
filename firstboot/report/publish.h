// Puts the status where a person finds it without logging in: on the boot partition, which any computer reads.
#pragma once

#include <filesystem>
#include <string>

#include "facts/facts.h"
#include "report/status.h"
#include "system/system.h"

namespace kraken {

inline constexpr std::string_view kStatusJsonName = "kraken-status.json";
inline constexpr std::string_view kStatusTextName = "kraken-status.txt";
inline constexpr std::size_t kStatusMaxSize = std::size_t{64} * 1024;

struct BootPartition {
  std::filesystem::path root;
  std::string folder;  // "/boot/firmware", as the node sees it
  BootFacts facts;
};

// Writes both files, each only when its content differs. kNotFound when no partition is mounted at the folder (the root
// file system's folder of that name is never written to), kIo when it is read-only, else what the system says.
Status publish_status(const RunReport& report, const BootPartition& boot, System& system);

// Where the boot partition is when no node record says so; "" when none is mounted where images of this kind have it.
std::string find_boot_folder(const std::filesystem::path& root, const System& system);

// The readable status, as the last run wrote it.
Result<std::string> read_published_text(const BootPartition& boot);

}  // namespace kraken
