#include "cluster/sealed_file.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "crypto/aes_gcm.h"
#include "crypto/base64.h"
#include "crypto/random.h"

namespace kraken {

namespace {

constexpr std::string_view kHeaderWord = "kraken-sealed ";
constexpr std::string_view kHeader = "kraken-sealed 1";
constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kLines = 5;

Error malformed(std::size_t line, const std::string& expected) {
  return Error(ErrorCode::kConfig, "line " + std::to_string(line) + ": expected " + expected);
}

bool is_file_name(std::string_view name) {
  return is_plain_word(name, "._-", 64) && name.front() != '.';
}

// Lines without their ends; those of another system's editor, and a missing last one, are no reason to lock somebody
// out.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines = split(text, '\n');
  if (lines.back().empty()) lines.pop_back();
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
  }
  return lines;
}

// The value behind "word " in a line; an empty text for another line.
std::string_view value_of(std::string_view line, std::string_view word) {
  if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ') return {};
  return line.substr(word.size() + 1);
}

std::optional<std::vector<std::byte>> decoded(std::string_view base64, std::size_t least, std::size_t most) {
  const auto bytes = from_base64(base64);
  if (!bytes || bytes->size() < least || bytes->size() > most) return std::nullopt;
  return std::vector<std::byte>(bytes->view().begin(), bytes->view().end());
}

std::optional<std::uint32_t> number(std::string_view text) {
  const auto value = parse_u64(text);
  if (!value || *value > std::numeric_limits<std::uint32_t>::max() || std::to_string(*value) != text) {
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(*value);
}

Status read_cost(std::string_view line, SealedFile& file) {
  const std::vector<std::string> words = split(value_of(line, "scrypt"), ' ');
  if (words.size() != 4) return malformed(3, "scrypt, its three costs and a salt");
  const auto log2_n = number(words[0]);
  const auto r = number(words[1]);
  const auto p = number(words[2]);
  const auto salt = decoded(words[3], kSaltSize, kSaltSize);
  if (!log2_n || !r || !p || !salt) return malformed(3, "scrypt, its three costs and a salt");
  file.cost = {*log2_n, *r, *p};
  file.salt = *salt;
  if (is_bearable(file.cost)) return ok_status();
  return malformed(3, "a cost that this program would have written; this one would take too much memory or time");
}

// What is authenticated besides the data.
std::string header_of(const SealedFile& file) {
  return std::string(kHeader) + "\nfile " + file.name + "\nscrypt " + std::to_string(file.cost.log2_n) + " " +
         std::to_string(file.cost.r) + " " + std::to_string(file.cost.p) + " " + to_base64(file.salt) +
         "\naes-256-gcm " + to_base64(file.nonce) + "\n";
}

Result<SecretBytes> key_of(const SealedFile& file, std::span<const std::byte> passphrase) {
  return scrypt(passphrase, file.salt, file.cost, kAesGcmKeySize);
}

Result<std::vector<std::byte>> random_public(std::size_t size) {
  KRAKEN_ASSIGN(const SecretBytes bytes, random_bytes(size));
  return std::vector<std::byte>(bytes.view().begin(), bytes.view().end());
}

}  // namespace

bool is_sealed_file(std::string_view text) {
  return text.starts_with(kHeaderWord);
}

Result<SealedFile> parse_sealed_file(std::string_view text) {
  if (text.size() > kMaxSealedFileSize) return Error(ErrorCode::kConfig, "larger than any encrypted secret");
  const std::vector<std::string> lines = lines_of(text);
  if (lines.empty() || !is_sealed_file(lines[0])) return malformed(1, "kraken-sealed and a version");
  if (lines[0] != kHeader) return Error(ErrorCode::kConfig, "encrypted in a way that this version does not know");
  if (lines.size() != kLines) return malformed(kLines, "the file to end after five lines");
  SealedFile file;
  file.name = value_of(lines[1], "file");
  if (!is_file_name(file.name)) return malformed(2, "file and a name");
  KRAKEN_TRY(read_cost(lines[2], file));
  const auto nonce = decoded(value_of(lines[3], "aes-256-gcm"), kAesGcmNonceSize, kAesGcmNonceSize);
  if (!nonce) return malformed(4, "aes-256-gcm and a nonce");
  const auto data = decoded(lines[4], kAesGcmTagSize, kMaxSecretFileSize + kAesGcmTagSize);
  if (!data) return malformed(kLines, "the encrypted content in base64");
  file.nonce = *nonce;
  file.data = *data;
  return file;
}

std::string format_sealed_file(const SealedFile& file) {
  return header_of(file) + to_base64(file.data) + "\n";
}

Result<SealedFile> seal_file(const SealInput& input, const ScryptCost& cost) {
  if (!is_file_name(input.name) || input.content.size() > kMaxSecretFileSize) {
    return Error(ErrorCode::kInvalidArgument, "this cannot be encrypted as a secret's file");
  }
  SealedFile file;
  file.name = input.name;
  file.cost = cost;
  KRAKEN_ASSIGN(file.salt, random_public(kSaltSize));
  KRAKEN_ASSIGN(file.nonce, random_public(kAesGcmNonceSize));
  KRAKEN_ASSIGN(const SecretBytes key, key_of(file, input.passphrase));
  const std::string header = header_of(file);
  KRAKEN_ASSIGN(
      file.data,
      aes256_gcm_seal({.key = key.view(), .nonce = file.nonce, .associated = as_bytes(header), .text = input.content}));
  return file;
}

Result<std::optional<SecretBytes>> open_sealed_file(const SealedFile& file, std::span<const std::byte> passphrase) {
  KRAKEN_ASSIGN(const SecretBytes key, key_of(file, passphrase));
  const std::string header = header_of(file);
  return aes256_gcm_open({.key = key.view(), .nonce = file.nonce, .associated = as_bytes(header), .text = file.data});
}

}  // namespace kraken
