#include "decode/cache_index.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "json/json.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr Bytes kMaxRecord = 64 * kKiB;  // a path has 4096 bytes at most (PATH_MAX), six times that as JSON

Json new_record() {
  Json record = Json::object();
  record.set("version", kVersion);
  return record;
}

std::optional<Json> read_record(const std::filesystem::path& path) {
  const auto text = read_whole_file(path, kMaxRecord);
  if (!text.ok()) return std::nullopt;
  auto record = parse_json(*text, {.max_size = kMaxRecord, .max_depth = 4});
  if (!record.ok()) return std::nullopt;
  const Json* version = record->find("version");
  if (version == nullptr || version->as_int() == nullptr || *version->as_int() != kVersion) return std::nullopt;
  return std::move(*record);
}

// By way of the cache's temporary folder, which is swept; a killed write_file_atomically() would leave its own behind.
Status write_record(const CacheFolder& folder, const std::filesystem::path& path, const Json& record) {
  KRAKEN_ASSIGN(TemporaryFile file, TemporaryFile::create(folder));
  KRAKEN_TRY(write_all(file.fd(), as_bytes(format_json(record))).with_context(file.path().string()));
  KRAKEN_TRY(file.seal());
  return file.publish(path);
}

const std::string* string_of(const Json& record, std::string_view key) {
  const Json* value = record.find(key);
  return value == nullptr ? nullptr : value->as_string();
}

std::optional<std::int64_t> number_of(const Json& record, std::string_view key) {
  const Json* value = record.find(key);
  if (value == nullptr || value->as_int() == nullptr) return std::nullopt;
  return *value->as_int();
}

// Digests become file names: nothing but 64 lower-case digits passes.
std::optional<std::string> digest_of(const Json& record, std::string_view key) {
  const std::string* text = string_of(record, key);
  if (text == nullptr || !is_hex_sha256(*text)) return std::nullopt;
  if (std::ranges::any_of(*text, [](char c) { return c >= 'A' && c <= 'F'; })) return std::nullopt;
  return *text;
}

std::filesystem::path path_record(const CacheFolder& folder, const std::filesystem::path& file) {
  return folder.paths() / (hex_digest(sha256(as_bytes(file.string()))) + ".json");
}

}  // namespace

std::filesystem::path CacheIndex::image_path(const std::string& image_sha256) const {
  return folder_.images() / (image_sha256 + ".img");
}

std::optional<CacheIndex::Image> CacheIndex::find_image(const std::string& image_sha256) const {
  const auto record = read_record(folder_.images() / (image_sha256 + ".json"));
  if (!record) return std::nullopt;
  const auto size = number_of(*record, "size");
  const auto mtime = number_of(*record, "mtime_ns");
  if (!size || *size <= 0 || !mtime || digest_of(*record, "sha256") != image_sha256) return std::nullopt;
  const std::filesystem::path path = image_path(image_sha256);
  auto source = FileSource::open(path);
  // Looked at after it was opened: what is published here later has these digests, too.
  const auto identity = identify(path);
  if (!source.ok() || !identity.ok()) return std::nullopt;
  const auto expected = static_cast<Bytes>(*size);
  if (identity->size != expected || (*source)->size() != expected || identity->mtime_ns != *mtime) return std::nullopt;
  return Image{std::shared_ptr<const FileSource>(std::move(*source)), path, image_sha256};
}

Status CacheIndex::record_image(const std::string& image_sha256, const TemporaryFile& sealed) const {
  KRAKEN_ASSIGN(const FileIdentity identity, identify(sealed.path()));
  Json record = new_record();
  record.set("sha256", image_sha256);
  record.set("size", identity.size);
  record.set("mtime_ns", identity.mtime_ns);
  return write_record(folder_, folder_.images() / (image_sha256 + ".json"), record);
}

std::optional<std::string> CacheIndex::find_file(const std::string& file_sha256) const {
  const auto record = read_record(folder_.files() / (file_sha256 + ".json"));
  if (!record || digest_of(*record, "file_sha256") != file_sha256) return std::nullopt;
  return digest_of(*record, "image_sha256");
}

Status CacheIndex::record_file(const KnownDigests& digests, Bytes file_size) const {
  Json record = new_record();
  record.set("file_sha256", digests.file_sha256);
  record.set("file_size", file_size);
  record.set("image_sha256", digests.image_sha256);
  return write_record(folder_, folder_.files() / (digests.file_sha256 + ".json"), record);
}

bool CacheIndex::knows_file_of_size(Bytes file_size) const {
  std::error_code failed;
  std::filesystem::directory_iterator entries(folder_.files(), failed);
  for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
    const auto record = read_record(entries->path());
    const auto size = record ? number_of(*record, "file_size") : std::nullopt;
    if (size && *size >= 0 && static_cast<Bytes>(*size) == file_size) return true;
  }
  return false;
}

std::optional<KnownDigests> CacheIndex::find_path(const std::filesystem::path& file,
                                                  const FileIdentity& identity) const {
  const auto record = read_record(path_record(folder_, file));
  if (!record) return std::nullopt;
  const std::string* known = string_of(*record, "identity");
  const auto file_sha256 = digest_of(*record, "file_sha256");
  const auto image_sha256 = digest_of(*record, "image_sha256");
  if (known == nullptr || !file_sha256 || !image_sha256) return std::nullopt;
  if (*known != identity.to_text()) return std::nullopt;
  return KnownDigests{*file_sha256, *image_sha256};
}

Status CacheIndex::record_path(const std::filesystem::path& file, const FileIdentity& identity,
                               const KnownDigests& digests) const {
  Json record = new_record();
  record.set("path", file.string());  // for people: the record's own name stands for the path
  record.set("identity", identity.to_text());
  record.set("file_sha256", digests.file_sha256);
  record.set("image_sha256", digests.image_sha256);
  return write_record(folder_, path_record(folder_, file), record);
}

}  // namespace kraken
