#include "kubernetes/k3s_config.h"

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestInterface = 15;  // IFNAMSIZ without its NUL

}  // namespace

Result<std::string> k3s_interface_config(Ipv4 address, const std::string& interface) {
  if (!is_plain_word(interface, "-_.", kLongestInterface)) {
    return Error(ErrorCode::kUnsupported, "the interface's name cannot be written into k3s's configuration");
  }
  return "# Written by kraken-firstboot.\nnode-ip: \"" + format_ipv4(address) + "\"\nflannel-iface: \"" + interface +
         "\"\n";
}

}  // namespace kraken
