// What a node without a screen shows on the board's green LED while first boot runs. The kernel's LED triggers do the
// blinking, so that there is no thread, and a sign stays when the program hangs or dies.
//
//   sign                 with the trigger "pattern"       without it (trigger "timer")
//   working              half a second on and off         the same
//   waiting for network  two short flashes, then a gap    three flashes a second
//   waiting for manager  three short flashes, then a gap  a second and a half on and off
//   done                 steady for some seconds; then the LED shows again what it showed before
//   failed               ten short flashes a second, until the next boot or the next run
//
// What is written as on may be off: so it is on a Pi 5 (raspberrypi/linux#6783), unless config.txt turns it round with
// act_led_activelow. No two signs are each other's opposite, so that they are told apart either way.
//
// A boot's runs are several processes, and each may show something: the first sign of a boot notes the trigger that the
// LED had in kLedNotePath, and the run that is all done gives that back.
//
// A board that has no such LED, or a kernel that lacks a trigger, is no error. "pattern" is a module of Raspberry Pi
// OS's kernels that nothing else loads (CONFIG_LEDS_TRIGGER_PATTERN=m), and older ones lack. One thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "system/system.h"

namespace kraken {

enum class LedSign { kWorking, kWaitingForNetwork, kWaitingForManager, kDone, kFailed };

// Gone with the boot, as the sign is.
inline constexpr std::string_view kLedNotePath = "/run/kraken-led";
inline constexpr std::chrono::milliseconds kLedDoneShown{5000};
// Between two writes: some kernels lose the second of two that come together.
inline constexpr std::chrono::milliseconds kLedWritePause{20};

class StatusLed {
 public:
  using Pause = std::function<void(std::chrono::milliseconds)>;

  // Looks for the LED below `root`, and for its trigger before this boot's first sign; changes nothing. `system` must
  // outlive it.
  StatusLed(const std::filesystem::path& root, System& system);
  // `pause` is called instead of sleeping.
  StatusLed(const std::filesystem::path& root, System& system, Pause pause);

  bool present() const { return !folder_.empty(); }
  // Some run of this boot has shown something, and no run has given the LED its trigger back.
  bool is_in_use() const { return in_use_; }
  // Shown already: nothing is written. Fails with what the first failing write says; the LED may then show anything,
  // but for its old trigger that cannot be noted: then it is left alone.
  Status show(LedSign sign);
  // At the end of a run. Done: when it is in use, shows it for kLedDoneShown, then gives the LED its trigger back.
  // Anything else: shows it, and leaves it so.
  Status end(LedSign sign);

 private:
  struct Blink {
    std::chrono::milliseconds on;
    std::chrono::milliseconds off;
  };

  // Answers with the one that is set.
  std::string read_triggers();
  void load_pattern_trigger();
  bool offers(std::string_view trigger) const;
  Status write(std::string_view file, const std::string& value);
  Status blink(Blink blink);
  Status flash(int times, Blink instead);
  Status light();
  Status note_old_trigger();
  Status show_now(LedSign sign);
  Status restore();

  std::filesystem::path root_;
  System& system_;
  Pause pause_;
  std::string folder_;                 // "/sys/class/leds/ACT"; "" when there is none
  std::vector<std::string> triggers_;  // that this kernel offers
  std::string old_trigger_;
  bool in_use_ = false;
  std::string brightest_;
  std::optional<LedSign> shown_;
};

}  // namespace kraken
