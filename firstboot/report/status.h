// What first boot has to say, as JSON for programs and as text for people. Nothing in it differs between two boots that
// find the same and have nothing to do, so that an unchanged node writes nothing; and nothing in it is secret, since it
// lies on a FAT partition.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "contract/node_record.h"
#include "report/network_report.h"

namespace kraken {

inline constexpr std::string_view kStatusFormat = "kraken-status";
inline constexpr int kStatusVersion = 1;

enum class RunState { kDone, kWorking, kFailed };
enum class StepState { kDone, kFailed, kImpossible, kUnavailable, kNeeded };

struct StepReport {
  std::string name;
  StepState state = StepState::kNeeded;
  bool changed = false;  // something that lasts, in this run
  std::string detail;
  bool is_of_other_cluster = false;  // nothing is said of it
};

struct RunReport {
  RunState state = RunState::kWorking;
  std::optional<NodeRecord> record;  // nothing when it could not be read
  std::string model;
  std::string kernel;
  std::vector<StepReport> steps;
  std::optional<NetworkReport> network;  // nothing before the network's turn
  std::vector<std::string> notes;        // what a person should know, such as a journal that was started anew
};

// "done", "working", "failed"
std::string_view to_word(RunState state);
// "done", "failed", "impossible", "unavailable", "needed"
std::string_view to_word(StepState state);

// Both are bounded: long details and notes are cut.
std::string status_json(const RunReport& report);
// Leaves out which step changed something.
std::string status_text(const RunReport& report);

}  // namespace kraken
