// Which program configures this image's network, and the files that make it give the node its address on the chosen
// interfaces. Detection reads files below a root folder; rendering is pure. Nothing here changes anything.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "nic/nic.h"
#include "system/system.h"

namespace kraken {

enum class StackKind { kNone, kNetworkManager, kNetworkd, kDhcpcd, kIfupdown, kNetplan };

struct Stack {
  StackKind kind = StackKind::kNone;
  StackKind renderer = StackKind::kNone;  // netplan's: kNetworkManager or kNetworkd; else the same as `kind`
  bool can_bond = false;                  // ifupdown needs ifenslave; dhcpcd never can
  std::string evidence;                   // what says so: for the report
};

// What is enabled decides, not what is installed.
Stack detect_stack(const std::filesystem::path& root);

struct WantedNetwork {
  Ipv4 address;
  int prefix = 24;
  Ipv4 gateway;
  std::vector<Ipv4> dns;
  Nic primary;
  std::optional<Nic> fallback;  // then: an active-backup bond, or route metrics where the stack cannot
};

struct StackFile {
  std::string path;
  std::string content;
  FileMode mode = FileMode::kPublic;
};

struct StackConfig {
  std::vector<StackFile> files;                    // to be there with just this content
  std::vector<std::string> obsolete;               // files of ours from an earlier configuration, to be absent
  std::vector<std::vector<std::string>> commands;  // make the running stack take it up, in order
  std::string interface;                           // that carries the address then: "kr-bond0", "kr-usb0", ...
  std::string way;                                 // for the report: "an active-backup bond of ... by NetworkManager"
};

}  // namespace kraken
