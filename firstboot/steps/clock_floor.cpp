#include "steps/registry.h"
#include "system/utc.h"

namespace kraken {

namespace {

class ClockFloor final : public Step {
 public:
  std::string_view name() const override { return "clock-floor"; }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    const std::string floor = format_utc(record.build.clock) + ", when this image was made";
    if (facts.timesync_stamp && *facts.timesync_stamp < record.build.clock) {
      return Check::needed("systemd-timesyncd would start from a time before " + floor);
    }
    if (facts.clock < record.build.clock) return Check::needed_this_boot("the clock is behind " + floor);
    return Check::done("the clock is not behind " + floor);
  }

  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    const UnixTime floor = record.build.clock;
    if (facts.clock < floor) KRAKEN_TRY(system.set_clock(floor));
    if (facts.timesync_stamp && *facts.timesync_stamp < floor) {
      KRAKEN_TRY(system.set_modification_time(kTimesyncStamp, floor));
    }
    return ok_status();
  }
};

}  // namespace

std::unique_ptr<const Step> make_clock_floor_step() {
  return std::make_unique<ClockFloor>();
}

}  // namespace kraken
