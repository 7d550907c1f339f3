#include "steps/network_rollback.h"

#include <array>

#include "base/text.h"
#include "contract/strict_object.h"
#include "json/json.h"

namespace kraken {

namespace {

constexpr std::string_view kFormat = "kraken-network-before";
constexpr int kVersion = 1;
constexpr std::array<std::string_view, 3> kKeys = {"format", "version", "files"};
constexpr std::array<std::string_view, 2> kFileKeys = {"content", "private"};
constexpr std::array<std::string_view, 1> kBytesKeys = {"hex"};
constexpr std::string_view kOnlyBelow = "/etc/";

bool is_allowed(std::string_view path) {
  return path.starts_with(kOnlyBelow) && path.find("/../") == path.npos && !path.ends_with("/..") &&
         path.find('\0') == path.npos;
}

// JSON is UTF-8; a comment of another time may be Latin-1.
bool is_json_text(const std::string& content) {
  const auto read = parse_json(format_json_line(content), {.max_size = kNetworkRollbackMaxSize});
  return read.ok() && *read == Json(content);
}

Json content_json(const std::string& content) {
  if (is_json_text(content)) return content;
  return Json::Object{{"hex", to_hex(as_bytes(content))}};
}

Result<std::string> read_content(const Json& value, const std::string& place) {
  if (const std::string* text = value.as_string()) return *text;
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, place, kBytesKeys));
  KRAKEN_ASSIGN(const std::string hex, object.text("hex"));
  const auto bytes = from_hex(hex);
  if (!bytes) return Error(ErrorCode::kCorrupt, object.place("hex") + ": not hexadecimal");
  return std::string(as_text(*bytes));
}

Json file_json(const FileBefore& file) {
  return Json::Object{{"content", content_json(file.content)}, {"private", file.mode == FileMode::kPrivate}};
}

std::optional<FileBefore> as_found(const TextFile& file) {
  if (file.state != TextFile::State::kPresent) return std::nullopt;
  return FileBefore{file.content, file.is_private ? FileMode::kPrivate : FileMode::kPublic};
}

Result<std::optional<FileBefore>> read_file(const Json& value, const std::string& place) {
  if (value.is_null()) return std::optional<FileBefore>();
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, place, kFileKeys));
  FileBefore file;
  KRAKEN_ASSIGN(file.content, read_content(object.member("content"), object.place("content")));
  KRAKEN_ASSIGN(const bool is_private, object.flag("private"));
  file.mode = is_private ? FileMode::kPrivate : FileMode::kPublic;
  return std::optional(std::move(file));
}

}  // namespace

std::string format_files_before(const FilesBefore& files) {
  Json list = Json::object();
  for (const auto& [path, file] : files) list.set(path, file ? file_json(*file) : Json());
  Json document = Json::Object{{"format", kFormat}, {"version", kVersion}};
  document.set("files", std::move(list));
  return format_json(document);
}

Result<FilesBefore> parse_files_before(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, {.max_size = kNetworkRollbackMaxSize, .max_depth = 4}));
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", kKeys));
  KRAKEN_ASSIGN(const std::string format, object.text("format"));
  if (format != kFormat) return Error(ErrorCode::kCorrupt, "\"format\" is not \"" + std::string(kFormat) + "\"");
  KRAKEN_ASSIGN(const std::int64_t version, object.integer("version", {kVersion, kVersion}));
  static_cast<void>(version);
  KRAKEN_ASSIGN(const auto* list, object.map("files"));
  FilesBefore files;
  for (const auto& [path, value] : *list) {
    if (!is_allowed(path)) return Error(ErrorCode::kCorrupt, "files: " + path + ": not a path below /etc");
    KRAKEN_ASSIGN(files[path], read_file(value, "files: " + path));
  }
  return files;
}

Result<FilesBefore> files_before(const NetworkFacts& facts) {
  FilesBefore files;
  for (const auto& [path, file] : facts.files) {
    if (file.state == TextFile::State::kUnreadable) {
      return Error(ErrorCode::kIo, path + " cannot be read, and so could not be put back: " + file.problem);
    }
    files[path] = as_found(file);
  }
  return files;
}

FilesBefore files_to_restore(FilesBefore before, const NetworkFacts& facts, const std::set<std::string>& changed) {
  std::erase_if(before, [&](const auto& entry) {
    const auto& [path, file] = entry;
    const auto found = facts.files.find(path);
    return file && !changed.contains(path) && found != facts.files.end() && as_found(found->second) == file;
  });
  return before;
}

Status restore_files(const FilesBefore& files, System& system) {
  Status first = ok_status();
  for (const auto& [path, file] : files) {
    Status status = file ? system.replace_file(path, file->content, file->mode) : system.remove_file(path);
    if (first.ok() && !status.ok()) first = std::move(status);
  }
  return first;
}

}  // namespace kraken
