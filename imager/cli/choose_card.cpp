#include "cli/choose_card.h"

#include "base/text.h"
#include "block/file_source.h"
#include "cli/environment.h"
#include "cli/render.h"
#include "image/card_content.h"

namespace kraken {

namespace {

Error refused(const std::string& why) {
  return {ErrorCode::kTargetRefused, why};
}

std::string content_of(const BlockDevice& device) {
  const auto card = FileSource::open(device.path);
  if (card.ok()) return describe_content(**card);
  return card.error().sys_errno() == EACCES ? "not readable without root" : card.error().what();
}

std::string line_of(const JudgedDisk& disk) {
  const std::string model = disk.device.model.empty() ? "" : ", " + disk.device.model;
  return disk.device.path.string() + " (" + human_bytes(disk.device.size) + model + "; holds " + disk.content + ")";
}

Result<BlockDevice> choose_among(const std::vector<JudgedDisk>& cards, Chooser chooser) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < cards.size(); ++i) lines.push_back(std::to_string(i + 1) + ") " + line_of(cards[i]));
  const std::string all = join(lines, "\n  ");
  if (chooser == Chooser::kTerminal) {
    const auto answer = ask_number("Several cards are there:\n  " + all + "\nWhich one?", cards.size(), stop_flag());
    if (answer) return cards[*answer - 1].device;
    if (stop_flag().load()) return Error(ErrorCode::kInterrupted, "interrupted: nothing was written");
  }
  return refused("several cards are there; name one with --device:\n  " + all);
}

}  // namespace

Result<std::vector<JudgedDisk>> judge_disks(const CardOptions& options) {
  KRAKEN_ASSIGN(std::vector<BlockDevice> devices, list_block_devices(options.roots));
  std::vector<JudgedDisk> disks;
  for (BlockDevice& device : devices) {
    JudgedDisk disk{std::move(device), {}, {}};
    disk.judgement = judge_card(disk.device, options.limits);
    if (disk.judgement.verdict == CardVerdict::kCard) disk.content = content_of(disk.device);
    disks.push_back(std::move(disk));
  }
  return disks;
}

Result<BlockDevice> named_card(const std::filesystem::path& device, const CardOptions& options) {
  KRAKEN_ASSIGN(BlockDevice card, query_block_device(device, options.roots).recode(ErrorCode::kTargetRefused));
  if (judge_card(card, options.limits).verdict == CardVerdict::kEmpty) return card;
  KRAKEN_TRY(check_named_card(card, options.limits, options.fixed));
  return card;
}

Result<BlockDevice> choose_card(const CardOptions& options, Chooser chooser) {
  KRAKEN_ASSIGN(std::vector<JudgedDisk> cards, judge_disks(options));
  std::erase_if(cards, [](const JudgedDisk& disk) { return disk.judgement.verdict != CardVerdict::kCard; });
  if (cards.empty()) {
    return refused(
        "there is no card to write: put one in, or name one with --device (kraken-image cards tells of every disk why "
        "it is not one), or write an image file with --output");
  }
  if (cards.size() > 1) return choose_among(cards, chooser);
  return cards.front().device;
}

}  // namespace kraken
