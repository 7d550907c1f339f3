// The container runtime that a kubelet would use on this node.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "facts/text_file.h"
#include "join/engine.h"
#include "kubernetes/kubeadm_version.h"

namespace kraken {

struct RuntimeFacts {
  enum class Kind {
    kNone,
    kContainerd,
    kDockershim,  // Docker, by way of the kubelet's own interface: before Kubernetes 1.24
    kCriDockerd,  // Docker, by way of cri-dockerd
  };
  Kind kind = Kind::kNone;
  bool is_up = false;
  std::string problem;        // why not
  std::string cri_socket;     // as this kubeadm wants it
  std::string cgroup_driver;  // "systemd", "cgroupfs"; "" when it is not known yet
  TextFile config;            // the runtime's own
  bool has_cgroup2 = false;
};
// "containerd", "Docker", "Docker with cri-dockerd"
std::string_view to_word(RuntimeFacts::Kind kind);

// Docker is asked (`engine` may be null) when it is the runtime. Never fails as a whole.
RuntimeFacts gather_runtime(const std::filesystem::path& root, const std::optional<KubeadmVersion>& version,
                            Engine* engine);

// Where the program lies below the root, as the node sees it; "" when it does not.
std::string find_program(const std::filesystem::path& root, std::string_view name);

}  // namespace kraken
