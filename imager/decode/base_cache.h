// Base images as raw, verified block sources. A compressed image is decoded once into a cache folder and published
// there by a rename after it was verified; a raw image is used where it lies and never copied: when it is changed
// meanwhile, or removed, the next read of it fails with kBaseImage. Safe for several threads and processes at once: of
// those that want the same file one decodes and the others wait for it. Nothing that was not verified is ever found in
// the cache.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "block/block_source.h"
#include "block/growing_image.h"

namespace kraken {

// What the caller knows about a base beforehand; what is not known is not compared. Digests are SHA-256 in hexadecimal,
// upper or lower case.
struct BaseDigests {
  std::optional<std::string> file_sha256 = std::nullopt;   // of the file as it is given or published, compressed or not
  std::optional<std::string> image_sha256 = std::nullopt;  // of the raw image
  std::optional<Bytes> image_size = std::nullopt;          // of the raw image
};

struct CachedBase {
  std::shared_ptr<const BlockSource> image;  // raw; knows its holes; stays readable when the cache is cleaned meanwhile
  std::filesystem::path path;                // the raw image: in the cache, or the file given when that is raw
  Bytes size = 0;                            // of the raw image: a multiple of 512
  std::string sha256;                        // of the raw image, lower case
  std::string file_sha256;                   // of the file as given or downloaded, lower case; see obtain_url()
  bool was_cached = false;                   // nothing had to be downloaded, decoded or hashed
};

// Told how many of the input's bytes are done, from the thread that called; `total` is 0 while it is not known. For a
// download the count runs twice: while it is downloaded, and while it is decoded. False asks to stop. May be empty.
using DecodeProgress = std::function<bool(Bytes done, Bytes total)>;

class BaseCache {
 public:
  // ${XDG_CACHE_HOME}/kraken-image when that is an absolute path, otherwise ~/.cache/kraken-image. kNotFound when there
  // is no home folder either.
  static Result<std::filesystem::path> default_folder();

  // Makes the folder when it is missing, and removes what killed processes left. Any failure is kBaseImage.
  static Result<BaseCache> open(const std::filesystem::path& folder);

  // A local image: raw, xz, zstd, gzip, bzip2, or a zip with one image in it; known by its content, never by its name.
  // A file that is known by path, device, inode, size and times is not read again. Fails with kBaseImage, naming the
  // file and the cause, or with kInterrupted when `progress` said so; either way nothing was published.
  // What has to be decoded can be followed in `growing`, where its size is known beforehand; it has ended when this
  // returns, and only success says that it was whole.
  Result<CachedBase> obtain(const std::filesystem::path& file, const BaseDigests& expected = {},
                            const DecodeProgress& progress = {}, GrowingImage* growing = nullptr) const;

  // The same for http, https and file URLs. With a digest in `expected` a known image is used without the network (when
  // only the image's digest is known, file_sha256 is empty then); without one it is downloaded every time.
  Result<CachedBase> obtain_url(const std::string& url, const BaseDigests& expected = {},
                                const DecodeProgress& progress = {}, GrowingImage* growing = nullptr) const;

  const std::filesystem::path& folder() const { return folder_; }

 private:
  explicit BaseCache(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::filesystem::path folder_;
};

}  // namespace kraken
