#include "report/led.h"

#include <algorithm>
#include <array>
#include <thread>

#include "base/text.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

using std::chrono::milliseconds;

// The activity LED: its name since bookworm's kernel, and the one before.
constexpr std::array<std::string_view, 2> kLedFolders = {"/sys/class/leds/ACT", "/sys/class/leds/led0"};
constexpr Bytes kTriggersMaxSize = 64 * kKiB;  // every processor and every disk has its own
constexpr Bytes kNumberMaxSize = 64;
constexpr Bytes kNoteMaxSize = 4 * kKiB;
constexpr std::string_view kNoTrigger = "none";

// It is read from the card, on a node that is just booting.
constexpr std::chrono::seconds kModprobeLimit{30};

constexpr milliseconds kFlash{150};
constexpr milliseconds kGap{1000};

bool contains(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

// "none timer [mmc0] heartbeat": the one that is set, in brackets, is remembered without them.
std::string take_brackets(std::vector<std::string>& triggers) {
  for (std::string& word : triggers) {
    if (word.size() < 3 || !word.starts_with('[') || !word.ends_with(']')) continue;
    word = word.substr(1, word.size() - 2);
    return word;
  }
  return std::string(kNoTrigger);
}

std::string number(milliseconds time) {
  return std::to_string(time.count());
}

}  // namespace

StatusLed::StatusLed(const std::filesystem::path& root, System& system)
    : StatusLed(root, system, [](milliseconds time) { std::this_thread::sleep_for(time); }) {}

StatusLed::StatusLed(const std::filesystem::path& root, System& system, Pause pause)
    : root_(root), system_(system), pause_(std::move(pause)) {
  old_trigger_ = read_triggers();
  const auto noted = read_whole_file(below(root, kLedNotePath), kNoteMaxSize);
  in_use_ = noted.ok();
  if (in_use_) old_trigger_ = trim(*noted);
  const auto brightest = read_whole_file(below(root, folder_ + "/max_brightness"), kNumberMaxSize);
  // Any LED has at least on and off.
  const auto steps = brightest.ok() ? parse_u64(trim(*brightest)) : std::nullopt;
  brightest_ = std::to_string(std::clamp<std::uint64_t>(steps.value_or(1), 1, 65535));
}

std::string StatusLed::read_triggers() {
  for (const std::string_view folder : kLedFolders) {
    const auto triggers = read_whole_file(below(root_, std::string(folder) + "/trigger"), kTriggersMaxSize);
    if (!triggers.ok()) continue;
    folder_ = folder;
    triggers_ = split_words(*triggers);
    return take_brackets(triggers_);
  }
  return std::string(kNoTrigger);
}

// A kernel without it has the other signs.
void StatusLed::load_pattern_trigger() {
  if (offers("pattern")) return;
  static_cast<void>(system_.run_program({"modprobe", "ledtrig-pattern"}, kModprobeLimit).ok());
  read_triggers();
}

bool StatusLed::offers(std::string_view trigger) const {
  return contains(triggers_, trigger);
}

Status StatusLed::write(std::string_view file, const std::string& value) {
  Status status = system_.write_kernel_file(folder_ + "/" + std::string(file), value);
  pause_(kLedWritePause);
  return status;
}

Status StatusLed::blink(Blink blink) {
  if (!offers("timer")) return ok_status();
  KRAKEN_TRY(write("trigger", "timer"));
  KRAKEN_TRY(write("delay_on", number(blink.on)));
  return write("delay_off", number(blink.off));
}

// Pairs of brightness and time; the second pair of each, of no time, is what keeps the kernel from dimming from one to
// the next: Linux, Documentation/ABI/testing/sysfs-class-led-trigger-pattern.
Status StatusLed::flash(int times, Blink instead) {
  if (!offers("pattern")) return blink(instead);
  std::string pattern;
  const auto step = [&pattern](const std::string& brightness, milliseconds time) {
    if (!pattern.empty()) pattern += ' ';
    pattern += brightness;
    pattern += ' ' + number(time);
    pattern += ' ' + brightness;
    pattern += " 0";
  };
  for (int i = 1; i <= times; ++i) {
    step(brightest_, kFlash);
    step("0", i == times ? kGap : kFlash);
  }
  KRAKEN_TRY(write("trigger", "pattern"));
  return write("pattern", pattern);
}

Status StatusLed::light() {
  KRAKEN_TRY(write("trigger", std::string(kNoTrigger)));
  return write("brightness", brightest_);
}

Status StatusLed::note_old_trigger() {
  if (in_use_) return ok_status();
  KRAKEN_TRY(system_.make_folder("/run"));
  KRAKEN_TRY(system_.replace_file(kLedNotePath, old_trigger_ + "\n", FileMode::kPublic));
  in_use_ = true;
  load_pattern_trigger();
  return ok_status();
}

Status StatusLed::show_now(LedSign sign) {
  switch (sign) {
    case LedSign::kWorking:
      return blink({milliseconds(500), milliseconds(500)});
    case LedSign::kWaitingForNetwork:
      return flash(2, {kFlash, kFlash});
    case LedSign::kWaitingForManager:
      return flash(3, {milliseconds(1500), milliseconds(1500)});
    case LedSign::kDone:
      return light();
    case LedSign::kFailed:
      return blink({milliseconds(50), milliseconds(50)});
  }
  return ok_status();
}

Status StatusLed::show(LedSign sign) {
  if (!present() || shown_ == sign) return ok_status();
  KRAKEN_TRY(note_old_trigger().with_context("noting the LED's trigger"));
  shown_ = sign;
  return show_now(sign).with_context("showing the state on the LED");
}

Status StatusLed::restore() {
  shown_.reset();
  KRAKEN_TRY(write("trigger", old_trigger_).with_context("giving the LED its trigger back"));
  in_use_ = false;
  return system_.remove_file(kLedNotePath);
}

Status StatusLed::end(LedSign sign) {
  if (sign == LedSign::kDone && !in_use_) return ok_status();
  Status status = show(sign);
  if (!present() || sign != LedSign::kDone) return status;
  if (status.ok()) pause_(kLedDoneShown);
  const Status restored = restore();
  return status.ok() ? restored : status;
}

}  // namespace kraken
