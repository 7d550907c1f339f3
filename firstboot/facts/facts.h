// What is so on this node, read once from procfs, sysfs, the device tree and a few files, all below a root folder so
// that a test can lay out its own. Reading never fails as a whole: what could not be read is empty, with the reason
// where a step needs it. Nothing here changes anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/units.h"
#include "facts/ext4_geometry.h"
#include "facts/k3s_facts.h"
#include "facts/kubernetes_facts.h"
#include "facts/network_facts.h"
#include "facts/swarm_facts.h"
#include "facts/text_file.h"
#include "system/system.h"

namespace kraken {

struct RootFacts {
  std::string fs_type;  // "ext4"; "" when mountinfo does not tell
  std::string device;   // "mmcblk0p2"; "" when there is no device below it
  bool read_only = false;
  Bytes partition_size = 0;          // 0: not known
  std::optional<Ext4Geometry> ext4;  // when it is ext4 and could be read
  std::string problem;               // why one of these is not known
};

struct BootFacts {
  bool mounted = false;
  bool read_only = false;
  std::string fs_type;
};

struct Facts {
  std::string model;  // "Raspberry Pi 3 Model B Rev 1.2"
  std::string kernel;
  std::string boot_id;  // differs with every boot
  std::string kernel_host_name;
  double uptime_seconds = 0;
  UnixTime clock = 0;
  std::optional<UnixTime> timesync_stamp;  // the time that systemd-timesyncd starts from; nothing when it keeps none
  TextFile hostname_file;
  TextFile hosts_file;
  TextFile switch_rule;  // see nic/switch_rule.h
  TextFile switch_unit;
  RootFacts root;
  BootFacts boot;
  std::optional<NetworkFacts> network;  // nothing before the network's turn
  // Of these the one that the record asks for, and nothing before its turn: the cluster's, but for k3s the network's.
  std::optional<SwarmFacts> swarm;
  std::optional<KubernetesFacts> kubernetes;
  std::optional<K3sFacts> k3s;
};

// systemd-timesyncd(8): "the modification time of this file is the last known good time".
inline constexpr std::string_view kTimesyncStamp = "/var/lib/systemd/timesync/clock";

// `boot_folder` is the record's. The time is the system's; everything else is read below `root`.
Facts gather_facts(const std::filesystem::path& root, std::string_view boot_folder, const System& system);

}  // namespace kraken
