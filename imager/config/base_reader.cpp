#include "config/base_reader.h"

#include <algorithm>

#include "config/check.h"
#include "config/definitions.h"
#include "config/file_paths.h"
#include "sys/clock.h"

namespace kraken {

namespace {

// A list of the child's replaces its parent's. So the parent's add_packages become packages of its own, to which the
// child's are added, or in place of which the child's packages are.
void settle_packages(Value& parent, const Value& /*child*/) {
  Value* const build = parent.find("build");
  if (build == nullptr) return;
  Value* const packages = build->find("packages");
  const Value* const added = build->find("add_packages");
  if (packages == nullptr || added == nullptr) return;
  *packages = merge(std::move(*packages), *added, ListMerge::kAppend);
  std::erase_if(build->members, [](const Member& member) { return member.key == "add_packages"; });
}

std::vector<std::string> texts_of(const std::optional<View>& view) {
  std::vector<std::string> texts;
  if (!view) return texts;
  for (const View& item : view->items()) texts.push_back(item.text());
  return texts;
}

bool has_all(const Value& section, const std::string& path, const std::vector<std::string>& keys, Problems& problems) {
  bool all = true;
  for (const std::string& key : keys) {
    if (section.find(key) != nullptr) continue;
    problems.add(section.origin,
                 path + ": the key " + in_quotes(key) + " is missing, here and in what this base extends");
    all = false;
  }
  return all;
}

BaseBuild build_from(const View& view) {
  BaseBuild build;
  build.suite = view.find("suite")->text();
  build.components = texts_of(view.find("components"));
  if (build.components.empty()) build.components = {"main"};
  build.packages = texts_of(view.find("packages"));
  for (std::string& package : texts_of(view.find("add_packages"))) {
    if (std::ranges::find(build.packages, package) == build.packages.end())
      build.packages.push_back(std::move(package));
  }
  build.boot_size = view.find("boot_size")->bytes();
  build.root_size = view.find("root_size")->bytes();
  const auto clock = parse_utc(view.find("clock")->text());
  if (clock.ok()) build.clock = clock->time_since_epoch().count();  // the definition has checked it
  return build;
}

BaseDownload download_from(const View& view) {
  BaseDownload download;
  download.url = view.find("url")->text();
  download.source = view.find("source")->text();
  if (const auto digest = view.find("sha256")) download.sha256 = lower_case(digest->text());
  if (const auto digest = view.find("image_sha256")) download.image_sha256 = lower_case(digest->text());
  if (const auto bytes = view.find("image_size")) download.image_size = bytes->bytes();
  return download;
}

std::optional<BaseBuild> checked_build(const Value& value, const View& view, Problems& problems) {
  const auto section = view.find("build");
  if (!section) return std::nullopt;
  const std::vector<std::string> needed = {"suite", "packages", "boot_size", "root_size", "clock"};
  if (!has_all(*value.find("build"), "build", needed, problems)) return std::nullopt;
  const bool right =
      std::ranges::all_of(needed, [&](const std::string& key) { return section->find(key).has_value(); });
  if (!right) return std::nullopt;
  return build_from(*section);
}

std::optional<BaseDownload> checked_download(const Value& value, const View& view, Problems& problems) {
  const auto section = view.find("download");
  if (!section) return std::nullopt;
  const Value& raw = *value.find("download");
  if (!has_all(raw, "download", {"url", "source"}, problems)) return std::nullopt;
  if (raw.find("sha256") == nullptr && raw.find("image_sha256") == nullptr) {
    problems.add(raw.origin, "download: give sha256 (of the file) or image_sha256 (of the unpacked image)");
    return std::nullopt;
  }
  if (!section->find("url") || !section->find("source")) return std::nullopt;
  return download_from(*section);
}

}  // namespace

LibraryKind base_kind() {
  return {"base", &base_definition(), ListMerge::kReplace, settle_packages};
}

std::vector<std::filesystem::path> base_folders(const std::filesystem::path& near, const ConfigPaths& paths) {
  return search_folders(near, paths, std::filesystem::path("profiles") / "bases");
}

std::optional<BaseDescription> base_from(const Value& value, const std::filesystem::path& file, Problems& problems) {
  const auto view = View::of(value, base_definition());
  if (!view) return std::nullopt;
  BaseDescription base;
  base.file = file;
  if (const auto name = view->find("name")) base.name = name->text();
  if (const auto text = view->find("description")) base.description = text->text();
  const bool whole = has_all(value, "the base", {"architecture"}, problems);
  if (const auto word = view->find("architecture")) base.architecture = word->text();
  const bool builds = value.find("build") != nullptr;
  if (builds == (value.find("download") != nullptr)) {
    problems.add(value.origin, std::string("expected one of build and download, found ") +
                                   (builds ? "both (one may come from what this base extends)" : "neither"));
    return std::nullopt;
  }
  if (builds) {
    auto build = checked_build(value, *view, problems);
    if (!build || !whole) return std::nullopt;
    base.how = std::move(*build);
  } else {
    auto download = checked_download(value, *view, problems);
    if (!download || !whole) return std::nullopt;
    base.how = std::move(*download);
  }
  return base;
}

Result<BaseDescription> read_base_description(const std::string& name, const std::filesystem::path& near,
                                              const ConfigPaths& paths) {
  Problems problems;
  Library library(base_kind(), base_folders(near, paths), problems);
  Value as_scalar;
  as_scalar.kind = Value::Kind::kScalar;
  as_scalar.style = Value::Style::kQuoted;
  as_scalar.text = name;
  // The name comes from a command line, and must not lead out of the folder.
  const bool is_name = !what_is_wrong(as_scalar, file_name(""));
  if (!is_name || !library.has(name)) return Error(ErrorCode::kNotFound, library.not_known(name));
  const Library::Entry* const entry = library.find({name, {}});
  if (entry != nullptr) {
    auto base = base_from(entry->value, entry->file, problems);
    if (base && problems.empty()) return std::move(*base);
  }
  KRAKEN_TRY(problems.status());
  return Error(ErrorCode::kInternal, "base " + in_quotes(name) + " could not be read, and no reason was given");
}

}  // namespace kraken
