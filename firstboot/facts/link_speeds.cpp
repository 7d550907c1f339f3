#include "facts/link_speeds.h"

#include <algorithm>
#include <array>

#include "contract/strict_object.h"
#include "facts/text_file.h"
#include "json/json.h"
#include "net/network.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 4> kKeys = {"format", "version", "peer", "speeds"};
constexpr std::array<std::string_view, 1> kOptionalKeys = {"boot"};
constexpr std::array<std::string_view, 5> kSpeedKeys = {"of", "interface", "sent_kbit", "received_kbit", "problem"};
constexpr std::array<std::string_view, 1> kOptionalSpeedKeys = {"tries"};
constexpr std::array kKinds = {LinkSpeed::Of::kBeforeTuning, LinkSpeed::Of::kFallback, LinkSpeed::Of::kAfterTuning};
constexpr IntegerRange kKbit{0, 1'000'000'000};  // a terabit
constexpr IntegerRange kTries{1, 1000};

Result<LinkSpeed::Of> read_kind(const StrictObject& object) {
  KRAKEN_ASSIGN(const std::string word, object.text("of"));
  const auto* found = std::ranges::find_if(kKinds, [&](LinkSpeed::Of of) { return to_word(of) == word; });
  if (found == kKinds.end()) return Error(ErrorCode::kCorrupt, object.place("of") + ": no such measurement");
  return *found;
}

Result<LinkSpeed> read_speed(const Json& value, const std::string& place) {
  KRAKEN_ASSIGN(const auto object, StrictObject::open(value, place, kSpeedKeys, kOptionalSpeedKeys));
  LinkSpeed speed;
  if (object.has("tries")) {
    KRAKEN_ASSIGN(const std::int64_t tries, object.integer("tries", kTries));
    speed.tries = static_cast<int>(tries);
  }
  KRAKEN_ASSIGN(speed.of, read_kind(object));
  KRAKEN_ASSIGN(speed.interface, object.text("interface"));
  KRAKEN_ASSIGN(speed.sent_kbit, object.integer("sent_kbit", kKbit));
  KRAKEN_ASSIGN(speed.received_kbit, object.integer("received_kbit", kKbit));
  KRAKEN_ASSIGN(speed.problem, object.text("problem"));
  if (!is_link_name(speed.interface)) return Error(ErrorCode::kCorrupt, object.place("interface") + ": no interface");
  const bool printable = std::ranges::all_of(speed.problem, [](char c) { return c >= 0x20 && c < 0x7f; });
  if (!printable || speed.problem.size() > kLongestSpeedProblem) {
    return Error(ErrorCode::kCorrupt, object.place("problem") + ": no sentence");
  }
  return speed;
}

// What it was told may come from a library, or from the peer.
std::string printable(std::string_view text) {
  std::string out(text.substr(0, kLongestSpeedProblem));
  std::ranges::replace_if(
      out, [](char c) { return c < 0x20 || c >= 0x7f; }, ' ');
  return out;
}

// "93.4" of 93412
std::string mbit_text(std::int64_t kbit) {
  const std::int64_t tenths = (kbit + 50) / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " Mbit/s";
}

}  // namespace

std::string describe_speed(const LinkSpeed& speed) {
  return mbit_text(speed.sent_kbit) + " to it, " + mbit_text(speed.received_kbit) + " from it";
}

const LinkSpeed* LinkSpeeds::find(LinkSpeed::Of of) const {
  const auto found = std::ranges::find(speeds, of, &LinkSpeed::of);
  return found == speeds.end() ? nullptr : &*found;
}

std::string_view to_word(LinkSpeed::Of of) {
  switch (of) {
    case LinkSpeed::Of::kBeforeTuning:
      return "before-tuning";
    case LinkSpeed::Of::kFallback:
      return "fallback";
    case LinkSpeed::Of::kAfterTuning:
      return "after-tuning";
  }
  return "";
}

std::string format_link_speeds(const LinkSpeeds& speeds) {
  Json list = Json::array();
  for (const LinkSpeed& speed : speeds.speeds) {
    Json::Object object = {{"of", to_word(speed.of)},
                           {"interface", speed.interface},
                           {"sent_kbit", speed.sent_kbit},
                           {"received_kbit", speed.received_kbit},
                           {"problem", printable(speed.problem)}};
    if (speed.tries != 1) object.emplace_back("tries", speed.tries);
    list.push_back(std::move(object));
  }
  Json::Object document = {{"format", kLinkSpeedsFormat},
                           {"version", kLinkSpeedsVersion},
                           {"peer", format_ipv4(speeds.peer)},
                           {"speeds", std::move(list)}};
  if (!speeds.boot.empty()) document.emplace_back("boot", speeds.boot);
  return format_json(std::move(document));
}

Result<LinkSpeeds> parse_link_speeds(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, {.max_size = kLinkSpeedsMaxSize, .max_depth = 4}));
  KRAKEN_TRY(check_format(document, kLinkSpeedsFormat, kLinkSpeedsVersion));
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", kKeys, kOptionalKeys));
  LinkSpeeds speeds;
  if (object.has("boot")) {
    KRAKEN_ASSIGN(speeds.boot, object.text("boot"));
  }
  KRAKEN_ASSIGN(speeds.peer, object.address("peer"));
  KRAKEN_ASSIGN(const auto* list, object.list("speeds"));
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string place = "speeds[" + std::to_string(i) + "]";
    KRAKEN_ASSIGN(LinkSpeed speed, read_speed((*list)[i], place));
    if (speeds.find(speed.of) != nullptr) return Error(ErrorCode::kCorrupt, place + ": is there twice");
    speeds.speeds.push_back(std::move(speed));
  }
  return speeds;
}

std::optional<LinkSpeeds> read_link_speeds(const std::filesystem::path& root) {
  const TextFile file = read_text_file(below(root, kLinkSpeedsPath), kLinkSpeedsMaxSize);
  if (file.state != TextFile::State::kPresent) return std::nullopt;
  const auto speeds = parse_link_speeds(file.content);
  return speeds.ok() ? std::optional(*speeds) : std::nullopt;
}

}  // namespace kraken
