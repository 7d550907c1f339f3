// /var/lib/kraken/kubernetes.json: how far this program has got with making the node part of a Kubernetes cluster. What
// is really there counts; this says of what is there whether this program has begun it and not come to an end, or has
// found it whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace kraken {

struct SettledKubernetes {
  enum class State {
    kBegun,  // kubeadm was, or was to be, started
    kIn,     // and came to its end
  };
  State state = State::kBegun;
  std::string ca_hash;  // of the cluster, as the record has it; "" for k3s
  std::string note;     // what a person should know of how it came to be, or ""
  bool addons = false;  // the manifests were applied
  bool reported = false;
  friend bool operator==(const SettledKubernetes&, const SettledKubernetes&) = default;
};

inline constexpr std::string_view kSettledKubernetesPath = "/var/lib/kraken/kubernetes.json";
inline constexpr std::string_view kSettledKubernetesFormat = "kraken-kubernetes";
inline constexpr int kSettledKubernetesVersion = 1;
inline constexpr std::size_t kSettledKubernetesMaxSize = 4096;

std::string format_settled_kubernetes(const SettledKubernetes& settled);
// kCorrupt for anything that is not exactly such a file, kUnsupported for another version.
Result<SettledKubernetes> parse_settled_kubernetes(std::string_view text);
// Nothing when there is none, or none that can be used.
std::optional<SettledKubernetes> read_settled_kubernetes(const std::filesystem::path& root);

}  // namespace kraken
