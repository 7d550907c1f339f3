#include "steps/node_report.h"

#include "base/version.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestDetail = 1024;

}  // namespace

std::string report_text(std::string_view text) {
  std::string line(text.substr(0, kLongestDetail));
  for (char& c : line) c = c < 0x20 || c > 0x7e ? '?' : c;
  return line;
}

Json node_report(const Facts& facts, const NodeRecord& record) {
  Json report = Json::Object{{"program", "kraken-firstboot " KRAKEN_VERSION},
                             {"node", record.node.name},
                             {"model", report_text(facts.model)},
                             {"kernel", report_text(facts.kernel)}};
  if (facts.network) report.set("network", report_text(facts.network->proof.detail));
  if (facts.network) report.set("nic", report_text(facts.network->choice.reason));
  return report;
}

}  // namespace kraken
