// The configuration files of container runtimes, as Kubernetes needs them: containerd's with its CRI switched on, and
// the cgroup driver "systemd" for nodes with cgroup v2, where the kubelet and the runtime would otherwise be two
// masters of one tree (Kubernetes's documentation, "Container Runtimes"). Pure. Everything else in the files stays as
// it is.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

inline constexpr std::size_t kRuntimeConfigMaxSize = std::size_t{256} * 1024;

enum class CgroupDriver { kAsItIs, kSystemd };

// /etc/containerd/config.toml, of format 1, 2 or 3, as it should be; the same text when nothing is missing. No TOML
// reader: it knows tables with a line of their own, which is how containerd and its packages write them.
std::string wanted_containerd_config(std::string_view text, CgroupDriver driver);
// Whether that text makes containerd use the cgroup driver "systemd".
bool has_systemd_cgroup(std::string_view text);

// /etc/docker/daemon.json ("" when there is none) with that driver among its exec-opts. kCorrupt when it is no JSON
// object, or its exec-opts are no list of texts.
Result<std::string> docker_config_with_systemd(std::string_view text);

}  // namespace kraken
