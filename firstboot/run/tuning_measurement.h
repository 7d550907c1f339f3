// What the link to the manager carries before and after tuning, and through the interface that stands by: measured once
// in a node's life, in the run that tunes it. What fails is tried again at the next boots and in runs that change
// something, such as the one that joins a cluster whose manager has come up; but not what was so before tuning. A node
// that cannot measure says why, and is none the worse.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <set>

#include "contract/node_record.h"
#include "facts/facts.h"
#include "facts/link_speeds.h"
#include "report/log.h"
#include "run/machine.h"

namespace kraken {

// In a run: one of each kind.
inline constexpr int kMostMeasurements = 3;
// Until the primary interface has its link back after tuning.
inline constexpr std::chrono::seconds kLongestSettling{20};
// In a run, for all of them together: the manager serves the nodes one at a time. The clusters of more nodes than this
// is enough for have the next runs.
inline constexpr std::chrono::seconds kMostPatienceForTurns{225};
// Runs in which something is tried; then its problem is what the report says.
inline constexpr int kMostTriesToMeasure = 3;

class TuningMeasurement {
 public:
  // `machine` and `log` must outlive it.
  TuningMeasurement(std::filesystem::path root, Machine machine, Log& log);

  // What an earlier run measured.
  void load() { speeds_ = read_link_speeds(root_); }
  // To be called before something is tuned, and when all is. Each answers whether it took its time to measure: not
  // when there is nobody to measure with, the network is not proved, or all was measured or tried often enough.
  bool before(const NodeRecord& record, const Facts& facts);
  // `changed`: this run did something that lasts.
  bool after(const NodeRecord& record, const Facts& facts, bool changed);

  const std::optional<LinkSpeeds>& speeds() const { return speeds_; }

 private:
  void begin(const NodeRecord& record, const Facts& facts);
  bool can_measure(const NodeRecord& record, const Facts& facts) const;
  bool is_due(LinkSpeed::Of of) const;
  bool is_on_primary(const NetworkFacts& network) const;
  void await_primary(const NetworkFacts& network) const;
  bool was_tried_in_vain(LinkSpeed::Of of) const;
  void measure_tuned(const NodeRecord& record, const NetworkFacts& network);
  void measure(LinkSpeed::Of of, const std::string& interface);
  void measure_fallback(const NetworkFacts& network);
  void put(LinkSpeed speed);
  void keep();

  std::filesystem::path root_;
  Machine machine_;
  Log& log_;
  std::optional<LinkSpeeds> speeds_;
  std::string boot_;                              // this one's id
  bool changed_ = false;                          // this run did something that lasts
  std::set<LinkSpeed::Of> tried_;                 // in this run
  std::optional<std::chrono::seconds> patience_;  // what is left of this run's; nothing before its first measurement
};

}  // namespace kraken
