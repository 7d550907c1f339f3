// Small disk images for the decoders' tests, and other people's compressors to pack them with.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "base/units.h"

namespace kraken::test {

// A boot signature, then a mixture of text, noise and runs of zeros; the same bytes for the same size. A multiple of
// 512.
std::vector<std::byte> sample_image(Bytes size);

void write_bytes(const std::filesystem::path& file, const std::vector<std::byte>& bytes);
std::vector<std::byte> read_bytes(const std::filesystem::path& file);

// The standard output of a shell command, as it is; ends the test program when the command fails, for then its oracle
// is missing. The command may hold anything but a redirection of its output.
std::vector<std::byte> output_of(const std::filesystem::path& scratch_folder, const std::string& command);

// SHA-256 by sha256sum(1).
std::string sha256sum(const std::filesystem::path& file);

}  // namespace kraken::test
