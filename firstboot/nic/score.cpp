#include "nic/score.h"

#include <algorithm>

#include "nic/known_adapters.h"

namespace kraken {

namespace {

constexpr int kGigabit = 1000;

// The distances matter, not the values: no sum of the lower ones makes up for a class of speed.
constexpr int kForGigabit = 40;
constexpr int kForPerhapsGigabit = 20;
constexpr int kForLink = 8;
constexpr int kForGigabitLink = 4;
constexpr int kForFasterLink = 8;
constexpr int kForOwnBus = 2;
constexpr int kForRandomMac = -1;

class Score {
 public:
  explicit Score(const Nic& nic) { result_.name = nic.name; }
  void add(int points, std::string reason) {
    result_.score += points;
    result_.reasons.push_back(std::move(reason));
  }
  NicScore take() { return std::move(result_); }

 private:
  NicScore result_;
};

std::optional<int> mbit_of_chip(const Nic& nic) {
  if (nic.usb) {
    const KnownAdapter* known = find_known_adapter(*nic.usb);
    return known != nullptr ? std::optional(known->mbit) : std::nullopt;
  }
  // The interfaces of the Raspberry Pi 4 and 5.
  if (nic.driver == "bcmgenet" || nic.driver == "macb") return kGigabit;
  return std::nullopt;
}

std::string mbit_text(int mbit) {
  return std::to_string(mbit) + " Mbit/s";
}

void score_speed(const Nic& nic, Score& score) {
  const auto mbit = most_mbit(nic);
  if (!mbit) {
    score.add(kForPerhapsGigabit, "nothing tells its speed, so it may be gigabit");
  } else if (*mbit >= kGigabit) {
    score.add(kForGigabit, "does " + mbit_text(*mbit));
  } else {
    score.add(0, "does " + mbit_text(*mbit) + " at most");
  }
}

void score_link(const Nic& nic, Score& score) {
  if (!nic.carrier) return score.add(0, "is down, so its link is not known");
  if (!*nic.carrier) return score.add(0, "has no link");
  if (!nic.speed_mbit) return score.add(kForLink, "has a link");
  // Only a link shows whether the switch is up to a faster adapter.
  const int mbit = *nic.speed_mbit;
  const int faster = mbit > kGigabit ? kForFasterLink : mbit == kGigabit ? kForGigabitLink : 0;
  score.add(kForLink + faster, "has a link of " + mbit_text(mbit));
}

}  // namespace

bool is_usb_adapter(const Nic& nic) {
  return !nic.onboard && nic.usb.has_value();
}

std::optional<int> most_mbit(const Nic& nic) {
  const auto chip = mbit_of_chip(nic);
  if (!chip) return nic.speed_mbit;
  return std::max(*chip, nic.speed_mbit.value_or(0));
}

bool may_be_gigabit(const Nic& nic) {
  return most_mbit(nic).value_or(kGigabit) >= kGigabit;
}

NicScore score_nic(const Nic& nic) {
  Score score(nic);
  score.add(0, (nic.onboard ? "is onboard: " : "is not onboard: ") + nic.onboard_reason);
  score_speed(nic, score);
  score_link(nic, score);
  if (!nic.usb) score.add(kForOwnBus, "does not share the USB bus");
  if (nic.mac_is_random) score.add(kForRandomMac, "has no address of its own");
  return score.take();
}

std::string describe_nic(const Nic& nic) {
  std::string text = nic.onboard ? "the onboard interface " : nic.usb ? "the USB adapter " : "the interface ";
  text += nic.name + " (";
  if (nic.usb && !nic.onboard) {
    const KnownAdapter* known = find_known_adapter(*nic.usb);
    if (known != nullptr) text += std::string(known->chip) + ", ";
    text += format_usb_id(*nic.usb) + " at USB port " + nic.usb_port + ", ";
  }
  return text + (nic.driver.empty() ? "no driver known" : "driver " + nic.driver) + ")";
}

}  // namespace kraken
