// The node record: the one thing that kraken-image writes and kraken-firstboot reads. A JSON file,
// /etc/kraken/node.json, root's, 0600. It holds no secret.
//
// The format is versioned: an unknown version, an unknown key, a missing key or a value out of range is refused with a
// sentence that says so, since a half-understood record is worse than none.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "contract/join_settings.h"

namespace kraken {

inline constexpr std::string_view kNodeRecordFormat = "kraken-node";
inline constexpr int kNodeRecordVersion = 3;
inline constexpr std::string_view kNodeRecordPath = "/etc/kraken/node.json";
inline constexpr std::string_view kFirstbootPath = "/usr/lib/kraken/kraken-firstboot";

// systemd's units that start it.
struct FirstbootUnit {
  std::string_view name;
  std::string_view wanted_by;  // the target that pulls it in at every boot; "": another unit starts it
  bool of_managers = false;    // other nodes do without
};
// At every boot before the network's services, after them and when Docker may run; and on managers when a node wants to
// measure its link or to join.
inline constexpr std::array<FirstbootUnit, 7> kFirstbootUnits = {
    FirstbootUnit{"kraken-firstboot.service", "multi-user.target"},
    FirstbootUnit{"kraken-network.service", "multi-user.target"},
    FirstbootUnit{"kraken-cluster.service", "multi-user.target"},
    FirstbootUnit{"kraken-measure.socket", "sockets.target", true},
    FirstbootUnit{"kraken-measure.service", "", true},
    FirstbootUnit{"kraken-join.socket", "sockets.target", true},
    FirstbootUnit{"kraken-join.service", "", true},
};
inline constexpr std::string_view kStateFolder = "/var/lib/kraken";
// Kubernetes manifests, *.yaml, that the first manager of a kubeadm cluster applies in the order of their names once
// the control plane answers: its network add-on. They come from an overlay.
inline constexpr std::string_view kManifestsFolder = "/etc/kraken/manifests";
inline constexpr std::size_t kNodeRecordMaxSize = std::size_t{256} * 1024;

inline constexpr std::string_view kManagerRole = "manager";

struct RecordHost {
  std::string name;
  Ipv4 address;
  std::string role;  // as NodeRecord::Node::role
  std::uint32_t id = 0;
  friend bool operator==(const RecordHost&, const RecordHost&) = default;
};

struct NodeRecord {
  struct Cluster {
    std::string name;
    std::string orchestrator;  // "none", "swarm", "kubeadm", "k3s"
    friend bool operator==(const Cluster&, const Cluster&) = default;
  } cluster;
  struct Node {
    std::uint32_t id = 0;  // 1 to 65535
    std::string name;      // is_host_label()
    std::string role;      // "manager", "worker"
    std::string profile;
    std::map<std::string, std::string> labels;
    friend bool operator==(const Node&, const Node&) = default;
  } node;
  struct Build {
    std::int64_t clock = 0;  // seconds since 1970 UTC: no node's clock is behind it
    std::string tool;        // "kraken-image 0.1.0"
    std::string base_sha256;
    friend bool operator==(const Build&, const Build&) = default;
  } build;
  struct Network {
    Ipv4 address;
    int prefix = 24;  // 1 to 30
    Ipv4 gateway;
    std::vector<Ipv4> dns;
    friend bool operator==(const Network&, const Network&) = default;
  } network;
  struct Nic {
    std::string primary;   // "usb-gigabit", "onboard", "auto"
    std::string fallback;  // "onboard", "none"
    std::string mode;      // "failover", "single"
    bool measure = true;   // what the link to the manager carries, before and after tuning
    friend bool operator==(const Nic&, const Nic&) = default;
  } nic;
  std::map<std::string, std::variant<bool, std::int64_t>> tuning;
  std::vector<RecordHost> hosts;     // every node of the cluster, this one too
  std::optional<JoinSettings> join;  // nothing exactly when the orchestrator is "none"
  std::string boot_folder;           // where this image mounts its FAT partition: "/boot/firmware" or "/boot"
  bool grow_root = true;

  friend bool operator==(const NodeRecord&, const NodeRecord&) = default;
};

// Deterministic; parse_node_record(format_node_record(r)) == r for every r that check_node_record() passes.
std::string format_node_record(const NodeRecord& record);
// kCorrupt for anything that is not exactly such a record, kUnsupported for another version. What it returns has passed
// check_node_record().
Result<NodeRecord> parse_node_record(std::string_view text);

// kCorrupt with the place and what was expected there, when a value is out of its range or contradicts another: what
// the node would refuse. To be asked before a record is written.
Status check_node_record(const NodeRecord& record);

}  // namespace kraken
