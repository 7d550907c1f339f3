#include "facts/runtime_facts.h"

#include "kubernetes/paths.h"
#include "kubernetes/runtime_config.h"
#include "system/rooted_system.h"

namespace kraken {

namespace {

using Kind = RuntimeFacts::Kind;

constexpr unsigned kWithoutDockershim = 24;  // the minor version, which also wants URLs
constexpr std::string_view kCgroup2 = "/sys/fs/cgroup/cgroup.controllers";
constexpr std::string_view kContainerdSocket = "/run/containerd/containerd.sock";
constexpr std::string_view kCriDockerdSocket = "/run/cri-dockerd.sock";
// kubeadm before 1.24 knows Docker by this very path (its constants, DefaultDockerCRISocket).
constexpr std::string_view kDockershimSocket = "/var/run/dockershim.sock";

Kind choose(const std::filesystem::path& root, bool has_dockershim) {
  const bool has_docker = !find_program(root, "dockerd").empty();
  if (has_docker && !find_program(root, "cri-dockerd").empty()) return Kind::kCriDockerd;
  // Docker comes with containerd: as kubeadm does, the one that was asked for is taken.
  if (has_docker && has_dockershim) return Kind::kDockershim;
  return find_program(root, "containerd").empty() ? Kind::kNone : Kind::kContainerd;
}

std::string_view socket_of(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "";
    case Kind::kContainerd:
      return kContainerdSocket;
    case Kind::kDockershim:
      return kDockershimSocket;
    case Kind::kCriDockerd:
      return kCriDockerdSocket;
  }
  return "";
}

void look_at_containerd(const std::filesystem::path& root, RuntimeFacts& facts) {
  facts.config = read_text_file(below(root, kContainerdConfig), kRuntimeConfigMaxSize);
  facts.cgroup_driver = has_systemd_cgroup(facts.config.content) ? "systemd" : "cgroupfs";
  facts.is_up = is_there(root, kContainerdSocket);
  if (!facts.is_up) facts.problem = "there is no " + std::string(kContainerdSocket);
}

void look_at_docker(const std::filesystem::path& root, Engine* engine, RuntimeFacts& facts) {
  facts.config = read_text_file(below(root, kDockerConfig), kRuntimeConfigMaxSize);
  if (engine == nullptr) {
    facts.problem = "it was not asked";
    return;
  }
  const auto info = engine->info();
  if (!info.ok()) {
    facts.problem = info.error().what();
    return;
  }
  facts.cgroup_driver = info->cgroup_driver;
  facts.is_up = facts.kind == Kind::kDockershim || is_there(root, kCriDockerdSocket);
  if (!facts.is_up) facts.problem = "there is no " + std::string(kCriDockerdSocket);
}

}  // namespace

std::string_view to_word(RuntimeFacts::Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "none";
    case Kind::kContainerd:
      return "containerd";
    case Kind::kDockershim:
      return "Docker";
    case Kind::kCriDockerd:
      return "Docker with cri-dockerd";
  }
  return "";
}

RuntimeFacts gather_runtime(const std::filesystem::path& root, const std::optional<KubeadmVersion>& version,
                            Engine* engine) {
  RuntimeFacts facts;
  const bool is_old = version && !version->is_at_least(kWithoutDockershim);
  facts.has_cgroup2 = is_there(root, kCgroup2);
  facts.kind = choose(root, is_old);
  facts.cri_socket = (is_old || facts.kind == Kind::kNone ? "" : "unix://") + std::string(socket_of(facts.kind));
  if (facts.kind == Kind::kContainerd) look_at_containerd(root, facts);
  if (facts.kind == Kind::kDockershim || facts.kind == Kind::kCriDockerd) look_at_docker(root, engine, facts);
  return facts;
}

std::string find_program(const std::filesystem::path& root, std::string_view name) {
  for (const std::string_view folder : kProgramFolders) {
    std::string path = std::string(folder) + "/" + std::string(name);
    if (is_there(root, path)) return path;
  }
  return {};
}

}  // namespace kraken
