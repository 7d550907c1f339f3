#include "config/network_rules.h"

namespace kraken {

namespace {

bool is_known(const NetworkConfig& network) {
  return network.subnet.value.prefix != 0;
}

}  // namespace

void check_host_address(const Sourced<Ipv4>& address, const NetworkConfig& network, const std::string& path,
                        Problems& problems) {
  if (!is_known(network)) return;
  const Ipv4Subnet& subnet = network.subnet.value;
  const std::string subject = path + ": " + format_ipv4(address.value);
  const std::string place = " of " + format_ipv4_subnet(subnet) + " (" + network.subnet.origin.text() + ")";
  if (!subnet.contains(address.value)) {
    const Ipv4 first{subnet.network.bits + 1};
    const Ipv4 last{subnet.broadcast().bits - 1};
    problems.add(address.origin, subject + " is outside" + place + "; hosts there are " + format_ipv4(first) + " to " +
                                     format_ipv4(last));
  } else if (address.value == subnet.network) {
    problems.add(address.origin, subject + " is the network address" + place);
  } else if (address.value == subnet.broadcast()) {
    problems.add(address.origin, subject + " is the broadcast address" + place);
  }
}

NetworkConfig network_from(const View& network, Problems& problems) {
  NetworkConfig config;
  if (const auto subnet = network.find("subnet")) {
    config.subnet = {parse_ipv4_subnet(subnet->text()).value_or(Ipv4Subnet{}), subnet->origin()};
  }
  if (const auto gateway = network.find("gateway")) {
    config.gateway = {parse_ipv4(gateway->text()).value_or(Ipv4{}), gateway->origin()};
    check_host_address(config.gateway, config, "network.gateway", problems);
  }
  if (const auto servers = network.find("dns")) {
    for (const View& server : servers->items()) {
      config.dns.push_back({parse_ipv4(server.text()).value_or(Ipv4{}), server.origin()});
    }
  }
  if (config.dns.empty()) config.dns.push_back({config.gateway.value, {}});
  return config;
}

}  // namespace kraken
