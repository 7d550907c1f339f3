// What switches an adapter that comes up as a CD-ROM (see mode_switch.h) whenever it is plugged in or the node is
// powered up: a udev rule for each known one, and the unit that it starts.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

inline constexpr std::string_view kSwitchRule = "/etc/udev/rules.d/90-kraken-eject.rules";
inline constexpr std::string_view kSwitchUnit = "/etc/systemd/system/kraken-eject@.service";

// Of known_cdroms() alone: nobody's drive is opened.
std::string switch_rule();
std::string_view switch_unit();

}  // namespace kraken
