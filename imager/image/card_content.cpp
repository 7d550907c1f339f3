#include "image/card_content.h"

#include "base/text.h"
#include "block/read_only_store.h"
#include "block/window.h"
#include "disk/partition_table.h"
#include "fs/ext4/ext4_editor.h"
#include "fs/fat/fat_editor.h"

namespace kraken {

namespace {

// Labels are other people's bytes, on their way to a terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text;
}

std::string describe_volume(const BlockSource& volume) {
  ReadOnlyStore store(volume);
  auto editor = open_ext4(store, 1);
  if (!editor.ok() && editor.error().code() == ErrorCode::kUnsupported) editor = open_fat(store, 1);
  if (!editor.ok()) return editor.error().code() == ErrorCode::kUnsupported ? "unknown" : "not clean";
  const std::string label = printable((*editor)->label());
  return (*editor)->type_name() + (label.empty() ? "" : " " + label);
}

}  // namespace

std::string describe_content(const BlockSource& card) {
  const auto table = read_partition_table(card);
  if (!table.ok()) return printable(table.error().what());
  if (table->kind == TableKind::kNone) {
    const std::string alone = describe_volume(card);
    return alone == "unknown" ? "no partition table" : alone + ", no partition table";
  }
  std::vector<std::string> parts;
  for (const Partition& partition : table->partitions) {
    const auto window = SourceWindow::open(card, partition.start, partition.size);
    parts.push_back((window.ok() ? describe_volume(*window) : "unknown") + " " + human_bytes(partition.size));
  }
  return parts.empty() ? "no partitions" : join(parts, ", ");
}

}  // namespace kraken
