// One run of first boot: record, facts, plan, steps, journal, report. Power may go at any moment; the next run finishes
// the job. A run that finds everything done writes nothing but, once, the status that says so; one that changes nothing
// and ends as the last one did writes nothing but the journal's counters of tries, and these only while a step is tried
// again.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "facts/facts.h"
#include "journal/journal.h"
#include "plan/plan.h"
#include "report/led.h"
#include "report/log.h"
#include "report/status.h"
#include "run/machine.h"
#include "run/tuning_measurement.h"

namespace kraken {

struct RunOptions {
  std::filesystem::path root = "/";
  std::filesystem::path record;   // where the node record lies on this machine
  Stage stage = Stage::kCluster;  // steps of a later one are left alone
  // No step is begun after so long; the service's own limit, which kills, must be longer.
  std::chrono::seconds time_for_steps{180};
};

enum class Outcome {
  kDone,
  kNotDone,  // something failed, or waits for what may come: another run may do better
  kStuck,    // all that is missing is impossible, and stays so at least until the next boot
};

class FirstBoot {
 public:
  // `machine` and `steps` must outlive it.
  FirstBoot(RunOptions options, Machine machine, const Steps& steps);

  // Everything there is to say is in the log and the status. Takes the run lock.
  Outcome run();
  // What run() would do now, for people; changes nothing.
  Result<std::string> describe_plan();

 private:
  Outcome run_locked();
  Facts gather();
  void look_at_cluster(Facts& facts) const;
  bool has_its_turn(const Step& step) const { return step.stage() <= options_.stage; }
  // Some step of that stage has its turn: what it looks at is worth looking at.
  bool looks_at(Stage stage) const;
  Outcome fail_without_record(const Error& error);
  void begin(const std::vector<PlannedStep>& plan);
  void run_steps();
  void run_step(const Step& step, StepReport& report);
  void attempt(const Step& step, StepReport& report);
  Status apply(const Step& step);
  void look_again(const Step& step);
  // A node that has its address hardly waits for its network.
  bool lacks_address() const;
  void measure_before_tuning();
  void measure_after_tuning();
  void retry_failed(std::size_t last_changed);
  bool has_failed(std::string_view step) const;
  // Its turn has come, and it is not done.
  bool is_open(std::size_t index) const;
  bool all_good() const;
  bool is_stuck() const;
  Outcome outcome() const;
  Outcome finish();
  bool has_news(bool good) const;
  void save_progress();
  void publish(std::string_view boot_folder);
  void note_kept(const Status& kept);
  bool time_is_up() const;
  void show(LedSign sign);
  void show_end(LedSign sign);

  RunOptions options_;
  System& system_;
  Network& network_;
  Engine* engine_;  // not owned; may be null
  const Steps& steps_;
  Log log_;
  StatusLed led_;
  TuningMeasurement measurement_;
  std::chrono::steady_clock::time_point start_;
  NodeRecord record_;
  Facts facts_;
  LoadedJournal journal_;
  RunReport report_;
  std::vector<bool> tried_;      // by step: apply() was called in this run
  bool puts_off_ = false;        // some step that has failed too often
  bool journal_failed_ = false;  // the last time it was written
};

Result<NodeRecord> read_node_record(const std::filesystem::path& path);

}  // namespace kraken
