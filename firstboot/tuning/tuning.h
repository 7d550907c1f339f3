// The named settings of a profile's `tuning:` (imager/config/definitions_profile.cpp describes each): which are as the
// record wants them, and how the others get there. Every setting lasts: what the system applies by itself at boot is in
// a file of its own (sysctl.d, modules-load.d), and what belongs to an interface, the governor and swap is set again by
// `kraken-firstboot tune`, which a unit starts at every boot and a udev rule for every adapter that is plugged in.
//
// A setting that this kernel or hardware does not have is reported, and no failure. One thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "contract/node_record.h"
#include "net/network.h"
#include "system/system.h"
#include "tuning/tuning_facts.h"

namespace kraken {

struct SettingState {
  enum class State {
    kDone,
    kNeeded,          // something that lasts is missing
    kNeededThisBoot,  // only the running kernel's value is
    kNeedsReboot,     // all is set, and counts from the next boot on
    kUnavailable,     // this kernel or hardware does not have it
    kOff,             // the record leaves it alone, or wants it off
  };
  std::string name;
  State state = State::kOff;
  std::string reason;  // for the status file: the same on every boot that finds the same
};

// Of all settings, in the order in which they are to be applied.
std::vector<std::string_view> setting_names();

// Every setting, in that order; then names of the record that this program does not know
// (kUnavailable). Pure. Off means: not set by us, and not to be set again at the next boot.
std::vector<SettingState> check_tuning(const NodeRecord& record, const TuningFacts& facts);

// Brings about the one setting; to be called when check_tuning() says kNeeded or kNeededThisBoot of these same facts.
// May be repeated, also after it was cut off anywhere. kInvalidArgument for an unknown name; otherwise as System and
// Network fail, and then what came before the failure is done.
Status apply_setting(std::string_view name, const TuningFacts& facts, const NodeRecord& record, System& system,
                     Network& network);

}  // namespace kraken
