#include "run/tuning_measurement.h"

#include <algorithm>
#include <cmath>

namespace kraken {

namespace {

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

// The bond's port that stands by and has a link; null when there is none.
const Link* standby_port(const NetworkFacts& network) {
  if (!network.wanted || !network.wanted->fallback || !network.config) return nullptr;
  const Link* bond = network.state.find_link(network.config->interface);
  const Link* port = network.state.find_link(network.wanted->fallback->index);
  const bool is_port = bond != nullptr && bond->kind == "bond" && port != nullptr && port->master == bond->index;
  return is_port && port->carrier ? port : nullptr;
}

}  // namespace

TuningMeasurement::TuningMeasurement(std::filesystem::path root, Machine machine, Log& log)
    : root_(std::move(root)), machine_(machine), log_(log) {}

bool TuningMeasurement::is_due(LinkSpeed::Of of, const NodeRecord& record, const Facts& facts) const {
  if (machine_.meter == nullptr || !record.nic.measure || !peer_of(record)) return false;
  if (speeds_ && speeds_->find(of) != nullptr) return false;
  return facts.network && facts.network->config && facts.network->proof.reach == Reach::kGateway;
}

bool TuningMeasurement::before(const NodeRecord& record, const Facts& facts) {
  if (!is_due(LinkSpeed::Of::kBeforeTuning, record, facts)) return false;
  const Ipv4 peer = *peer_of(record);
  speeds_ = LinkSpeeds{peer, {}};
  if (measure(LinkSpeed::Of::kBeforeTuning, facts.network->config->interface, peer)) {
    measure_fallback(*facts.network, peer);
  }
  keep();
  return true;
}

bool TuningMeasurement::after(const NodeRecord& record, const Facts& facts) {
  if (!is_due(LinkSpeed::Of::kAfterTuning, record, facts)) return false;
  const std::string& interface = facts.network->config->interface;
  if (!speeds_) speeds_ = LinkSpeeds{*peer_of(record), {}};
  const LinkSpeed* before = speeds_->find(LinkSpeed::Of::kBeforeTuning);
  if (before != nullptr && !before->problem.empty()) {
    // Whoever was not there a moment ago is not waited for again.
    speeds_->speeds.push_back({LinkSpeed::Of::kAfterTuning, interface, 0, 0, before->problem});
  } else {
    measure(LinkSpeed::Of::kAfterTuning, interface, *peer_of(record));
  }
  keep();
  return true;
}

bool TuningMeasurement::measure(LinkSpeed::Of of, const std::string& interface, Ipv4 peer) {
  const LinkMeasurement link = machine_.meter->measure(peer);
  const LinkSpeed speed{of, interface, to_kbit(link.mbit_sent), to_kbit(link.mbit_received), link.problem};
  log_.line("link to " + format_ipv4(peer) + " through " + interface + ", " + std::string(to_word(of)) + ": " +
            (link.problem.empty() ? describe_speed(speed) : "not measured: " + link.problem));
  speeds_->speeds.push_back(speed);
  return link.problem.empty();
}

// The bond is told to use its other port for a moment. What it uses is the driver's own affair after the next change of
// a link, so a power cut or a failure here leaves nothing behind (Documentation/networking/bonding.rst, active_slave).
void TuningMeasurement::measure_fallback(const NetworkFacts& network, Ipv4 peer) {
  const Link* standby = standby_port(network);
  const Link* primary = network.state.find_link(network.wanted->primary.index);
  if (standby == nullptr || primary == nullptr) return;
  const std::string active = "/sys/class/net/" + network.config->interface + "/bonding/active_slave";
  if (const Status changed = machine_.system.write_kernel_file(active, standby->name); !changed.ok()) {
    return log_.line("the fallback was not measured: " + changed.error().what());
  }
  measure(LinkSpeed::Of::kFallback, standby->name, peer);
  if (const Status back = machine_.system.write_kernel_file(active, primary->name); !back.ok()) {
    log_.line(back.error().what());
  }
}

void TuningMeasurement::keep() {
  Status kept = machine_.system.make_folder(kStateFolder);
  if (kept.ok()) kept = machine_.system.replace_file(kLinkSpeedsPath, format_link_speeds(*speeds_), FileMode::kPublic);
  if (!kept.ok()) log_.line("what was measured could not be kept: " + kept.error().what());
}

}  // namespace kraken
