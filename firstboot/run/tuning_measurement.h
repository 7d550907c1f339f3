// What the link to the manager carries before and after tuning, and through the interface that stands by: measured once
// in a node's life, in the run that tunes it. A node that cannot measure says why, and is none the worse.
#pragma once

#include <filesystem>
#include <optional>

#include "contract/node_record.h"
#include "facts/facts.h"
#include "facts/link_speeds.h"
#include "report/log.h"
#include "run/machine.h"

namespace kraken {

class TuningMeasurement {
 public:
  // `machine` and `log` must outlive it.
  TuningMeasurement(std::filesystem::path root, Machine machine, Log& log);

  // What an earlier run measured.
  void load() { speeds_ = read_link_speeds(root_); }
  // To be called before something is tuned, and when all is. Each answers whether it took its time to measure: not
  // when there is nobody to measure with, the network is not proved, or it was measured before.
  bool before(const NodeRecord& record, const Facts& facts);
  bool after(const NodeRecord& record, const Facts& facts);

  const std::optional<LinkSpeeds>& speeds() const { return speeds_; }

 private:
  bool is_due(LinkSpeed::Of of, const NodeRecord& record, const Facts& facts) const;
  bool measure(LinkSpeed::Of of, const std::string& interface, Ipv4 peer);
  void measure_fallback(const NetworkFacts& network, Ipv4 peer);
  void keep();

  std::filesystem::path root_;
  Machine machine_;
  Log& log_;
  std::optional<LinkSpeeds> speeds_;
};

}  // namespace kraken
