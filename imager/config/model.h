// What cluster.yaml, profiles/*.yaml and profiles/bases/*.yaml say, as plain values: read, checked, defaults filled in.
// A ClusterConfig that exists is valid: unique ids, names and addresses, every address inside the subnet, every profile
// found and resolved (`extends` is gone), every overlay folder there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/ipv4.h"
#include "base/units.h"
#include "config/origin.h"
#include "contract/join_settings.h"

namespace kraken {

enum class Role { kManager, kWorker };
enum class Orchestrator { kNone, kSwarm, kKubeadm, kK3s };
enum class NicPrimary { kUsbGigabit, kOnboard, kAuto };
enum class NicFallback { kOnboard, kNone };
enum class NicMode { kFailover, kSingle };

// The words of the YAML files and of the node record: "manager", "usb-gigabit", ...
std::string to_word(Role role);
std::string to_word(Orchestrator orchestrator);
std::string to_word(NicPrimary primary);
std::string to_word(NicFallback fallback);
std::string to_word(NicMode mode);

struct NicPolicy {
  Sourced<NicPrimary> primary{NicPrimary::kUsbGigabit, {}};
  Sourced<NicFallback> fallback{NicFallback::kOnboard, {}};
  Sourced<NicMode> mode{NicMode::kFailover, {}};
  Sourced<bool> measure{true, {}};  // at first boot, the link to the manager
};

// How much of the card the root partition takes: all of it, or a given size.
struct RootSize {
  std::optional<Bytes> bytes;  // nothing: fill the card
};

struct Profile {
  std::string name;  // the file's name without .yaml
  Origin origin;     // its first line
  Sourced<std::string> description;
  Sourced<Role> role{Role::kWorker, {}};
  Sourced<std::optional<Bytes>> card_min_size;
  Sourced<RootSize> root_size;
  NicPolicy nic;
  // Named settings: true or false, or a number for those that take one. The names are checked against the known ones.
  std::map<std::string, Sourced<std::variant<bool, std::int64_t>>> tuning;
  std::vector<Sourced<std::string>> overlays;        // names of folders in overlays/, in the order they are applied
  std::vector<Sourced<std::string>> cmdline_add;     // words of cmdline.txt: "key=value" or "word"
  std::vector<Sourced<std::string>> cmdline_remove;  // "word", or "key" for key=anything
  std::vector<Sourced<std::string>> config_txt;      // lines of config.txt, each "key=value"
};

struct NodeConfig {
  Sourced<std::uint32_t> id;  // 1 to 65535
  Sourced<std::string> name;  // host name (RFC 1123 label); default "<cluster>-<id>"
  Sourced<Ipv4> address;
  Sourced<std::string> profile_name;
  Sourced<std::optional<Bytes>> card_size;
  std::map<std::string, Sourced<std::string>> labels;
  Profile profile;  // resolved
};

// A base that is described in profiles/bases/NAME.yaml ...
struct NamedBase {
  std::string name;
};
// ... or an image file of the user's, relative to cluster.yaml's folder (already joined).
struct FileBase {
  std::filesystem::path file;
  std::optional<std::string> sha256;  // of the file as it is, compressed or not; lower case
};

struct NetworkConfig {
  Sourced<Ipv4Subnet> subnet;
  Sourced<Ipv4> gateway;
  std::vector<Sourced<Ipv4>> dns;  // default: the gateway
};

// Of every orchestrator but "none".
struct JoinConfig {
  Sourced<std::uint16_t> broker_port{kDefaultBrokerPort, {}};
  // Swarm's
  std::vector<Sourced<Ipv4Subnet>> address_pools;  // default: default_address_pool()
  Sourced<int> pool_prefix{kDefaultNetworkPrefix, {}};
  Sourced<int> certificate_days{kDefaultCertificateDays, {}};
  // Of kubeadm and k3s
  Sourced<Ipv4Subnet> pod_subnet;
  Sourced<Ipv4Subnet> service_subnet;
  Sourced<bool> small_server{true, {}};  // k3s: servers leave out what does not fit into 1 GB of memory
};

struct AccessConfig {
  Sourced<std::string> user{"kraken", {}};
  Sourced<std::optional<std::string>> password_hash;  // crypt(5), "$6$..." or "$y$..."
  std::vector<Sourced<std::string>> authorized_keys;  // lines; those of authorized_keys_files follow
  std::vector<std::filesystem::path> authorized_keys_files;
  Sourced<bool> sudo_without_password{true, {}};
};

struct ClusterConfig {
  std::filesystem::path file;    // cluster.yaml, as given
  std::filesystem::path folder;  // the folder it lies in
  Sourced<std::string> name;
  Sourced<std::optional<std::string>> timezone;   // "Europe/Berlin"
  Sourced<std::filesystem::path> secrets_folder;  // joined to `folder`; default "<folder>/secrets"
  Sourced<std::variant<NamedBase, FileBase>> base;
  Sourced<Orchestrator> orchestrator{Orchestrator::kNone, {}};
  NetworkConfig network;
  JoinConfig join;
  AccessConfig access;
  std::vector<NodeConfig> nodes;                       // in the order of their ids
  std::vector<std::filesystem::path> overlay_folders;  // where overlays are looked for, first wins

  const NodeConfig* find_node(std::uint32_t id) const;
  // The one that makes the cluster, which the others join; null only where there is no orchestrator.
  const NodeConfig* first_manager() const;
  bool is_first_manager(const NodeConfig& node) const;
};

struct BaseBuild {
  std::string suite;
  std::vector<std::string> components;
  std::vector<std::string> packages;
  Bytes boot_size = 0;
  Bytes root_size = 0;
  std::int64_t clock = 0;  // seconds since 1970 UTC: the times of the files in it
};

struct BaseDownload {
  std::string url;
  std::optional<std::string> sha256;        // of the file as published
  std::optional<std::string> image_sha256;  // of the raw image in it
  std::optional<Bytes> image_size;
  std::string source;  // where the digests were published
};

struct BaseDescription {
  std::string name;
  std::filesystem::path file;
  std::string description;
  std::string architecture;  // "arm64" or "armhf"
  std::variant<BaseBuild, BaseDownload> how;
};

}  // namespace kraken
