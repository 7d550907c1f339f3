#include "cli/choose_card.h"
#include "cli/commands.h"
#include "cli/render.h"

namespace kraken {

namespace {

std::string text_or(const std::string& text, const std::string& otherwise) {
  return text.empty() ? otherwise : text;
}

std::string word_of(CardVerdict verdict) {
  switch (verdict) {
    case CardVerdict::kCard:
      return "card";
    case CardVerdict::kNamed:
      return "only by name";
    case CardVerdict::kFixed:
    case CardVerdict::kEmpty:
    case CardVerdict::kInUse:
    case CardVerdict::kNotWriteable:
      return "refused";
  }
  return "";
}

Json disk_json(const JudgedDisk& disk) {
  const BlockDevice& device = disk.device;
  const auto text_or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  Json json = Json::object();
  json.set("device", device.path.string());
  json.set("verdict", word_of(disk.judgement.verdict));
  json.set("reason", text_or_null(disk.judgement.reason));
  json.set("size", device.size);
  json.set("bus", text_or_null(device.bus));
  json.set("model", text_or_null(device.model));
  json.set("serial", text_or_null(device.serial));
  json.set("content", text_or_null(disk.content));
  return json;
}

void print_disks(const std::vector<JudgedDisk>& disks) {
  std::vector<std::vector<std::string>> cards;
  std::vector<std::vector<std::string>> others;
  for (const JudgedDisk& disk : disks) {
    const BlockDevice& device = disk.device;
    const std::string path = "  " + device.path.string();
    if (disk.judgement.verdict == CardVerdict::kCard) {
      cards.push_back(
          {path, human_bytes(device.size), text_or(device.bus, "-"), text_or(device.model, "-"), disk.content});
    } else {
      others.push_back({path, device.size == 0 ? "-" : human_bytes(device.size), disk.judgement.reason});
    }
  }
  print_line(cards.empty() ? "No card is there." : "Cards that burn would write:");
  print_text(format_table(cards));
  if (!others.empty()) print_line("Other disks, and why burn leaves them alone:");
  print_text(format_table(others));
}

}  // namespace

Status run_cards(const CardOptions& options, const CommonOptions& common) {
  KRAKEN_ASSIGN(const std::vector<JudgedDisk> disks, judge_disks(options));
  if (!common.json) {
    print_disks(disks);
    return ok_status();
  }
  Json all = Json::array();
  for (const JudgedDisk& disk : disks) all.push_back(disk_json(disk));
  print_json(all);
  return ok_status();
}

}  // namespace kraken
