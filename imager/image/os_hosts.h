// /etc/hosts and /etc/hostname of a node: its own name at 127.0.1.1, as Debian has it (Debian Reference, section 5.1.1,
// "The hostname resolution"), and a block with every node of the cluster between two marker lines. kraken-firstboot
// keeps the same block on the node. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"
#include "base/result.h"

namespace kraken {

inline constexpr std::string_view kHostsBegin = "# kraken: begin";
inline constexpr std::string_view kHostsEnd = "# kraken: end";

struct HostLine {
  Ipv4 address;
  std::string name;
};

struct HostsEdit {
  std::string host_name;        // of the node itself
  std::vector<HostLine> nodes;  // every node of the cluster, in the order to be written
};

// The text with the 127.0.1.1 line (replaced where it is, or put after the line of 127.0.0.1) and the block (replaced
// where it is, or appended); the rest stays to the byte, and doing it twice changes nothing. kInvalidArgument for a
// name that is no host name; kCorrupt when the text is too large or no text, or has one marker without the other.
Result<std::string> edit_hosts(std::string_view text, const HostsEdit& edit);

}  // namespace kraken
