// What netplan's files say about wired interfaces: nothing, or which program is to configure them. Reads just so much
// YAML as that takes, in block style, as netplan, cloud-init and NetworkManager write it. Pure.
#pragma once

#include <string>
#include <vector>

namespace kraken {

enum class NetplanRenderer { kNone, kNetworkManager, kNetworkd };

// The contents in netplan's own order: by file name, whatever the folder. Interfaces of which netplan gives one to
// systemd-networkd are kNetworkd: it takes those from NetworkManager.
NetplanRenderer netplan_renderer(const std::vector<std::string>& files);

}  // namespace kraken
