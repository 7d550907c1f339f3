// /etc/resolv.conf where nothing else on the node keeps it, resolv.conf(5). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ipv4.h"

namespace kraken {

inline constexpr std::string_view kResolvConfPath = "/etc/resolv.conf";

// Whether all of them are asked, whoever else is.
bool has_name_servers(std::string_view existing, const std::vector<Ipv4>& dns);

// The name servers first; of the existing file everything but its name servers stays.
std::string managed_resolv_conf(std::string_view existing, const std::vector<Ipv4>& dns);

}  // namespace kraken
