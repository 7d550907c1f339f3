#include <algorithm>

#include "report/publish.h"
#include "run/first_boot.h"

namespace kraken {

namespace {

std::string_view last_words(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "all done";
    case Outcome::kNotDone:
      return "not all is done; what failed is tried again";
    case Outcome::kStuck:
      break;
  }
  return "not all is done, and what is missing is impossible as things are; it is looked at again at the next boot";
}

}  // namespace

Outcome FirstBoot::fail_without_record(const Error& error) {
  const std::string folder = find_boot_folder(options_.root, system_);
  facts_ = gather_facts(options_.root, folder, system_);
  log_.set_boot(facts_.boot_id);
  report_.state = RunState::kFailed;
  report_.model = facts_.model;
  report_.kernel = facts_.kernel;
  report_.notes.push_back("nothing was done, because this node does not know what it should be: " + error.what());
  log_.line(report_.notes.back());
  publish(folder);
  note_kept(log_.keep_news());
  show_end(LedSign::kFailed);
  // Whatever is wrong with it: it is on the card. Only a card that cannot be read may be read the next time.
  return error.code() == ErrorCode::kIo ? Outcome::kNotDone : Outcome::kStuck;
}

bool FirstBoot::is_open(std::size_t index) const {
  const StepState state = report_.steps[index].state;
  return has_its_turn(*steps_[index]) && state != StepState::kDone && state != StepState::kUnavailable;
}

// Nothing is open but what is impossible, and stays so until the next boot. Of the network's part that cannot be said:
// an adapter may be plugged in.
bool FirstBoot::is_stuck() const {
  bool stuck = false;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (!is_open(i)) continue;
    if (report_.steps[i].state != StepState::kImpossible || steps_[i]->touches() == Touches::kNetwork) return false;
    stuck = true;
  }
  return stuck;
}

bool FirstBoot::all_good() const {
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (is_open(i)) return false;
  }
  return true;
}

Outcome FirstBoot::outcome() const {
  if (is_stuck()) return Outcome::kStuck;
  return all_good() && !journal_failed_ ? Outcome::kDone : Outcome::kNotDone;
}

Outcome FirstBoot::finish() {
  const Outcome end = outcome();
  const bool good = end == Outcome::kDone;
  const bool complete = std::ranges::all_of(steps_, [this](const auto& step) { return has_its_turn(*step); });
  if (facts_.network) report_.network = make_network_report(*facts_.network, measurement_.speeds());
  const bool changed = std::ranges::any_of(report_.steps, &StepReport::changed);
  report_.state = !good ? RunState::kFailed : complete ? RunState::kDone : RunState::kWorking;
  log_.line(std::string(last_words(end)));
  // A run that had nothing to do, and that is not the last one of this boot, leaves the status that there is.
  if (complete || changed || !good) publish(record_.boot_folder);
  if (changed) {
    note_kept(log_.keep());
  } else if (has_news(good)) {
    note_kept(log_.keep_news());
  }
  // A boot's last run ends the show; an earlier one only has waited to its end.
  if (!good || complete) {
    show_end(good ? LedSign::kDone : LedSign::kFailed);
  } else if (led_.is_in_use()) {
    show(LedSign::kWorking);
  }
  return end;
}

// What a run has to say that did nothing but put off what had failed, the log has from the last try.
bool FirstBoot::has_news(bool good) const {
  if (good) return !report_.notes.empty();
  return !puts_off_ || std::find(tried_.begin(), tried_.end(), true) != tried_.end();
}

// A board without an LED is none the worse.
void FirstBoot::show(LedSign sign) {
  if (const Status shown = led_.show(sign); !shown.ok()) log_.line(shown.error().what());
}

void FirstBoot::show_end(LedSign sign) {
  if (const Status shown = led_.end(sign); !shown.ok()) log_.line(shown.error().what());
}

// Not being able to is said, and is no failure of the run: the work is what counts.
void FirstBoot::publish(std::string_view boot_folder) {
  const BootPartition boot{options_.root, std::string(boot_folder), facts_.boot};
  if (const Status status = publish_status(report_, boot, system_); !status.ok()) log_.line(status.error().what());
}

void FirstBoot::note_kept(const Status& kept) {
  if (!kept.ok()) log_.line("the log could not be kept: " + kept.error().what());
}

}  // namespace kraken
