// What the base cache remembers, one small JSON file a fact. Nothing in it is believed unless it still fits the files
// it speaks of; a record that is damaged, foreign or out of date counts as none, and the work is done again.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "block/file_source.h"
#include "decode/cache_folder.h"
#include "decode/file_identity.h"

namespace kraken {

// Lower-case SHA-256 digests. They are equal for a raw file, which is its own image.
struct KnownDigests {
  std::string file_sha256;
  std::string image_sha256;
};

class CacheIndex {
 public:
  explicit CacheIndex(CacheFolder folder) : folder_(std::move(folder)) {}

  struct Image {
    std::shared_ptr<const FileSource> source;
    std::filesystem::path path;
    std::string sha256;
  };
  // A published image, opened, if its file has the size and the modification time that it was published with.
  std::optional<Image> find_image(const std::string& image_sha256) const;
  // For a sealed file that is about to be published as image_path(): a record without its image is harmless, an image
  // without its record would lie there for ever.
  Status record_image(const std::string& image_sha256, const TemporaryFile& sealed) const;
  std::filesystem::path image_path(const std::string& image_sha256) const;

  // The image that the file with this digest decodes to.
  std::optional<std::string> find_file(const std::string& file_sha256) const;
  Status record_file(const KnownDigests& digests, Bytes file_size) const;
  // Whether it pays to hash a file of this size before it is decoded.
  bool knows_file_of_size(Bytes file_size) const;

  // `file` is canonical (realpath), so that one file has one record.
  std::optional<KnownDigests> find_path(const std::filesystem::path& file, const FileIdentity& identity) const;
  Status record_path(const std::filesystem::path& file, const FileIdentity& identity,
                     const KnownDigests& digests) const;

 private:
  CacheFolder folder_;
};

}  // namespace kraken
