// A link of known speed. It also notes what stood in a file of the node's when it was measured.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "measure/meter.h"
#include "system/rooted_system.h"

namespace kraken::test {

class FakeMeter final : public LinkMeter {
 public:
  struct Measured {
    Ipv4 peer;
    std::string active_slave;  // of the node's bond; "" when it was left alone
    std::string ip_forward;    // a setting of the tuning's
    std::chrono::seconds patience{0};
  };

  std::string problem;          // of every measurement
  std::string standby_problem;  // of those through the interface that stands by
  std::vector<Measured> measured;

  void set_root(const std::filesystem::path& root) { root_ = root; }

  LinkMeasurement measure(Ipv4 peer, std::chrono::seconds patience) override {
    measured.push_back(
        {peer, get("/sys/class/net/kr-bond0/bonding/active_slave"), get("/proc/sys/net/ipv4/ip_forward"), patience});
    LinkMeasurement link;
    link.peer = peer;
    link.seconds = 3;
    const bool standby = measured.back().active_slave == "kr-lan0";
    link.problem = standby && problem.empty() ? standby_problem : problem;
    if (!link.problem.empty()) return link;
    link.mbit_sent = standby ? 93.4 : 221.06;
    link.mbit_received = standby ? 93.9 : 224.0;
    return link;
  }

 private:
  std::string get(std::string_view name) const {
    std::ifstream in(below(root_, name));
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  std::filesystem::path root_;
};

}  // namespace kraken::test
