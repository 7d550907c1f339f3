#include "run/first_boot.h"

#include <algorithm>

#include "run/await_network.h"
#include "sys/files.h"
#include "system/run_lock.h"

namespace kraken {

namespace {

std::string_view later(Stage stage) {
  return stage == Stage::kCluster ? "its turn comes when the network is set up and Docker may run"
                                  : "its turn comes when the network's services run";
}

LedSign sign_of(WaitsFor what) {
  switch (what) {
    case WaitsFor::kNothing:
      break;
    case WaitsFor::kNetwork:
      return LedSign::kWaitingForNetwork;
    case WaitsFor::kManager:
      return LedSign::kWaitingForManager;
  }
  return LedSign::kWorking;
}

// Some drivers only say so when a setting is to be changed.
bool is_lacking(const Step& step, const Error& error) {
  return step.touches() == Touches::kTuning && error.code() == ErrorCode::kUnsupported;
}

}  // namespace

FirstBoot::FirstBoot(RunOptions options, Machine machine, const Steps& steps)
    : options_(std::move(options)),
      system_(machine.system),
      network_(machine.network),
      engine_(machine.engine),
      steps_(steps),
      log_(options_.root, machine.system),
      led_(options_.root, machine.system, [&system = machine.system](auto time) { system.pause(time); }),
      measurement_(options_.root, machine, log_),
      start_(std::chrono::steady_clock::now()) {}

Result<NodeRecord> read_node_record(const std::filesystem::path& path) {
  const auto text = read_whole_file(path, kNodeRecordMaxSize);
  if (!text.ok()) return text.error().with_context("node record");
  return parse_node_record(*text).with_context(path.string());
}

Outcome FirstBoot::run() {
  const auto lock = RunLock::take(options_.root);
  if (!lock.ok()) {
    log_.line(lock.error().what());
    return Outcome::kNotDone;
  }
  const auto record = read_node_record(options_.record);
  if (!record.ok()) return fail_without_record(record.error());
  record_ = *record;
  return run_locked();
}

Outcome FirstBoot::run_locked() {
  Ejected ejected;
  if (looks_at(Stage::kNetwork)) {
    if (lacks_address()) show(LedSign::kWaitingForNetwork);
    const bool is_boot = options_.stage == Stage::kNetwork;
    ejected = await_network(options_.root, record_, {system_, network_}, is_boot ? Await::kAll : Await::kAddress);
  }
  facts_ = gather();
  log_.set_boot(facts_.boot_id);
  for (const std::string& done : ejected.done) log_.line(done);
  report_.notes = std::move(ejected.failed);
  journal_ = load_journal(options_.root);
  measurement_.load();
  report_.record = record_;
  report_.model = facts_.model;
  report_.kernel = facts_.kernel;
  if (journal_.note) report_.notes.push_back(*journal_.note);
  for (const std::string& step : journal_.cut_off) {
    report_.notes.push_back(step + ": the last try was cut off, by a reset or by its time limit: it counts as failed");
  }
  tried_.assign(steps_.size(), false);
  begin(make_plan(steps_, facts_, record_, journal_.journal));
  run_steps();
  return finish();
}

// Says what is coming. A status of "working" is written only when something lasting is: whoever pulls the card in the
// middle sees that, and a finished node writes nothing. Nor does one that tries again what has failed: the status says
// that, and why.
void FirstBoot::begin(const std::vector<PlannedStep>& plan) {
  log_.line("node " + record_.node.name + " on " + (facts_.model.empty() ? "an unknown machine" : facts_.model));
  for (const std::string& note : report_.notes) log_.line(note);
  bool works = false;
  bool changes = false;
  for (const PlannedStep& planned : plan) {
    const std::string name(planned.step->name());
    if (!planned.step->concerns(record_)) {
      report_.steps.push_back({name, StepState::kDone, false, planned.reason, true});
      continue;
    }
    if (!has_its_turn(*planned.step)) {
      report_.steps.push_back({name, StepState::kNeeded, false, std::string(later(planned.step->stage()))});
      continue;
    }
    log_.line(name + ": " + std::string(to_word(planned.action)) + ": " + planned.reason);
    works |= is_apply(planned.action);
    changes |= planned.action == Action::kApply && !has_failed(name);
    const bool done = planned.action == Action::kNothing || planned.action == Action::kApplyThisBoot;
    report_.steps.push_back({name, done ? StepState::kDone : StepState::kNeeded, false, planned.reason});
  }
  if (works) show(LedSign::kWorking);
  if (!changes) return;
  note_kept(log_.keep());
  publish(record_.boot_folder);
}

bool FirstBoot::has_failed(std::string_view step) const {
  const JournalEntry* past = journal_.journal.find(step);
  return past != nullptr && past->state == JournalState::kFailed;
}

void FirstBoot::run_steps() {
  std::size_t last_changed = 0;
  bool tuned = false;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!has_its_turn(*steps_[i]) || !steps_[i]->concerns(record_)) continue;
    if (steps_[i]->touches() == Touches::kTuning && !std::exchange(tuned, true)) measure_before_tuning();
    run_step(*steps_[i], report_.steps[i]);
    if (report_.steps[i].changed) last_changed = i;
  }
  retry_failed(last_changed);
  save_progress();
  if (tuned) measure_after_tuning();
}

