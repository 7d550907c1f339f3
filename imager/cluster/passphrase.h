// The passphrase over the secrets folder: where it comes from is the caller's; what one may be is said here.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/secret_bytes.h"

namespace kraken {

inline constexpr std::size_t kMinPassphrase = 8;  // of a new one
inline constexpr std::size_t kMaxPassphrase = 1024;

// Asked for the passphrase of a file that is encrypted: what to try, given how many were wrong before. Its error ends
// the reading, and says how else to give one.
using AskPassphrase = std::function<Result<SecretBytes>(const std::filesystem::path& file, int wrong_ones)>;

// kConfig unless it is one to encrypt with: 8 to 1024 bytes without control characters.
Status check_new_passphrase(std::span<const std::byte> passphrase);

// The one line of a private file. kConfig when it is no ordinary file, belongs to somebody else, may be read by others,
// or is not one line of 1 to 1024 bytes.
Result<SecretBytes> read_passphrase_file(const std::filesystem::path& file);

}  // namespace kraken
