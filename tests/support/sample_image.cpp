#include "support/sample_image.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>

#include "support/temp_folder.h"

namespace kraken::test {

std::vector<std::byte> sample_image(Bytes size) {
  constexpr std::size_t kRun = 4096;
  std::vector<std::byte> image(size);
  std::mt19937 random(20250313);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same image every time
  for (std::size_t start = 0; start < image.size(); start += kRun) {
    const std::size_t end = std::min(start + kRun, image.size());
    const auto kind = random() % 8;
    for (std::size_t i = start; i < end && kind < 4; ++i) {
      image[i] = static_cast<std::byte>(kind == 0 ? random() : 'a' + (i / 7) % 23);
    }
  }
  image.at(0) = std::byte{0xeb};
  image.at(510) = std::byte{0x55};
  image.at(511) = std::byte{0xaa};
  return image;
}

void write_bytes(const std::filesystem::path& file, const std::vector<std::byte>& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) std::abort();
}

std::vector<std::byte> read_bytes(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::vector<char> chars{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::vector<std::byte> bytes(chars.size());
  std::ranges::transform(chars, bytes.begin(), [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

std::vector<std::byte> output_of(const std::filesystem::path& scratch_folder, const std::string& command) {
  const std::filesystem::path file = scratch_folder / "output_of";
  const Ran ran = run("(" + command + ") > " + file.string());
  if (ran.status != 0) {
    std::fprintf(stderr, "%s: status %d: %s\n", command.c_str(), ran.status, ran.output.c_str());
    std::abort();
  }
  return read_bytes(file);
}

std::string sha256sum(const std::filesystem::path& file) {
  return run("sha256sum < " + file.string()).output.substr(0, 64);
}

}  // namespace kraken::test
