#include "report/network_report.h"

#include <algorithm>

#include "report/bounded_text.h"

namespace kraken {

namespace {

constexpr std::size_t kMostNics = 16;
constexpr std::size_t kMostReasons = 12;
constexpr std::size_t kNameColumn = 15;  // of a link, linux/if.h, IFNAMSIZ
constexpr std::size_t kUseColumn = 8;
constexpr std::size_t kOfColumn = 13;

std::string use_of(const Nic& nic, const std::optional<WantedNetwork>& wanted) {
  if (wanted && nic.index != 0 && nic.index == wanted->primary.index) return "primary";
  const bool stands_by = wanted && wanted->fallback && nic.index != 0 && nic.index == wanted->fallback->index;
  return stands_by ? "fallback" : "unused";
}

Json nic_json(const NicReport& nic) {
  Json reasons = Json::array();
  for (std::size_t i = 0; i < std::min(nic.reasons.size(), kMostReasons); ++i) reasons.push_back(cut(nic.reasons[i]));
  return Json::Object{{"name", cut(nic.name)},
                      {"use", nic.use},
                      {"score", nic.score},
                      {"description", cut(nic.description)},
                      {"reasons", std::move(reasons)}};
}

Json speed_json(const LinkSpeed& speed) {
  Json::Object object = {{"of", to_word(speed.of)}, {"interface", speed.interface}};
  if (speed.problem.empty()) {
    object.emplace_back("sent_kbit", speed.sent_kbit);
    object.emplace_back("received_kbit", speed.received_kbit);
  } else {
    object.emplace_back("problem", cut(speed.problem));
  }
  return object;
}

Json link_json(const std::optional<LinkSpeeds>& link) {
  if (!link) return {};
  Json speeds = Json::array();
  for (const LinkSpeed& speed : link->speeds) speeds.push_back(speed_json(speed));
  return Json::Object{{"peer", format_ipv4(link->peer)}, {"speeds", std::move(speeds)}};
}

std::string joined_reasons(const NicReport& nic) {
  std::string text;
  for (std::size_t i = 0; i < std::min(nic.reasons.size(), kMostReasons); ++i) {
    text += (i == 0 ? "" : "; ") + nic.reasons[i];
  }
  return cut(text);
}

std::string link_text(const LinkSpeeds& link) {
  std::string text = "\nlink to " + format_ipv4(link.peer) + ":\n";
  for (const LinkSpeed& speed : link.speeds) {
    text += "  " + padded(to_word(speed.of), kOfColumn) + padded(speed.interface, kNameColumn) +
            (speed.problem.empty() ? describe_speed(speed) : "not measured: " + cut(speed.problem)) + "\n";
  }
  return text;
}

}  // namespace

NetworkReport make_network_report(const NetworkFacts& facts, const std::optional<LinkSpeeds>& speeds) {
  NetworkReport report;
  report.outcome = to_word(facts.choice.outcome);
  for (std::size_t i = 0; i < std::min({facts.nics.size(), facts.choice.scores.size(), kMostNics}); ++i) {
    const Nic& nic = facts.nics[i];
    const NicScore& score = facts.choice.scores[i];
    report.nics.push_back({nic.name, use_of(nic, facts.wanted), score.score, describe_nic(nic), score.reasons});
  }
  report.notes = facts.choice.notes;
  report.link = speeds;
  return report;
}

Json network_json(const NetworkReport& report) {
  Json nics = Json::array();
  for (const NicReport& nic : report.nics) nics.push_back(nic_json(nic));
  return Json::Object{{"outcome", report.outcome}, {"nics", std::move(nics)}, {"link", link_json(report.link)}};
}

std::string network_text(const NetworkReport& report) {
  std::string text = "\ninterfaces (use, score, what speaks for them):\n";
  for (const NicReport& nic : report.nics) {
    text += "  " + padded(nic.name, kNameColumn) + padded(nic.use, kUseColumn) + padded(std::to_string(nic.score), 4) +
            cut(nic.description) + ": " + joined_reasons(nic) + "\n";
  }
  if (report.nics.empty()) text += "  none\n";
  if (report.link) text += link_text(*report.link);
  return text;
}

}  // namespace kraken
