#include "decode/base_cache.h"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "decode/download.h"
#include "decode/obtain.h"

namespace kraken {

namespace {

constexpr const char* kFolderName = "kraken-image";

// Whatever comes of it, nobody is left waiting for more.
class EndOfFollowing {
 public:
  explicit EndOfFollowing(GrowingImage* growing) : growing_(growing) {}
  EndOfFollowing(const EndOfFollowing&) = delete;
  EndOfFollowing& operator=(const EndOfFollowing&) = delete;
  ~EndOfFollowing() {
    if (growing_ != nullptr) growing_->end();
  }

 private:
  GrowingImage* growing_;
};

// Anything but the wish to stop is exit status 3, with the file's name in front.
Error finish(const Error& error, const std::string& what, const std::filesystem::path& cache) {
  if (error.code() == ErrorCode::kInterrupted) return error.with_context(what);
  const int cause = error.sys_errno();
  const Error named = error.with_context(what).recode(ErrorCode::kBaseImage);
  if (cause != ENOSPC && cause != EDQUOT && cause != EFBIG) return named;
  return Error(ErrorCode::kBaseImage,
               named.what() + ": the base cache in " + cache.string() +
                   " has no room for the image; make some there, or set XDG_CACHE_HOME to a folder on another disk",
               cause);
}

}  // namespace

Result<std::filesystem::path> BaseCache::default_folder() {
  // XDG Base Directory Specification 0.8: a relative path is to be ignored.
  const char* cache = std::getenv("XDG_CACHE_HOME");  // NOLINT(concurrency-mt-unsafe): read before threads start
  if (cache != nullptr && *cache == '/') return std::filesystem::path(cache) / kFolderName;
  const char* home = std::getenv("HOME");  // NOLINT(concurrency-mt-unsafe)
  if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".cache" / kFolderName;
  const passwd* user = ::getpwuid(::getuid());  // NOLINT(concurrency-mt-unsafe)
  if (user != nullptr && user->pw_dir != nullptr && *user->pw_dir == '/') {
    return std::filesystem::path(user->pw_dir) / ".cache" / kFolderName;
  }
  return Error(ErrorCode::kNotFound, "no home folder for the base cache; set XDG_CACHE_HOME to a folder");
}

Result<BaseCache> BaseCache::open(const std::filesystem::path& folder) {
  const std::string what = "base cache " + folder.string();
  std::error_code failed;
  const std::filesystem::path absolute = std::filesystem::absolute(folder, failed);
  if (failed) return Error::from_errno(failed.value(), what).recode(ErrorCode::kBaseImage);
  const CacheFolder parts(absolute);
  KRAKEN_TRY(parts.make().with_context(what).recode(ErrorCode::kBaseImage));
  KRAKEN_TRY(parts.remove_orphans().with_context(what).recode(ErrorCode::kBaseImage));
  return BaseCache(absolute);
}

Result<CachedBase> BaseCache::obtain(const std::filesystem::path& file, const BaseDigests& expected,
                                     const DecodeProgress& progress, GrowingImage* growing) const {
  const EndOfFollowing end(growing);
  const std::string what = "base image " + file.string();
  std::error_code failed;
  const std::filesystem::path canonical = std::filesystem::canonical(file, failed);
  if (failed) return Error::from_errno(failed.value(), what).recode(ErrorCode::kBaseImage);
  const auto digests = normalise(expected);
  if (!digests.ok()) return finish(digests.error(), what, folder_);
  const CacheFolder parts(folder_);
  auto base = Obtainer(parts, *digests, progress, growing).from_file(canonical);
  if (!base.ok()) return finish(base.error(), what, folder_);
  return base;
}

Result<CachedBase> BaseCache::obtain_url(const std::string& url, const BaseDigests& expected,
                                         const DecodeProgress& progress, GrowingImage* growing) const {
  const EndOfFollowing end(growing);
  const std::string what = "base image " + printable_url(url);
  const auto digests = normalise(expected);
  if (!digests.ok()) return finish(digests.error(), what, folder_);
  const CacheFolder parts(folder_);
  auto base = Obtainer(parts, *digests, progress, growing).from_url(url);
  if (!base.ok()) return finish(base.error(), what, folder_);
  return base;
}

}  // namespace kraken