// Only while there is something to tune: else nothing would be measured that is not so afterwards.
void FirstBoot::measure_before_tuning() {
  const bool tunes = std::ranges::any_of(steps_, [this](const auto& step) {
    return step->touches() == Touches::kTuning &&
           plan_step(*step, facts_, record_, journal_.journal).action == Action::kApply;
  });
  const auto begun = std::chrono::steady_clock::now();
  // The steps have as much time as without.
  if (tunes && measurement_.before(record_, facts_)) start_ += std::chrono::steady_clock::now() - begun;
}

void FirstBoot::measure_after_tuning() {
  const bool changed = std::ranges::any_of(report_.steps, &StepReport::changed);
  if (all_good() && measurement_.after(record_, facts_, changed)) note_kept(log_.keep());
}

void FirstBoot::run_step(const Step& step, StepReport& report) {
  Journal& journal = journal_.journal;
  // Planned anew: an earlier step may have changed what this one sees.
  const PlannedStep planned = plan_step(step, facts_, record_, journal);
  report.detail = planned.reason;
  switch (planned.action) {
    case Action::kNothing:
      report.state = StepState::kDone;
      return journal.note_done(step.name());
    case Action::kImpossible:
      report.state = StepState::kImpossible;
      return journal.note_impossible(step.name());
    case Action::kUnavailable:
      report.state = StepState::kUnavailable;
      return journal.note_done(step.name());
    case Action::kWait:
      report.state = StepState::kFailed;
      puts_off_ = true;
      return journal.note_waited(step.name());
    case Action::kApply:
    case Action::kApplyThisBoot:
      break;
  }
  attempt(step, report);
  if (report.state == StepState::kDone || report.state == StepState::kUnavailable) {
    report.changed = planned.action == Action::kApply && report.state == StepState::kDone;
    journal.note_done(step.name());
  } else {
    journal.note_failed(step.name());
  }
  save_progress();
}

// Believes neither apply() nor the journal, but the check made afterwards on facts read anew.
void FirstBoot::attempt(const Step& step, StepReport& report) {
  report.state = StepState::kFailed;
  if (time_is_up()) {
    report.detail += "; no time was left for it in this boot";
    return;
  }
  tried_[static_cast<std::size_t>(&report - report_.steps.data())] = true;
  show(sign_of(step.waits_for()));
  const Status applied = apply(step);
  look_again(step);
  const Check after = step.check(facts_, record_);
  if (!applied.ok()) {
    report.detail = applied.error().what();
    if (is_lacking(step, applied.error())) report.state = StepState::kUnavailable;
  } else if (after.state != Check::State::kDone) {
    report.detail = "it was done without an error, and yet: " + after.reason;
  } else {
    report.state = StepState::kDone;
    report.detail = after.reason;
  }
  log_.line(report.name + ": " + std::string(to_word(report.state)) + ": " + report.detail);
}

Status FirstBoot::apply(const Step& step) {
  if (step.waits_for() != WaitsFor::kNothing) {
    journal_.journal.note_begun(step.name());
    save_progress();
  }
  Status applied = step.apply(facts_, record_, system_);
  journal_.journal.note_ended(step.name());
  return applied;
}

// A full root file system fails the steps before the one that grows it. The network's is behind that one, and to set it
// up a second time would only take it from whoever uses it.
void FirstBoot::retry_failed(std::size_t last_changed) {
  for (std::size_t i = 0; i < last_changed; ++i) {
    StepReport& report = report_.steps[i];
    if (report.state != StepState::kFailed || !tried_[i] || steps_[i]->touches() == Touches::kNetwork) continue;
    attempt(*steps_[i], report);
    if (report.state != StepState::kDone) continue;
    report.changed = true;
    journal_.journal.note_done(report.name);
  }
}

void FirstBoot::save_progress() {
  const Status saved = save_journal(journal_.journal, journal_.text, system_);
  journal_failed_ = !saved.ok();
  if (saved.ok()) return;
  log_.line(saved.error().what());
  const std::string note = "the journal could not be written: " + saved.error().what();
  if (std::ranges::find(report_.notes, note) == report_.notes.end()) report_.notes.push_back(note);
}

bool FirstBoot::time_is_up() const {
  return std::chrono::steady_clock::now() - start_ > options_.time_for_steps;
}

Result<std::string> FirstBoot::describe_plan() {
  KRAKEN_ASSIGN(const NodeRecord record, read_node_record(options_.record));
  record_ = record;
  const Facts facts = gather();
  const LoadedJournal journal = load_journal(options_.root);
  std::string text = "node " + record.node.name + "\n";
  if (journal.note) text += *journal.note + "\n";
  for (const PlannedStep& planned : make_plan(steps_, facts, record, journal.journal)) {
    if (!planned.step->concerns(record)) continue;
    text +=
        std::string(planned.step->name()) + ": " + std::string(to_word(planned.action)) + ": " + planned.reason + "\n";
  }
  return text;
}

}  // namespace kraken
