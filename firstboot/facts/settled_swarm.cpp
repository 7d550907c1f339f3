#include "facts/settled_swarm.h"

#include <array>

#include "base/text.h"
#include "contract/strict_object.h"
#include "json/json.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 6> kKeys = {"format", "version", "swarm", "node", "note", "reported"};
constexpr std::size_t kLongestId = 64;

}  // namespace

std::string format_settled_swarm(const SettledSwarm& swarm) {
  return format_json(Json::Object{{"format", kSettledSwarmFormat},
                                  {"version", kSettledSwarmVersion},
                                  {"swarm", swarm.swarm},
                                  {"node", swarm.node},
                                  {"note", swarm.note},
                                  {"reported", swarm.reported}});
}

Result<SettledSwarm> parse_settled_swarm(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, {.max_size = kSettledSwarmMaxSize, .max_depth = 4}));
  KRAKEN_TRY(check_format(document, kSettledSwarmFormat, kSettledSwarmVersion));
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", kKeys));
  SettledSwarm swarm;
  KRAKEN_ASSIGN(swarm.swarm, object.text("swarm"));
  KRAKEN_ASSIGN(swarm.node, object.text("node"));
  KRAKEN_ASSIGN(swarm.note, object.text("note"));
  KRAKEN_ASSIGN(swarm.reported, object.flag("reported"));
  for (const std::string& id : {swarm.swarm, swarm.node}) {
    if (!is_plain_word(id, "", kLongestId)) return Error(ErrorCode::kCorrupt, "swarm, node: expected ids");
  }
  return swarm;
}

std::optional<SettledSwarm> read_settled_swarm(const std::filesystem::path& root) {
  const auto text = read_whole_file(below(root, kSettledSwarmPath), kSettledSwarmMaxSize);
  if (!text.ok()) return std::nullopt;
  const auto swarm = parse_settled_swarm(*text);
  return swarm.ok() ? std::optional(*swarm) : std::nullopt;
}

}  // namespace kraken
