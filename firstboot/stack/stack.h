// Which program configures this image's network, and the files that make it give the node its address on the chosen
// interfaces. Detection reads files below a root folder; rendering is pure. Nothing here changes anything.
//
// Failover is an active-backup bond wherever the stack can make one; Stack::can_bond and StackConfig::way say what is
// done where it cannot. The interfaces get names of ours (kr-usb0, kr-lan0) through .link files: the kernel's follow
// the order of probing, and a bond, ifupdown and dhcpcd know an interface by its name alone.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"
#include "nic/nic.h"
#include "system/system.h"

namespace kraken {

enum class StackKind { kNone, kNetworkManager, kNetworkd, kDhcpcd, kIfupdown, kNetplan };

struct Stack {
  StackKind kind = StackKind::kNone;
  StackKind renderer = StackKind::kNone;  // netplan's: kNetworkManager or kNetworkd; else the same as `kind`
  bool can_bond = false;                  // ifupdown needs ifenslave; dhcpcd never can
  bool keeps_resolv_conf = true;  // it or a helper of its writes the name servers down; else render_config() does
  std::string service;            // "NetworkManager.service"
  std::map<std::string, std::string> existing;  // by path: files of the image's that are edited, not replaced
  std::set<std::string> secret;                 // paths of those that not everybody may read: a Wi-Fi key may be in it
  std::string problem;                          // why one of those cannot be read: then render_config() refuses
  std::string evidence;                         // what says so: for the report
};

// What is enabled decides, not what is installed; detect.cpp says who wins where two are. Links are followed inside
// `root`. Files written by render_config() do not change the answer.
Stack detect_stack(const std::filesystem::path& root);

// Whether two interfaces can have the address while the node runs: in a bond, or each with its metric (dhcpcd).
bool can_fail_over(const Stack& stack);

// The mode of a file of the image's that is edited: a secret stays one.
FileMode mode_of_edited(const Stack& stack, const std::string& path);

// Whether a command that fails means that the node will not get its address, and those after it have no use. ifupdown's
// service fails as well when any other interface of its files cannot be brought up.
bool exit_status_counts(const Stack& stack);

struct WantedNetwork {
  Ipv4 address;
  int prefix = 24;
  Ipv4 gateway;
  std::vector<Ipv4> dns;
  Nic primary;
  std::optional<Nic> fallback;  // stands by with the same address; without one it is left to the image's own settings
  std::vector<Ipv4> peers;      // other nodes, the manager first: the bond asks the first two as well as the gateway
};

struct StackFile {
  std::string path;
  std::string content;
  FileMode mode = FileMode::kPublic;
};

// The .link files bring the name about from the next boot on; to have it now somebody must rename the link, which has
// to be down for that. Before the stack's service starts is the time: then nothing else is needed. To be done at every
// boot that finds another name: a udev rule of the image's may prevail over .link files.
struct NicRename {
  int index = 0;
  std::string from;
  std::string to;
};

struct StackConfig {
  // Make the stack let go of interfaces that get another name, while it still knows them by the old one: to be done
  // before anything else, at every renaming, and no harm if they fail.
  std::vector<std::vector<std::string>> farewells;
  // Once the interfaces have their old names and files again and the service was restarted; no harm if they fail.
  std::vector<std::vector<std::string>> returns;
  std::vector<StackFile> files;  // to be there with just this content
  // To be written where the name servers are to be and are not. No interface depends on it, and others write there too.
  std::optional<StackFile> resolv_conf;
  std::vector<std::string> obsolete;               // files of ours from an earlier configuration, to be absent
  std::vector<NicRename> renames;                  // to be done before the commands
  std::vector<std::vector<std::string>> commands;  // make Stack::service, when it runs, take it up; in order
  std::string interface;                           // that carries the address then: "kr-bond0", "kr-usb0", ...
  std::vector<int> carriers;  // links that carry it under another name too, which netplan may keep; none with a bond
  std::string way;            // for the report: "an active-backup bond of ... by NetworkManager"
};

// Empty for kNone. kUnsupported when an interface cannot be told from others after the next boot, or has a name or path
// with characters that no stack's files should see; kIo for a Stack with a problem.
Result<StackConfig> render_config(const Stack& stack, const WantedNetwork& wanted);

}  // namespace kraken
