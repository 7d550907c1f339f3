#include "run/tuning_measurement.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "sys/files.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

constexpr std::string_view kTooLate = "the node was tuned already when its link could first be measured";

// A manager is measured against, and measures with another manager if there is one before it.
std::optional<Ipv4> peer_of(const NodeRecord& record) {
  for (const RecordHost& host : record.hosts) {
    if (host.role == kManagerRole) return host.name == record.node.name ? std::nullopt : std::optional(host.address);
  }
  return std::nullopt;
}

std::int64_t to_kbit(double mbit) {
  return std::llround(mbit * 1000);
}

// Every node measures three times, both ways, of some four seconds each: whoever waits for all the others has its turn.
std::chrono::seconds patience_for(const NodeRecord& record) {
  constexpr std::int64_t kSecondsOfANode = 24;
  const auto nodes = static_cast<std::int64_t>(record.hosts.size());
  return std::min(std::chrono::seconds(kSecondsOfANode * nodes), kMostPatienceForTurns);
}

// The bond's port that stands by and has a link; null when there is none.
const Link* standby_port(const NetworkFacts& network) {
  if (!network.wanted || !network.wanted->fallback || !network.config) return nullptr;
  const Link* bond = network.state.find_link(network.config->interface);
  const Link* port = network.state.find_link(network.wanted->fallback->index);
  const bool is_port = bond != nullptr && bond->kind == "bond" && port != nullptr && port->master == bond->index;
  return is_port && port->carrier ? port : nullptr;
}

std::string active_slave_of(const StackConfig& config) {
  return "/sys/class/net/" + config.interface + "/bonding/active_slave";
}

}  // namespace

TuningMeasurement::TuningMeasurement(std::filesystem::path root, Machine machine, Log& log)
    : root_(std::move(root)), machine_(machine), log_(log) {}

bool TuningMeasurement::can_measure(const NodeRecord& record, const Facts& facts) const {
  if (machine_.meter == nullptr || !record.nic.measure || !peer_of(record)) return false;
  return facts.network && facts.network->config && facts.network->proof.reach == Reach::kGateway;
}

// What was so before tuning is not to be had any more in a later run.
bool TuningMeasurement::is_due(LinkSpeed::Of of) const {
  if (tried_.contains(of)) return false;
  const LinkSpeed* known = speeds_ ? speeds_->find(of) : nullptr;
  if (known == nullptr) return true;
  if (of == LinkSpeed::Of::kBeforeTuning || known->problem.empty() || known->tries >= kMostTriesToMeasure) return false;
  return changed_ || speeds_->boot != boot_;
}

bool TuningMeasurement::was_tried_in_vain(LinkSpeed::Of of) const {
  return tried_.contains(of) && !speeds_->find(of)->problem.empty();
}

bool TuningMeasurement::before(const NodeRecord& record, const Facts& facts) {
  constexpr auto kBefore = LinkSpeed::Of::kBeforeTuning;
  if (!can_measure(record, facts) || !is_due(kBefore)) return false;
  begin(record, facts);
  speeds_ = LinkSpeeds{*peer_of(record), {}};
  measure(kBefore, facts.network->config->interface);
  if (!was_tried_in_vain(kBefore)) measure_fallback(*facts.network);
  keep();
  return true;
}

bool TuningMeasurement::after(const NodeRecord& record, const Facts& facts, bool changed) {
  if (!can_measure(record, facts)) return false;
  const std::size_t tried = tried_.size();
  changed_ = changed;
  begin(record, facts);
  if (!speeds_) speeds_ = LinkSpeeds{*peer_of(record), {}};
  if (is_due(LinkSpeed::Of::kAfterTuning)) measure_tuned(record, *facts.network);
  const LinkSpeed* after = speeds_->find(LinkSpeed::Of::kAfterTuning);
  if (after->problem.empty() && is_due(LinkSpeed::Of::kFallback)) measure_fallback(*facts.network);
  if (tried_.size() == tried) return false;
  keep();
  return true;
}

void TuningMeasurement::begin(const NodeRecord& record, const Facts& facts) {
  boot_ = facts.boot_id;
  if (!patience_) patience_ = patience_for(record);
}

