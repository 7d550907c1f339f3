#include "kubernetes/settled_kubernetes.h"

#include <array>

#include "contract/join_settings.h"
#include "contract/strict_object.h"
#include "json/json.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::array<std::string_view, 7> kKeys = {"format", "version", "state",   "ca_hash",
                                                   "note",   "addons",  "reported"};
constexpr std::string_view kBegun = "begun";
constexpr std::string_view kIn = "in";

}  // namespace

std::string format_settled_kubernetes(const SettledKubernetes& settled) {
  return format_json(Json::Object{{"format", kSettledKubernetesFormat},
                                  {"version", kSettledKubernetesVersion},
                                  {"state", settled.state == SettledKubernetes::State::kIn ? kIn : kBegun},
                                  {"ca_hash", settled.ca_hash},
                                  {"note", settled.note},
                                  {"addons", settled.addons},
                                  {"reported", settled.reported}});
}

Result<SettledKubernetes> parse_settled_kubernetes(std::string_view text) {
  KRAKEN_ASSIGN(const Json document, parse_json(text, {.max_size = kSettledKubernetesMaxSize, .max_depth = 4}));
  KRAKEN_TRY(check_format(document, kSettledKubernetesFormat, kSettledKubernetesVersion));
  KRAKEN_ASSIGN(const auto object, StrictObject::open(document, "", kKeys));
  SettledKubernetes settled;
  KRAKEN_ASSIGN(const std::string state, object.text("state"));
  if (state != kBegun && state != kIn) return Error(ErrorCode::kCorrupt, "state: expected \"begun\" or \"in\"");
  settled.state = state == kIn ? SettledKubernetes::State::kIn : SettledKubernetes::State::kBegun;
  KRAKEN_ASSIGN(settled.ca_hash, object.text("ca_hash"));
  KRAKEN_ASSIGN(settled.note, object.text("note"));
  KRAKEN_ASSIGN(settled.addons, object.flag("addons"));
  KRAKEN_ASSIGN(settled.reported, object.flag("reported"));
  if (settled.ca_hash.empty() || is_ca_hash(settled.ca_hash)) return settled;
  return Error(ErrorCode::kCorrupt, "ca_hash: expected a hash or nothing");
}

std::optional<SettledKubernetes> read_settled_kubernetes(const std::filesystem::path& root) {
  const auto text = read_whole_file(below(root, kSettledKubernetesPath), kSettledKubernetesMaxSize);
  if (!text.ok()) return std::nullopt;
  const auto settled = parse_settled_kubernetes(*text);
  return settled.ok() ? std::optional(*settled) : std::nullopt;
}

}  // namespace kraken
