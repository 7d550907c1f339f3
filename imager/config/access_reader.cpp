#include "config/access_reader.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/file_paths.h"
#include "config/ssh_key.h"
#include "sys/files.h"

namespace kraken {

namespace {

constexpr Bytes kMaxKeyFile = 256 * kKiB;

Result<std::string> read_key_file(const std::filesystem::path& file) {
  std::error_code ignored;
  const auto status = std::filesystem::status(file, ignored);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    return Error(ErrorCode::kConfig, file.string() + " is not a regular file; name a file of public keys");
  }
  auto text = read_whole_file(file, kMaxKeyFile);
  if (text.ok()) return text;
  if (text.error().code() != ErrorCode::kNotFound) return text.error();
  return Error(ErrorCode::kConfig,
               text.error().what() + "; make a pair of keys with 'ssh-keygen -t ed25519', or name another file");
}

// The same key from two places is given once.
class KeyList {
 public:
  void add(std::string_view line, const Origin& origin, std::vector<Sourced<std::string>>& keys) {
    const auto key = parse_ssh_key(line);
    if (!key.ok() || !known_.insert(key->type + " " + key->base64).second) return;
    keys.push_back({std::string(trim(line)), origin});
  }

 private:
  std::set<std::string> known_;
};

struct KeyFile {
  std::string text;
  std::string name;
};

bool check_key_file(const KeyFile& file, const std::string& path, const Origin& origin, Problems& problems) {
  int number = 0;
  int keys = 0;
  const std::size_t before = problems.count();
  for (const std::string& line : split(file.text, '\n')) {
    ++number;
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#') continue;
    const auto key = parse_ssh_key(content);
    if (key.ok()) {
      ++keys;
      continue;
    }
    problems.add({file.name, number, 1}, key.error().what() + " (" + path + " at " + origin.text() + ")");
    return false;  // the rest of a wrong file is most likely more of the same
  }
  if (keys == 0) problems.add(origin, path + ": " + file.name + " holds no public key");
  return problems.count() == before;
}

void add_key_files(const View& files, const std::filesystem::path& folder, AccessConfig& access, Problems& problems) {
  KeyList known;
  std::vector<Sourced<std::string>> inline_keys;
  std::swap(inline_keys, access.authorized_keys);
  for (const auto& key : inline_keys) known.add(key.value, key.origin, access.authorized_keys);
  int index = 0;
  for (const View& entry : files.items()) {
    const std::string path = "access.authorized_keys_files[" + std::to_string(index++) + "]";
    const auto file = resolve_path(folder, entry.text());
    const auto text = file.ok() ? read_key_file(*file) : Result<std::string>(file.error());
    if (!text.ok()) {
      problems.add(entry.origin(), path + ": " + text.error().what());
      continue;
    }
    if (!check_key_file({*text, file->string()}, path, entry.origin(), problems)) continue;
    for (const std::string& line : split(*text, '\n')) known.add(line, entry.origin(), access.authorized_keys);
    access.authorized_keys_files.push_back(*file);
  }
}

}  // namespace

AccessConfig access_from(const View& access, const std::filesystem::path& folder, Problems& problems) {
  AccessConfig config;
  if (const auto user = access.find("user")) config.user = user->sourced_text();
  if (const auto hash = access.find("password_hash")) config.password_hash = {hash->text(), hash->origin()};
  if (const auto keys = access.find("authorized_keys")) config.authorized_keys = keys->sourced_texts();
  if (const auto files = access.find("authorized_keys_files")) add_key_files(*files, folder, config, problems);
  if (const auto flag = access.find("sudo_without_password")) {
    config.sudo_without_password = {flag->flag(), flag->origin()};
    if (!flag->flag() && !access.has("password_hash")) {
      problems.add(flag->origin(),
                   "access.sudo_without_password: false needs a password_hash, or sudo would ask for a "
                   "password that the user does not have");
    }
  }
  return config;
}

}  // namespace kraken
