#include "report/publish.h"

#include <array>

#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

Status publish_file(const BootPartition& boot, std::string_view name, std::string_view content, System& system) {
  const std::string path = boot.folder + "/" + std::string(name);
  if (content.size() > kStatusMaxSize) return Error(ErrorCode::kInternal, path + ": the status is too large");
  const auto present = read_whole_file(below(boot.root, path), kStatusMaxSize);
  if (present.ok() && *present == content) return ok_status();
  return system.replace_file(path, content, FileMode::kOfMount);
}

}  // namespace

Status publish_status(const RunReport& report, const BootPartition& boot, System& system) {
  const std::string what = "the status was not written to the boot partition";
  if (!boot.facts.mounted) return Error(ErrorCode::kNotFound, what + ": nothing is mounted at " + boot.folder);
  if (boot.facts.read_only) return Error(ErrorCode::kIo, what + ": " + boot.folder + " is mounted read-only");
  // Both are tried: one of them is better than none.
  const Status json = publish_file(boot, kStatusJsonName, status_json(report), system);
  const Status text = publish_file(boot, kStatusTextName, status_text(report), system);
  KRAKEN_TRY(Status(json).with_context(what));
  return Status(text).with_context(what);
}

std::string find_boot_folder(const std::filesystem::path& root, const System& system) {
  for (const std::string_view folder : std::array<std::string_view, 2>{"/boot/firmware", "/boot"}) {
    const BootFacts boot = gather_facts(root, folder, system).boot;
    if (boot.mounted && boot.fs_type == "vfat") return std::string(folder);
  }
  return "";
}

Result<std::string> read_published_text(const BootPartition& boot) {
  return read_whole_file(below(boot.root, boot.folder + "/" + std::string(kStatusTextName)), kStatusMaxSize);
}

}  // namespace kraken
