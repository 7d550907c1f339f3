#include "cli/environment.h"

#include <cstdlib>

#include "base/text.h"
#include "base/version.h"
#include "cli/early_burns.h"
#include "cli/render.h"
#include "crypto/digest.h"
#include "image/base_check.h"
#include "sys/clock.h"
#include "sys/interrupt.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

std::atomic<bool> interrupted = false;

bool is_share(const stdfs::path& folder) {
  std::error_code ignored;
  return stdfs::is_directory(folder / "profiles", ignored) && stdfs::is_directory(folder / "overlays", ignored);
}

// Installed: <prefix>/bin/kraken-image beside <prefix>/share/kraken-image. In a build tree: the source folder itself.
Result<stdfs::path> find_share(const std::optional<stdfs::path>& given) {
  if (given) {
    if (is_share(*given)) return *given;
    return Error(ErrorCode::kInvalidArgument, "--share " + given->string() + " has no profiles/ and overlays/");
  }
  std::error_code ignored;
  const stdfs::path program = stdfs::read_symlink("/proc/self/exe", ignored);
  const stdfs::path installed = program.parent_path().parent_path() / "share" / "kraken-image";
  if (is_share(installed)) return installed;
  for (stdfs::path folder = program.parent_path(); folder.has_relative_path(); folder = folder.parent_path()) {
    if (is_share(folder)) return folder;
  }
  return Error(ErrorCode::kInvalidArgument, "the shipped profiles/ and overlays/ are not beside " + program.string() +
                                                ": name their folder with --share");
}

Result<std::int64_t> find_clock(const std::optional<std::string>& given) {
  const auto seconds = [](TimePoint time) { return std::int64_t{time.time_since_epoch().count()}; };
  if (given) {
    KRAKEN_ASSIGN(const TimePoint time, parse_time(*given).with_context("--clock"));
    return seconds(time);
  }
  KRAKEN_ASSIGN(const std::optional<TimePoint> epoch, source_date_epoch());
  return seconds(epoch.value_or(now()));
}

// Who is told of a base on its way, and who follows it.
struct Obtaining {
  DecodeProgress progress;
  GrowingImage* growing = nullptr;
};

Result<CachedBase> obtain_named(const ClusterConfig& cluster, const Environment& environment, const BaseCache& cache,
                                const Obtaining& obtaining) {
  const auto& base = std::get<NamedBase>(cluster.base.value);
  KRAKEN_ASSIGN(const BaseDescription description, read_base_description(base.name, cluster.folder, environment.paths));
  if (const auto* download = std::get_if<BaseDownload>(&description.how)) {
    return cache.obtain_url(download->url, {download->sha256, download->image_sha256, download->image_size},
                            obtaining.progress, obtaining.growing);
  }
  const stdfs::path file = built_base_file(environment, description);
  std::error_code ignored;
  if (!stdfs::exists(file, ignored)) {
    return Error(ErrorCode::kBaseImage, "the base " + base.name +
                                            " has not been built on this machine: build it once, as "
                                            "root, with: kraken-image base build " +
                                            base.name);
  }
  return cache.obtain(file, {}, obtaining.progress, obtaining.growing);
}

}  // namespace

Result<Environment> make_environment(const CommonOptions& options) {
  KRAKEN_TRY(watch_for_interrupt());
  Environment environment;
  KRAKEN_ASSIGN(environment.paths.share, find_share(options.share));
  KRAKEN_ASSIGN(environment.clock, find_clock(options.clock));
  if (options.cache) {
    environment.cache_folder = *options.cache;
  } else {
    KRAKEN_ASSIGN(environment.cache_folder, BaseCache::default_folder());
  }
  return environment;
}

Status watch_for_interrupt() {
  return set_on_interrupt(interrupted);
}

const std::atomic<bool>& stop_flag() {
  return interrupted;
}

stdfs::path built_base_file(const Environment& environment, const BaseDescription& description) {
  const auto& build = std::get<BaseBuild>(description.how);
  std::string text = description.architecture + "\n" + build.suite + "\n" + join(build.components, ",") + "\n" +
                     join(build.packages, ",") + "\n" + std::to_string(build.boot_size) + "\n" +
                     std::to_string(build.root_size) + "\n" + std::to_string(build.clock) + "\n";
  constexpr std::size_t kKeyDigits = 12;
  const std::string key = hex_digest(sha256(as_bytes(text))).substr(0, kKeyDigits);
  return environment.cache_folder / "built" / (description.name + "-" + key + ".img");
}

Status check_file_systems(const CachedBase& base, const Environment& environment) {
  const auto checked = check_base(base, environment.cache_folder, stop_flag());
  if (!checked.ok()) return checked.error().with_context("base image " + base.path.string());
  if (*checked == BaseCheck::kNotChecked) {
    print_warning("there is no e2fsck on this machine: whether the base's file system is sound was not checked");
  }
  return ok_status();
}

namespace {

Result<CachedBase> find_base(const ClusterConfig& cluster, const Environment& environment, EarlyBurns* early) {
  KRAKEN_ASSIGN(const BaseCache cache, BaseCache::open(environment.cache_folder));
  std::optional<ProgressLine> line("base image");
  Obtaining obtaining;
  obtaining.growing = early == nullptr ? nullptr : early->growing();
  obtaining.progress = [&](Bytes done, Bytes total) {
    if (early != nullptr) early->tell_of_base({done, total});
    if (early != nullptr && early->is_writing()) {
      line.reset();
      return early->tell() && !stop_flag().load();
    }
    if (line) line->update(done, total);
    return !stop_flag().load();
  };
  if (const auto* file = std::get_if<FileBase>(&cluster.base.value)) {
    return cache.obtain(file->file, {file->sha256, std::nullopt, std::nullopt}, obtaining.progress, obtaining.growing);
  }
  return obtain_named(cluster, environment, cache, obtaining);
}

}  // namespace

Result<CachedBase> obtain_base(const ClusterConfig& cluster, const Environment& environment, EarlyBurns* early) {
  KRAKEN_ASSIGN(CachedBase base, find_base(cluster, environment, early));
  KRAKEN_TRY(check_file_systems(base, environment));
  return base;
}

}  // namespace kraken
