#include <array>

#include "image/os_cmdline.h"
#include "image/os_config_txt.h"
#include "image/os_fstab.h"
#include "image/os_wizards.h"
#include "image/plan_parts.h"

namespace kraken {

namespace {

using TextChange = std::function<Result<std::string>(const std::string&)>;

Status plan_cmdline(PlanParts& parts, const std::string& path) {
  const Profile& profile = parts.inputs.node->profile;
  const auto edit = [&](const EditReason& reason, const CmdlineEdit& words) {
    return parts.plan.edit_text(path, reason, [&](const std::string& text) { return edit_cmdline(text, words); });
  };
  for (const OsEdit& wizard : parts.image.os().wizards) {
    if (wizard.how != OsEdit::How::kRemoveCmdlineWord) continue;
    KRAKEN_TRY(edit({"without " + wizard.subject + ": " + wizard.why, {}}, {{wizard.subject}, {}, {}}));
  }
  for (const auto& word : profile.cmdline_remove) {
    KRAKEN_TRY(edit({"without " + word.value, word.origin}, {{word.value}, {}, {}}));
  }
  for (const auto& word : profile.cmdline_add) {
    KRAKEN_TRY(edit({"with " + word.value, word.origin}, {{}, {}, {word.value}}));
  }
  KRAKEN_ASSIGN(const std::string text, parts.plan.text_of(path));
  const auto trap = parts.image.os().is_raspios ? cmdline_trap(text) : std::nullopt;
  if (trap) return Error(ErrorCode::kConfig, path + ": " + *trap);
  return ok_status();
}

Status plan_config_txt(PlanParts& parts, const std::string& path) {
  for (const auto& setting : parts.inputs.node->profile.config_txt) {
    KRAKEN_TRY(parts.plan.edit_text(path, {"with " + setting.value, setting.origin}, [&](const std::string& text) {
      return set_config_txt(text, std::array{setting.value});
    }));
  }
  return ok_status();
}

Status plan_disk_id(PlanParts& parts, const std::string& cmdline) {
  const DiskIdChange change{parts.table.old_disk_id, parts.table.new_disk_id};
  const EditReason reason{"the partitions' names follow the disk id", {}};
  KRAKEN_TRY(parts.plan.edit_text(cmdline, reason,
                                  [&](const std::string& text) { return change_cmdline_disk_id(text, change); }));
  return parts.plan.edit_text("/etc/fstab", reason,
                              [&](const std::string& text) { return change_fstab_disk_id(text, change); });
}

}  // namespace

Status plan_os_edits(PlanParts& parts, const OsEdits& edits) {
  for (const OsEdit& edit : edits) {
    const EditReason reason{edit.why, {}};
    const std::string parent = edit.subject.substr(0, edit.subject.rfind('/'));
    switch (edit.how) {
      case OsEdit::How::kRemoveCmdlineWord:
        break;  // plan_cmdline's
      case OsEdit::How::kRemovePath:
        KRAKEN_TRY(parts.plan.remove(edit.subject, reason));
        break;
      case OsEdit::How::kWriteFile:
        KRAKEN_TRY(parts.plan.make_folder(parent, reason, with_mode(0755)));
        KRAKEN_TRY(parts.plan.write(edit.subject, edit.content, reason, with_mode(0644)));
        break;
      case OsEdit::How::kMakeSymlink:
        KRAKEN_TRY(parts.plan.make_folder(parent, reason, with_mode(0755)));
        KRAKEN_TRY(parts.plan.link(edit.subject, edit.content, reason));
        break;
    }
  }
  return ok_status();
}

Status plan_boot(PlanParts& parts) {
  const std::string& folder = parts.image.os().boot_folder;
  KRAKEN_TRY(plan_disk_id(parts, folder + "/cmdline.txt"));
  KRAKEN_TRY(plan_cmdline(parts, folder + "/cmdline.txt"));
  KRAKEN_TRY(plan_config_txt(parts, folder + "/config.txt"));
  return plan_os_edits(parts, parts.image.os().wizards);
}

}  // namespace kraken
