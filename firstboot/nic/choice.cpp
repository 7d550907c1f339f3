#include "nic/choice.h"

#include <algorithm>
#include <cctype>
#include <functional>

namespace kraken {

namespace {

using Predicate = std::function<bool(const Nic&)>;

bool is_onboard(const Nic& nic) {
  return nic.onboard;
}

bool lacks_link(const Nic& nic) {
  return nic.carrier == false;
}

std::string sentence(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text + ".";
}

class Chooser {
 public:
  Chooser(const std::vector<Nic>& nics, const NodeRecord::Nic& policy)
      : nics_(nics), policy_(policy), single_(policy.mode == "single") {
    for (const Nic& nic : nics) choice_.scores.push_back(score_nic(nic));
  }

  NicChoice choose() {
    if (const Nic* wanted = best([this](const Nic& nic) { return is_wanted(nic); })) {
      take_wanted(*wanted);
    } else if (policy_.primary == "usb-gigabit") {
      do_without_gigabit();
    } else {
      choice_.reason = nics_.empty() ? "This node has no wired interface."
                                     : "There is no onboard interface, and the profile allows no other one.";
    }
    add_notes();
    return std::move(choice_);
  }

 private:
  bool is_wanted(const Nic& nic) const {
    if (policy_.primary == "onboard") return nic.onboard;
    if (policy_.primary == "usb-gigabit") return is_usb_adapter(nic) && may_be_gigabit(nic);
    return true;
  }

  const Nic* best(const Predicate& allowed) const;
  const Nic* standby_of(const Nic& wanted) const;
  void take_wanted(const Nic& wanted);
  void say_as_wanted();
  void say_no_link(const Nic& wanted, const Nic* standby);
  void do_without_gigabit();
  void take_slow_adapter(const Nic& slow, const Nic* onboard);
  void add_notes();

