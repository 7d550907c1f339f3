// How BaseCache gets at an image: the steps, without the wording of the final error. One object a call.
#pragma once

#include <optional>

#include "decode/cache_index.h"
#include "decode/decoder.h"

namespace kraken {

// Digests in lower case; kInvalidArgument for one that is none.
Result<BaseDigests> normalise(const BaseDigests& digests);

class Obtainer {
 public:
  // `expected` is normalised. All four must outlive this; `growing` may be null.
  Obtainer(const CacheFolder& folder, const BaseDigests& expected, const DecodeProgress& progress,
           GrowingImage* growing)
      : folder_(folder), index_(folder), expected_(expected), progress_(progress), growing_(growing) {}

  Result<CachedBase> from_file(const std::filesystem::path& file) const;
  Result<CachedBase> from_url(const std::string& url) const;

 private:
  using Found = std::optional<CachedBase>;

  Status compare(const KnownDigests& found, Bytes image_size) const;
  Result<CachedBase> known_image(const CacheIndex::Image& image, const std::string& file_sha256) const;

  Result<Found> recall_path(const std::filesystem::path& file) const;
  Result<Found> recall_content(const BlockSource& file) const;
  Result<Found> recall_expected() const;

  Result<CachedBase> use_raw(const FileSource& file, const FileIdentity& identity) const;
  Result<CachedBase> open_raw(const std::filesystem::path& file, const FileIdentity& identity,
                              const std::string& sha256) const;
  Result<CachedBase> use_compressed(const FileSource& file, const FileIdentity& identity) const;
  Status let_follow(const FileSource& file, const TemporaryFile& image) const;
  Result<CachedBase> decode_new(const FileSource& file, const FileIdentity& identity) const;
  Status publish(TemporaryFile& image, const std::string& sha256) const;

  const CacheFolder& folder_;
  CacheIndex index_;
  const BaseDigests& expected_;
  const DecodeProgress& progress_;
  GrowingImage* growing_;
};

}  // namespace kraken
