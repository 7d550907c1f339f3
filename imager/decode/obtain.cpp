#include "decode/obtain.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "crypto/digest.h"
#include "decode/announced_size.h"
#include "decode/download.h"
#include "decode/unchanged_file.h"
#include "decode/unpack.h"

namespace kraken {

namespace {

Status normalise_digest(std::optional<std::string>& digest) {
  if (!digest) return ok_status();
  if (!is_hex_sha256(*digest)) {
    return Error(ErrorCode::kInvalidArgument, "the expected SHA-256 \"" + *digest + "\" is not 64 hexadecimal digits");
  }
  std::ranges::transform(*digest, digest->begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return ok_status();
}

Status compare_digest(const std::optional<std::string>& expected, const std::string& found,
                      const std::string& of_what) {
  if (!expected || *expected == found) return ok_status();
  return Error(ErrorCode::kBaseImage, "the SHA-256 of " + of_what + " is " + found + ", but " + *expected +
                                          " is expected: it is damaged, or another release; get it again, or correct "
                                          "the expected digest");
}

// Two threads for what `xz -6` made: who follows writes to a card, which is slower, and takes memory too.
DecodeLimits limits_when_followed() {
  DecodeLimits limits;
  limits.memory_of_threads = 20 * kMiB;
  return limits;
}

std::string lock_name(const std::string& key) {
  return hex_digest(sha256(as_bytes(key)));
}

}  // namespace

Result<BaseDigests> normalise(const BaseDigests& digests) {
  BaseDigests lower = digests;
  KRAKEN_TRY(normalise_digest(lower.file_sha256));
  KRAKEN_TRY(normalise_digest(lower.image_sha256));
  return lower;
}

Status Obtainer::compare(const KnownDigests& found, Bytes image_size) const {
  // An empty digest is one that nobody knows: an image found by its own digest alone.
  if (!found.file_sha256.empty()) KRAKEN_TRY(compare_digest(expected_.file_sha256, found.file_sha256, "the file"));
  KRAKEN_TRY(compare_digest(expected_.image_sha256, found.image_sha256, "the image in it"));
  if (expected_.image_size && *expected_.image_size != image_size) {
    return Error(ErrorCode::kBaseImage, "the image in it is " + std::to_string(image_size) + " bytes long, but " +
                                            std::to_string(*expected_.image_size) +
                                            " are expected: it is damaged, or another release");
  }
  return ok_status();
}

Result<CachedBase> Obtainer::known_image(const CacheIndex::Image& image, const std::string& file_sha256) const {
  KRAKEN_TRY(compare({file_sha256, image.sha256}, image.source->size()));
  return CachedBase{image.source, image.path, image.source->size(), image.sha256, file_sha256, true};
}

Result<Obtainer::Found> Obtainer::recall_path(const std::filesystem::path& file) const {
  KRAKEN_ASSIGN(const FileIdentity identity, identify(file));
  const auto digests = index_.find_path(file, identity);
  if (!digests) return Found();
  if (digests->file_sha256 == digests->image_sha256) {
    KRAKEN_ASSIGN(CachedBase base, open_raw(file, identity, digests->image_sha256));
    base.was_cached = true;
    return Found(std::move(base));
  }
  // Compared first: a digest that is wrong needs no decoding to be known as wrong, even if the image was removed.
  KRAKEN_TRY(compare_digest(expected_.file_sha256, digests->file_sha256, "the file"));
  const auto image = index_.find_image(digests->image_sha256);
  if (!image) return Found();
  KRAKEN_ASSIGN(CachedBase base, known_image(*image, digests->file_sha256));
  return Found(std::move(base));
}

// A file that was copied, moved or touched is the same to a digest. Hashing costs a small part of decoding, but is not
// for nothing only if a file of this size is known.
Result<Obtainer::Found> Obtainer::recall_content(const BlockSource& file) const {
  if (!index_.knows_file_of_size(file.size())) return Found();
  KRAKEN_ASSIGN(const std::string file_sha256, hash_source(file, progress_));
  KRAKEN_TRY(compare_digest(expected_.file_sha256, file_sha256, "the file"));
  const auto image_sha256 = index_.find_file(file_sha256);
  const auto image = image_sha256 ? index_.find_image(*image_sha256) : std::nullopt;
  if (!image) return Found();
  KRAKEN_ASSIGN(CachedBase base, known_image(*image, file_sha256));
  return Found(std::move(base));
}

Result<Obtainer::Found> Obtainer::recall_expected() const {
  std::optional<std::string> image_sha256 = expected_.image_sha256;
  if (expected_.file_sha256) image_sha256 = index_.find_file(*expected_.file_sha256);
  const auto image = image_sha256 ? index_.find_image(*image_sha256) : std::nullopt;
  if (!image) return Found();
  KRAKEN_ASSIGN(CachedBase base, known_image(*image, expected_.file_sha256.value_or("")));
  return Found(std::move(base));
}

Result<CachedBase> Obtainer::open_raw(const std::filesystem::path& file, const FileIdentity& identity,
                                      const std::string& sha256) const {
  // The digest is of that identity: what was opened must have it, and keep it.
  KRAKEN_ASSIGN(auto source, UnchangedFile::open(file, identity));
  const Bytes size = source->size();
  KRAKEN_TRY(compare({sha256, sha256}, size));
  return CachedBase{std::move(source), file, size, sha256, sha256, false};
}

Result<CachedBase> Obtainer::use_raw(const FileSource& file, const FileIdentity& identity) const {
  if (file.size() % kSectorSize != 0) {
    return Error(ErrorCode::kBaseImage, "it is no disk image, or one that is cut off: its " +
                                            std::to_string(file.size()) +
                                            " bytes are no whole number of 512-byte sectors");
  }
  KRAKEN_ASSIGN(const std::string sha256, hash_source(file, progress_));
  KRAKEN_ASSIGN(CachedBase base, open_raw(file.path(), identity, sha256));
  KRAKEN_TRY(index_.record_path(file.path(), identity, {sha256, sha256}));
  return base;
}

Status Obtainer::publish(TemporaryFile& image, const std::string& sha256) const {
  // Another file, or another compression, may have brought the same image.
  if (index_.find_image(sha256)) return ok_status();
  KRAKEN_TRY(image.seal());
  KRAKEN_TRY(index_.record_image(sha256, image));
  return image.publish(index_.image_path(sha256));
}

// Only where the size is known beforehand: whoever follows must know whether there is room for it.
Status Obtainer::let_follow(const FileSource& file, const TemporaryFile& image) const {
  if (growing_ == nullptr) return ok_status();
  const auto announced = announced_image_size(file);
  const auto size = announced ? announced : expected_.image_size;
  if (!size || (expected_.image_size && *expected_.image_size != *size)) return ok_status();
  return growing_->begin(image.fd(), *size);
}

Result<CachedBase> Obtainer::decode_new(const FileSource& file, const FileIdentity& identity) const {
  KRAKEN_ASSIGN(TemporaryFile temporary, TemporaryFile::create(folder_));
  KRAKEN_TRY(let_follow(file, temporary));
  const DecodeLimits limits = growing_ != nullptr ? limits_when_followed() : DecodeLimits{};
  KRAKEN_ASSIGN(const Unpacked unpacked, unpack_image(file, {temporary.fd(), growing_}, limits, progress_));
  const KnownDigests digests{unpacked.file_sha256, unpacked.image_sha256};
  KRAKEN_ASSIGN(const FileIdentity now, identify(file.path()));
  if (now != identity) return file_changed(file.path());
  KRAKEN_TRY(compare(digests, unpacked.size));
  KRAKEN_TRY(publish(temporary, unpacked.image_sha256));
  KRAKEN_TRY(index_.record_file(digests, file.size()));
  const auto image = index_.find_image(unpacked.image_sha256);
  if (!image) {
    return Error(ErrorCode::kBaseImage, index_.image_path(unpacked.image_sha256).string() +
                                            " vanished or changed right after it was written; try again");
  }
  KRAKEN_ASSIGN(CachedBase base, known_image(*image, unpacked.file_sha256));
  base.was_cached = false;
  return base;
}

Result<CachedBase> Obtainer::use_compressed(const FileSource& file, const FileIdentity& identity) const {
  KRAKEN_ASSIGN(Found found, recall_content(file));
  if (!found) {
    KRAKEN_ASSIGN(found, decode_new(file, identity));
  }
  KRAKEN_ASSIGN(const FileIdentity now, identify(file.path()));
  if (now != identity) return file_changed(file.path());
  KRAKEN_TRY(index_.record_path(file.path(), identity, {found->file_sha256, found->sha256}));
  return std::move(*found);
}

Result<CachedBase> Obtainer::from_file(const std::filesystem::path& file) const {
  KRAKEN_ASSIGN(Found known, recall_path(file));
  if (known) return std::move(*known);
  KRAKEN_ASSIGN(const CacheLock lock, CacheLock::acquire(folder_, lock_name(file.string()), progress_));
  KRAKEN_ASSIGN(known, recall_path(file));  // whoever held the lock may have done it
  if (known) return std::move(*known);
  KRAKEN_ASSIGN(const FileIdentity identity, identify_settled(file));
  KRAKEN_ASSIGN(const auto source, FileSource::open(file));
  KRAKEN_ASSIGN(const ImageFormat format, detect_source_format(*source));
  return format == ImageFormat::kRaw ? use_raw(*source, identity) : use_compressed(*source, identity);
}

Result<CachedBase> Obtainer::from_url(const std::string& url) const {
  KRAKEN_ASSIGN(Found known, recall_expected());
  if (known) return std::move(*known);
  KRAKEN_ASSIGN(const CacheLock lock, CacheLock::acquire(folder_, lock_name(url), progress_));
  KRAKEN_ASSIGN(known, recall_expected());
  if (known) return std::move(*known);
  KRAKEN_ASSIGN(const TemporaryFile file, TemporaryFile::create(folder_));
  KRAKEN_TRY(download(url, file.fd(), DownloadLimits{}, progress_));
  KRAKEN_ASSIGN(const FileIdentity identity, identify(file.path()));
  KRAKEN_ASSIGN(const auto source, FileSource::open(file.path()));
  return decode_new(*source, identity);
}

}  // namespace kraken