bool TuningMeasurement::is_on_primary(const NetworkFacts& network) const {
  const auto state = machine_.network.state();
  const Link* primary = state.ok() ? state->find_link(network.wanted->primary.index) : nullptr;
  if (primary == nullptr || !primary->carrier) return false;
  const Link* bond = state->find_link(network.config->interface);
  if (bond == nullptr || bond->kind != "bond") return true;
  const auto active = read_whole_file(below(root_, active_slave_of(*network.config)), kMiB);
  return active.ok() && trim(*active) == primary->name;
}

// Drivers negotiate the link anew when Energy-Efficient Ethernet is switched (r8152.c: mii_nway_restart), and meanwhile
// a bond uses its other port.
void TuningMeasurement::await_primary(const NetworkFacts& network) const {
  constexpr std::chrono::milliseconds kBetweenLooks{500};
  constexpr int kSteady = 6;  // looks: the link is lost a moment after it was asked to be
  int steady = 0;
  for (auto left = kLongestSettling / kBetweenLooks; left > 0 && steady < kSteady; --left) {
    machine_.system.pause(kBetweenLooks);
    steady = is_on_primary(network) ? steady + 1 : 0;
  }
}

void TuningMeasurement::measure_tuned(const NodeRecord& record, const NetworkFacts& network) {
  const std::string& interface = network.config->interface;
  const LinkSpeed* before = speeds_->find(LinkSpeed::Of::kBeforeTuning);
  if (was_tried_in_vain(LinkSpeed::Of::kBeforeTuning)) {
    // Whoever was not there a moment ago is not waited for again in this run.
    return put({LinkSpeed::Of::kAfterTuning, interface, 0, 0, before->problem});
  }
  if (before == nullptr && !record.tuning.empty()) {
    put({LinkSpeed::Of::kBeforeTuning, interface, 0, 0, std::string(kTooLate)});
  }
  await_primary(network);
  measure(LinkSpeed::Of::kAfterTuning, interface);
}

void TuningMeasurement::measure(LinkSpeed::Of of, const std::string& interface) {
  const auto begun = std::chrono::steady_clock::now();
  const LinkMeasurement link = machine_.meter->measure(speeds_->peer, *patience_);
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begun);
  *patience_ -= std::min(took, *patience_);
  const LinkSpeed speed{of, interface, to_kbit(link.mbit_sent), to_kbit(link.mbit_received), link.problem};
  log_.line("link to " + format_ipv4(speeds_->peer) + " through " + interface + ", " + std::string(to_word(of)) + ": " +
            (link.problem.empty() ? describe_speed(speed) : "not measured: " + link.problem));
  put(speed);
}

// The bond is told to use its other port for a moment. What it uses is the driver's own affair after the next change of
// a link, so a power cut or a failure here leaves nothing behind (Documentation/networking/bonding.rst, active_slave).
void TuningMeasurement::measure_fallback(const NetworkFacts& network) {
  const Link* standby = standby_port(network);
  const Link* primary = network.state.find_link(network.wanted->primary.index);
  if (standby == nullptr || primary == nullptr) return;
  const std::string active = active_slave_of(*network.config);
  if (const Status changed = machine_.system.write_kernel_file(active, standby->name); !changed.ok()) {
    log_.line("the fallback was not measured: " + changed.error().what());
    return put({LinkSpeed::Of::kFallback, standby->name, 0, 0, changed.error().what()});
  }
  measure(LinkSpeed::Of::kFallback, standby->name);
  if (const Status back = machine_.system.write_kernel_file(active, primary->name); !back.ok()) {
    log_.line(back.error().what());
  }
}

void TuningMeasurement::put(LinkSpeed speed) {
  tried_.insert(speed.of);
  auto& speeds = speeds_->speeds;
  if (const LinkSpeed* known = speeds_->find(speed.of)) {
    speed.tries = known->tries + 1;
    std::erase(speeds, LinkSpeed(*known));
  }
  speeds.push_back(std::move(speed));
  std::ranges::sort(speeds, {}, &LinkSpeed::of);
}

void TuningMeasurement::keep() {
  const bool all_measured = std::ranges::all_of(speeds_->speeds, &std::string::empty, &LinkSpeed::problem);
  speeds_->boot = all_measured ? "" : boot_;
  Status kept = machine_.system.make_folder(kStateFolder);
  if (kept.ok()) kept = machine_.system.replace_file(kLinkSpeedsPath, format_link_speeds(*speeds_), FileMode::kPublic);
  if (!kept.ok()) log_.line("what was measured could not be kept: " + kept.error().what());
}

}  // namespace kraken
