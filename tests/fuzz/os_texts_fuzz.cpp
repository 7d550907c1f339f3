// The editors of an image's text files on hostile texts: no crash, and what an editor has done it does not do again.
// The first byte chooses the editor, the rest is the text.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "image/os_accounts.h"
#include "image/os_architecture.h"
#include "image/os_cmdline.h"
#include "image/os_config_txt.h"
#include "image/os_fstab.h"
#include "image/os_release.h"
#include "image/os_wizards.h"

namespace kraken {
namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void cmdline(std::string_view text) {
  const CmdlineEdit edit{.remove = {"init", "quiet"}, .set = {"rootwait=1"}, .add = {"console=tty1", "a=\"b c\""}};
  const auto once = edit_cmdline(text, edit);
  std::vector<std::string> warnings;
  static_cast<void>(find_cmdline_wizards(text, warnings).ok());
  if (!once.ok()) return;
  const auto twice = edit_cmdline(*once, edit);
  must(twice.ok() && *twice == *once);
  const auto words = cmdline_words(*once);
  must(words.ok() && cmdline_value(*words, "rootwait") == "1" && !cmdline_has(*words, "quiet"));
  // What follows the first line stays.
  const auto rest = [](std::string_view whole) { return whole.substr(std::min(whole.size(), whole.find('\n'))); };
  must(text.empty() || rest(text) == rest(*once));
}

void config_txt(std::string_view text) {
  const std::vector<std::string> settings = {"gpu_mem=16", "dtparam=spi=on", "dtoverlay=x", "dtparam=y=1"};
  const auto once = set_config_txt(text, settings);
  if (!once.ok()) return;
  const auto twice = set_config_txt(*once, settings);
  must(twice.ok() && *twice == *once);
}

void fstab(std::string_view text) {
  const auto entries = parse_fstab(text);
  if (!entries.ok()) return;
  static_cast<void>(find_boot_mount(*entries));
  const auto there = change_fstab_disk_id(text, {.from = 0x0f1ee700, .to = 0x12345678});
  must(there.ok());
  const auto again = parse_fstab(*there);
  must(again.ok() && again->size() == entries->size());
}

void accounts(std::string_view text) {
  // One text as every file: each is read with the fields of another as well.
  const AccountTexts texts{.passwd = std::string(text),
                           .shadow = std::string(text),
                           .group = std::string(text),
                           .gshadow = std::string(text),
                           .subuid = std::string(text),
                           .subgid = std::string(text)};
  const UserEdit edit{.name = "kraken", .password_hash = "$6$a$b", .groups = usual_user_groups(), .clock = 1700000000};
  const auto once = put_user(texts, edit);
  if (!once.ok()) return;
  const auto twice = put_user(once->texts, edit);
  must(twice.ok() && twice->texts == once->texts && !twice->created);
  must(has_password(once->texts.shadow, "kraken"));
}

}  // namespace
}  // namespace kraken

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0:
      kraken::cmdline(text);
      break;
    case 1:
      kraken::config_txt(text);
      break;
    case 2:
      kraken::fstab(text);
      break;
    case 3:
      kraken::accounts(text);
      break;
    case 4:
      static_cast<void>(kraken::parse_os_release(text).ok());
      break;
    default:
      static_cast<void>(kraken::elf_architecture(text));
      break;
  }
  return 0;
}
