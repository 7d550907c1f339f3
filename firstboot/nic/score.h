// How good an interface is for a node's traffic, and what says so. Pure. What it could do counts more than whether it
// has a link at the moment, and that more than the rest: an unplugged cable must not turn the order round.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nic/nic.h"

namespace kraken {

struct NicScore {
  std::string name;
  int score = 0;  // higher is better
  std::vector<std::string> reasons;
};

// Not soldered on, and on USB.
bool is_usb_adapter(const Nic& nic);
// By its chip, its board or its present link; nothing when none of them tells.
std::optional<int> most_mbit(const Nic& nic);
// May be: an adapter that nobody knows is taken for one.
bool may_be_gigabit(const Nic& nic);

NicScore score_nic(const Nic& nic);

// "the USB adapter eth1 (RTL8153, 0bda:8153 at USB port 1-1.2, driver r8152)"
std::string describe_nic(const Nic& nic);

}  // namespace kraken
