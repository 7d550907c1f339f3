#include "base/text.h"
#include "contract/hosts_file.h"
#include "steps/registry.h"

namespace kraken {

namespace {

bool names_node(const TextFile& hostname, const NodeRecord& record) {
  return hostname.state == TextFile::State::kPresent && trim(hostname.content) == record.node.name;
}

bool knows_cluster(const TextFile& hosts, const NodeRecord& record) {
  return hosts.state == TextFile::State::kPresent && hosts.content == managed_hosts(hosts.content, record);
}

class Hostname final : public Step {
 public:
  std::string_view name() const override { return "hostname"; }

  Check check(const Facts& facts, const NodeRecord& record) const override {
    // Its other lines would be lost.
    if (facts.hosts_file.state == TextFile::State::kUnreadable) {
      return Check::impossible("/etc/hosts cannot be read and is left alone: " + facts.hosts_file.problem);
    }
    if (!names_node(facts.hostname_file, record)) return Check::needed("/etc/hostname is not " + record.node.name);
    if (!knows_cluster(facts.hosts_file, record)) return Check::needed("/etc/hosts lacks the cluster's names");
    if (facts.kernel_host_name != record.node.name) {
      return Check::needed_this_boot("the running system is not called " + record.node.name + " yet");
    }
    return Check::done("this node is " + record.node.name + " and knows " + std::to_string(record.hosts.size()) +
                       (record.hosts.size() == 1 ? " node" : " nodes") + " by name");
  }

  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override {
    if (facts.kernel_host_name != record.node.name) KRAKEN_TRY(system.set_host_name(record.node.name));
    if (!names_node(facts.hostname_file, record)) {
      KRAKEN_TRY(system.replace_file(kHostnamePath, record.node.name + "\n", FileMode::kPublic));
    }
    if (knows_cluster(facts.hosts_file, record)) return ok_status();
    return system.replace_file(kHostsPath, managed_hosts(facts.hosts_file.content, record), FileMode::kPublic);
  }
};

}  // namespace

std::unique_ptr<const Step> make_hostname_step() {
  return std::make_unique<Hostname>();
}

}  // namespace kraken
