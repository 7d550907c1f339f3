#include <sys/stat.h>

#include <array>
#include <cstdio>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/render.h"
#include "image/base_info.h"
#include "sys/files.h"
#include "sys/process.h"

namespace kraken {

namespace {

namespace stdfs = std::filesystem;

std::string kind_name(TableKind kind) {
  switch (kind) {
    case TableKind::kNone:
      return "none";
    case TableKind::kMbr:
      return "mbr";
    case TableKind::kGpt:
      return "gpt";
  }
  return "";
}

std::string type_text(const Partition& partition) {
  if (!partition.gpt_type.empty()) return partition.gpt_type;
  std::array<char, 8> text{};
  std::snprintf(text.data(), text.size(), "0x%02x", partition.mbr_type);
  return text.data();
}

Json volume_json(const VolumeInfo& volume) {
  Json json = Json::object();
  json.set("number", volume.partition.number);
  json.set("start", volume.partition.start);
  json.set("size", volume.partition.size);
  json.set("type", type_text(volume.partition));
  json.set("file_system", volume.file_system);
  json.set("label", volume.label);
  if (volume.space) json.set("free", volume.space->free);
  if (!volume.problem.empty()) json.set("problem", volume.problem);
  return json;
}

Json info_json(const CachedBase& base, const BaseInfo& info) {
  Json json = Json::object();
  json.set("format", "kraken-base-info");
  json.set("version", 1);
  json.set("file_sha256", base.file_sha256);
  json.set("image_sha256", base.sha256);
  json.set("image_size", base.size);
  json.set("table", kind_name(info.table.kind));
  Json volumes = Json::array();
  for (const VolumeInfo& volume : info.volumes) volumes.push_back(volume_json(volume));
  json.set("partitions", std::move(volumes));
  if (info.os) {
    json.set("system", info.os->pretty_name);
    json.set("architecture", info.os->architecture);
    json.set("boot_folder", info.os->boot_folder);
  }
  if (!info.problem.empty()) json.set("problem", info.problem);
  return json;
}

std::string info_text(const CachedBase& base, const BaseInfo& info) {
  std::string text = "image         " + human_bytes(base.size) + ", sha256 " + base.sha256 + "\n";
  if (base.file_sha256 != base.sha256) text += "file          sha256 " + base.file_sha256 + "\n";
  text += "table         " + kind_name(info.table.kind);
  if (info.table.kind == TableKind::kMbr) {
    text += ", disk id " + disk_id_text(info.table.disk_id);
  }
  text += "\n";
  for (const VolumeInfo& volume : info.volumes) {
    text += "partition " + std::to_string(volume.partition.number) + "   " + human_bytes(volume.partition.size) +
            " at " + human_bytes(volume.partition.start) + ", type " + type_text(volume.partition) + ", " +
            volume.file_system;
    if (!volume.label.empty()) text += " \"" + volume.label + "\"";
    if (volume.space) text += ", " + human_bytes(volume.space->free) + " free of " + human_bytes(volume.space->total);
    if (!volume.problem.empty()) text += " (" + volume.problem + ")";
    text += "\n";
  }
  if (info.os) {
    text += "system        " + info.os->pretty_name + "\narchitecture  " + info.os->architecture + "\nboot folder   " +
            info.os->boot_folder + "\naccess        " + "user through " + to_word(info.os->user) + "\n";
    for (const std::string& warning : info.os->warnings) text += "warning: " + warning + "\n";
  }
  return text;
}

Status show(const CachedBase& base, const CommonOptions& common) {
  KRAKEN_ASSIGN(const BaseInfo info, inspect_base(base.image));
  if (common.json) {
    print_json(info_json(base, info));
  } else {
    print_text(info_text(base, info));
  }
  if (info.problem.empty()) return ok_status();
  return Error(ErrorCode::kBaseImage, "this image cannot serve as a base: " + info.problem);
}

Result<CachedBase> obtain(const stdfs::path& file, const BaseDigests& digests, const Environment& environment) {
  KRAKEN_ASSIGN(const BaseCache cache, BaseCache::open(environment.cache_folder));
  ProgressLine line("reading " + file.filename().string());
  return cache.obtain(file, digests, [&line](Bytes done, Bytes total) {
    line.update(done, total);
    return !stop_flag().load();
  });
}

Status build(const BaseDescription& description, const stdfs::path& file, const Environment& environment) {
  const auto& how = std::get<BaseBuild>(description.how);
  KRAKEN_TRY(make_folders(file.parent_path()));
  ProcessOptions options;
  options.stop = &stop_flag();
  const auto status =
      run_process({(environment.paths.share / "profiles" / "bases" / "build-base").string(), "--architecture",
                   description.architecture, "--suite", how.suite, "--components", join(how.components, ","),
                   "--packages", join(how.packages, ","), "--boot-size", std::to_string(how.boot_size), "--root-size",
                   std::to_string(how.root_size), "--clock", std::to_string(how.clock), "--output", file.string()},
                  options);
  if (!status.ok()) return status.error().with_context("building " + description.name);
  if (*status == 0) return ok_status();
  return Error(ErrorCode::kBaseImage, "building " + description.name + " ended with status " + std::to_string(*status) +
                                          ": the lines above say why");
}

}  // namespace

Status run_base_info(const BaseInfoOptions& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(const Environment environment, make_environment(common));
  KRAKEN_ASSIGN(const CachedBase base, obtain(options.file, {options.sha256, std::nullopt, std::nullopt}, environment));
  KRAKEN_TRY(show(base, common));
  return check_file_systems(base, environment);
}

Status run_base_build(const BaseBuildOptions& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(const Environment environment, make_environment(common));
  KRAKEN_ASSIGN(const BaseDescription description,
                read_base_description(options.name, common.cluster_file.parent_path(), environment.paths));
  if (!std::holds_alternative<BaseBuild>(description.how)) {
    return Error(ErrorCode::kInvalidArgument, options.name + " is downloaded, not built: burn fetches it by itself");
  }
  const stdfs::path file = built_base_file(environment, description);
  std::error_code ignored;
  if (!stdfs::exists(file, ignored)) KRAKEN_TRY(build(description, file, environment));
  print_line("base          " + options.name + ", " + file.string());
  KRAKEN_ASSIGN(const CachedBase base, obtain(file, {}, environment));
  KRAKEN_TRY(check_file_systems(base, environment));
  return show(base, common);
}

}  // namespace kraken