  const std::vector<Nic>& nics_;
  const NodeRecord::Nic& policy_;
  bool single_;
  NicChoice choice_;
};

// When only one interface is used, one with a link (or not known to lack it) is better than any without.
const Nic* Chooser::best(const Predicate& allowed) const {
  const Nic* found = nullptr;
  std::pair<bool, int> rank;
  for (std::size_t i = 0; i < nics_.size(); ++i) {
    if (!allowed(nics_[i])) continue;
    const std::pair<bool, int> other(!single_ || !lacks_link(nics_[i]), choice_.scores[i].score);
    if (found == nullptr || other > rank) {
      found = &nics_[i];
      rank = other;
    }
  }
  return found;
}

const Nic* Chooser::standby_of(const Nic& wanted) const {
  if (policy_.fallback == "none") return nullptr;
  if (!wanted.onboard) return best(is_onboard);
  return policy_.primary == "auto" ? best([&](const Nic& nic) { return &nic != &wanted; }) : nullptr;
}

void Chooser::take_wanted(const Nic& wanted) {
  const Nic* standby = standby_of(wanted);
  choice_.primary = &wanted;
  if (single_ && lacks_link(wanted) && standby != nullptr && !lacks_link(*standby)) choice_.primary = standby;
  if (!single_) choice_.fallback = standby;
  if (!lacks_link(wanted)) {
    choice_.outcome = NicOutcome::kAsWanted;
    say_as_wanted();
  } else {
    choice_.outcome = NicOutcome::kNoLink;
    say_no_link(wanted, standby);
  }
}

void Chooser::say_as_wanted() {
  std::string text = describe_nic(*choice_.primary) + " is the primary interface";
  if (single_) {
    text += ", and it alone is used";
  } else if (choice_.fallback != nullptr) {
    text += ", and " + describe_nic(*choice_.fallback) + " stands by";
  } else if (policy_.fallback == "onboard" && !choice_.primary->onboard) {
    text += ", and there is no onboard interface to stand by";
  } else {
    text += ", and nothing stands by";
  }
  choice_.reason = sentence(text);
}

void Chooser::say_no_link(const Nic& wanted, const Nic* standby) {
  std::string text = describe_nic(wanted) + " has no link";
  if (standby == nullptr) {
    text += ", and nothing can take its place";
  } else if (lacks_link(*standby)) {
    text += ", and neither has " + describe_nic(*standby);
  } else if (single_) {
    text += ": " + describe_nic(*standby) + " is used instead";
  } else {
    text += ": " + describe_nic(*standby) + " carries the address until it has one";
  }
  choice_.reason = sentence(text);
}

void Chooser::do_without_gigabit() {
  const Nic* slow = best(is_usb_adapter);
  const Nic* onboard = policy_.fallback == "onboard" ? best(is_onboard) : nullptr;
  if (slow != nullptr) return take_slow_adapter(*slow, onboard);
  if (onboard != nullptr) {
    choice_.outcome = NicOutcome::kNoAdapter;
    choice_.primary = onboard;
    choice_.reason = "There is no USB adapter: " + describe_nic(*onboard) + " is the primary interface.";
  } else {
    choice_.reason = policy_.fallback == "onboard" ? "There is neither a USB adapter nor an onboard interface."
                                                   : "There is no USB adapter, and the profile allows no fallback.";
  }
}

void Chooser::take_slow_adapter(const Nic& slow, const Nic* onboard) {
  choice_.outcome = NicOutcome::kOnly100Mbit;
  const std::string text = describe_nic(slow) + " is no gigabit adapter";
  if (onboard == nullptr) {
    choice_.primary = &slow;
    choice_.reason = sentence(text + ", and is the primary interface for want of another that the profile allows");
  } else if (single_ && lacks_link(*onboard) && !lacks_link(slow)) {
    choice_.primary = &slow;
    choice_.reason = sentence(text + ", but is the primary interface: " + describe_nic(*onboard) + " has no link");
  } else {
    choice_.primary = onboard;
    choice_.fallback = single_ ? nullptr : &slow;
    choice_.reason = sentence(text + ": " + describe_nic(*onboard) + " is the primary interface" +
                              (single_ ? "" : ", and the adapter stands by"));
  }
}

void note_speed(const Nic& nic, std::vector<std::string>& notes) {
  const auto mbit = most_mbit(nic);
  if (!mbit && nic.usb) {
    notes.push_back("How fast " + nic.name + " is, is not known (" + format_usb_id(*nic.usb) +
                    " is no adapter that this program knows): it is taken to be gigabit.");
  } else if (mbit && nic.speed_mbit && *nic.speed_mbit < 1000 && *mbit >= 1000) {
    notes.push_back(nic.name + " could do " + std::to_string(*mbit) + " Mbit/s, but its link runs at " +
                    std::to_string(*nic.speed_mbit) + " Mbit/s: look at the cable and the switch.");
  }
}

// Two interfaces are less of a reserve when one fault takes both: on a 3B the onboard one is behind the sockets' hub.
void note_shared_hub(const Nic& primary, const Nic& fallback, std::vector<std::string>& notes) {
  const std::string hub = shared_usb_hub(primary.usb_port, fallback.usb_port);
  if (hub.empty()) return;
  notes.push_back(primary.name + " and " + fallback.name + " are behind the same USB hub (" + hub +
                  "): what takes the hub down takes both down.");
}

void Chooser::add_notes() {
  const Nic* primary = choice_.primary;
  const Nic* fallback = choice_.fallback;
  if (primary != nullptr) note_speed(*primary, choice_.notes);
  if (primary != nullptr && fallback != nullptr) note_shared_hub(*primary, *fallback, choice_.notes);
  for (const Nic& nic : nics_) {
    const bool used = &nic == primary || &nic == fallback;
    if (!used && !nic.onboard) choice_.notes.push_back(sentence(describe_nic(nic) + " is not used"));
    if (used && nic.mac_is_random) {
      choice_.notes.push_back(nic.name +
                              " has no address of its own, so it is recognised by its USB port: leave it there.");
    }
  }
}

}  // namespace

std::string_view to_word(NicOutcome outcome) {
  switch (outcome) {
    case NicOutcome::kAsWanted:
      return "as-wanted";
    case NicOutcome::kNoAdapter:
      return "no-adapter";
    case NicOutcome::kNoLink:
      return "no-link";
    case NicOutcome::kOnly100Mbit:
      return "only-100-mbit";
    case NicOutcome::kNothing:
      return "nothing";
  }
  return "unknown";
}

NicChoice choose_nics(const std::vector<Nic>& nics, const NodeRecord::Nic& policy) {
  return Chooser(nics, policy).choose();
}

}  // namespace kraken
