// A FakeNode that gets as far as its network: board, adapter, NetworkManager, and both runs of a boot.
#pragma once

#include "support/fake_meter.h"
#include "support/fake_node.h"
#include "support/fake_stack.h"

namespace kraken::test {

inline NodeRecord record_with_tuning() {
  NodeRecord record = sample_record();
  record.tuning = {{"ip_forward", true}, {"tx_queue_length", std::int64_t{2000}}};
  return record;
}

// A fresh node with NetworkManager and two interfaces, on a network with a manager to measure against.
class NetworkedNode {
 public:
  explicit NetworkedNode(NodeRecord record = record_with_tuning()) : record_(std::move(record)) {
    node.put(kNodeRecordPath, format_node_record(record_));
    node.put("/usr/lib/systemd/system/NetworkManager.service", "[Service]\nExecStart=/bin/true\n");
    const auto wants = node.path("/etc/systemd/system/multi-user.target.wants");
    std::filesystem::create_directories(wants);
    std::filesystem::create_symlink("/usr/lib/systemd/system/NetworkManager.service", wants / "NetworkManager.service");
    std::filesystem::create_directories(node.path("/etc/NetworkManager/system-connections"));
    add_board_with_adapter(node.root());
    node.put("/proc/sys/net/ipv4/ip_forward", "0\n");
  }

  Outcome boot(Fault fault = {}) const {
    FakeSystem system = node.system();
    system.set_fault(fault);
    FakeNetwork network = fake_network_of_board(record_);
    node.put("/sys/class/net/kr-bond0/bonding/active_slave", "kr-usb0");
    if (!gateway_answers) network.clear_answers();
    const auto look = [&] { play_network_manager(node.root(), record_, network); };
    look();  // at its start
    system.set_programs([&](const std::vector<std::string>& argv) {
      if (resets_in_network_step && argv.front() == "nmcli") ::_exit(kPowerCut);
      look();
      return ok_status();
    });
    system.set_while_waiting([&, away = away_after_tuning]() mutable {
      if (away == 0 || node.get("/proc/sys/net/ipv4/ip_forward") != "1") return;
      is_back = --away == 0;
      node.put("/sys/class/net/kr-bond0/bonding/active_slave", is_back ? "kr-usb0" : "kr-lan0");
    });
    const Steps steps = network_steps(network);
    RunOptions options{.root = node.root(), .record = node.path(kNodeRecordPath), .stage = Stage::kEarly};
    static_cast<void>(FirstBoot(options, {system, network}, steps).run());
    options.stage = Stage::kNetwork;
    meter.set_root(node.root());
    const Outcome outcome = FirstBoot(options, {system, network, &meter}, steps).run();
    changes = system.changes();
    return outcome;
  }

  // The status tells what the last run changed, which depends on where the first one ended.
  std::map<std::string, std::string> lasting() const {
    auto files = node.lasting();
    files.erase("/boot/firmware/kraken-status.json");
    return files;
  }

  FakeNode node;
  bool gateway_answers = true;
  int away_after_tuning = 0;            // pauses in which the bond uses its other port, once something was tuned
  bool resets_in_network_step = false;  // as soon as NetworkManager is told something: a boot belongs into a child
  mutable bool is_back = false;         // that was waited for
  mutable FakeMeter meter;
  mutable std::vector<std::string> changes;  // of the last boot

 private:
  NodeRecord record_;
};

}  // namespace kraken::test
