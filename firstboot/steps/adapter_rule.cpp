#include "nic/switch_rule.h"
#include "steps/registry.h"
#include "system/put_file.h"

namespace kraken {

namespace {

bool is_as_wanted(const TextFile& file, std::string_view content) {
  return file.state == TextFile::State::kPresent && file.content == content;
}

class AdapterRule final : public Step {
 public:
  std::string_view name() const override { return "adapter-rule"; }
  // The others use no adapter.
  bool concerns(const NodeRecord& record) const override { return record.nic.primary != "onboard"; }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    if (!concerns(record)) return Check::done("this node uses no adapter");
    if (!is_as_wanted(facts.switch_unit, switch_unit()) || !is_as_wanted(facts.switch_rule, switch_rule())) {
      return Check::needed("an adapter that comes up as a CD-ROM would stay one");
    }
    return Check::done("adapters that come up as a CD-ROM are switched whenever they are plugged in");
  }

  Status apply(const Facts& /*facts*/, const NodeRecord& /*record*/, System& system) const override {
    KRAKEN_TRY(put_file(system, kSwitchUnit, switch_unit(), FileMode::kPublic));
    return put_file(system, kSwitchRule, switch_rule(), FileMode::kPublic);
  }
};

}  // namespace

std::unique_ptr<const Step> make_adapter_rule_step() {
  return std::make_unique<AdapterRule>();
}

}  // namespace kraken
