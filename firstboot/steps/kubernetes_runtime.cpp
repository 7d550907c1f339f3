#include "kubernetes/paths.h"
#include "kubernetes/runtime_config.h"
#include "steps/registry.h"
#include "steps/try_again.h"
#include "system/put_file.h"

namespace kraken {

namespace {

using Kind = RuntimeFacts::Kind;

// A runtime takes a minute to start on a small node.
constexpr Patience kRuntimePatience{75, std::chrono::seconds(2)};
constexpr std::chrono::seconds kRuntimeLimit{150};
constexpr std::chrono::seconds kRestartLimit{120};
constexpr std::string_view kSystemd = "systemd";

CgroupDriver wanted_driver(const RuntimeFacts& runtime) {
  return runtime.has_cgroup2 ? CgroupDriver::kSystemd : CgroupDriver::kAsItIs;
}

std::string config_path(const RuntimeFacts& runtime) {
  return std::string(runtime.kind == Kind::kContainerd ? kContainerdConfig : kDockerConfig);
}

const char* unit_of(const RuntimeFacts& runtime) {
  return runtime.kind == Kind::kContainerd ? "containerd.service" : "docker.service";
}

bool lacks_driver(const RuntimeFacts& runtime) {
  return runtime.has_cgroup2 && !runtime.cgroup_driver.empty() && runtime.cgroup_driver != kSystemd;
}

// The runtime's file as it should be; the same text when nothing is missing.
Result<std::string> wanted_config(const RuntimeFacts& runtime) {
  const std::string& present = runtime.config.content;
  if (runtime.kind == Kind::kContainerd) return wanted_containerd_config(present, wanted_driver(runtime));
  if (!lacks_driver(runtime)) return present;
  return docker_config_with_systemd(present);
}

Check check_config(const RuntimeFacts& runtime) {
  const std::string path = config_path(runtime);
  if (runtime.config.state == TextFile::State::kUnreadable) {
    return Check::impossible(path + " cannot be read and is left alone: " + runtime.config.problem);
  }
  const auto wanted = wanted_config(runtime);
  if (!wanted.ok()) return Check::impossible(path + ": " + wanted.error().what());
  if (*wanted != runtime.config.content) {
    return Check::needed(path + " lacks what Kubernetes needs: its interface to the runtime, or the cgroup driver");
  }
  // It was written, and the runtime not started again.
  if (lacks_driver(runtime)) return Check::needed_this_boot("the runtime does not use the cgroup driver systemd yet");
  return Check::done("");
}

class KubernetesRuntimeStep final : public Step {
 public:
  explicit KubernetesRuntimeStep(ClusterAccess access) : access_(std::move(access)) {}
  Stage stage() const override { return Stage::kCluster; }
  Touches touches() const override { return Touches::kCluster; }
  std::string_view name() const override { return "kubernetes-runtime"; }
  bool concerns(const NodeRecord& record) const override { return is_kubeadm_node(record); }
  Check check(const Facts& facts, const NodeRecord& record) const override;
  Status apply(const Facts& facts, const NodeRecord& record, System& system) const override;

 private:
  Status wait_for_runtime(const KubernetesFacts& facts, System& system) const;

  ClusterAccess access_;
};

Check KubernetesRuntimeStep::check(const Facts& facts, const NodeRecord& record) const {
  if (!concerns(record)) return Check::done("this cluster is none of kubeadm's");
  if (!facts.kubernetes) return Check::impossible("the cluster was not looked at");
  if (is_settled_in(*facts.kubernetes, record)) return Check::done("this node is part of its cluster with it");
  const RuntimeFacts& runtime = facts.kubernetes->runtime;
  if (runtime.kind == Kind::kNone) {
    return Check::impossible(
        "there is no container runtime that this kubeadm can use: name containerd among the packages of the base or of "
        "an overlay (or docker.io, for versions before 1.24), and burn the card anew");
  }
  if (Check config = check_config(runtime); config.state != Check::State::kDone) return config;
  if (!runtime.is_up) {
    return Check::needed_this_boot(std::string(to_word(runtime.kind)) + " does not answer yet: " + runtime.problem);
  }
  return Check::done(std::string(to_word(runtime.kind)) + ", with the cgroup driver " + runtime.cgroup_driver);
}

// A configuration with which the runtime does not start is taken back: what ran with it before is to run again.
Status write_config(const RuntimeFacts& runtime, const std::string& wanted, System& system) {
  const std::string path = config_path(runtime);
  KRAKEN_TRY(put_file(system, path, wanted, FileMode::kPublic));
  Status restarted = system.run_program({"systemctl", "restart", unit_of(runtime)}, kRestartLimit);
  if (restarted.ok() || restarted.error().code() == ErrorCode::kNotFound) return restarted;
  if (runtime.config.state == TextFile::State::kAbsent) {
    KRAKEN_TRY(system.remove_file(path));
  } else {
    KRAKEN_TRY(system.replace_file(path, runtime.config.content, FileMode::kPublic));
  }
  static_cast<void>(system.run_program({"systemctl", "restart", unit_of(runtime)}, kRestartLimit).ok());
  return restarted;
}

Status KubernetesRuntimeStep::apply(const Facts& facts, const NodeRecord& /*record*/, System& system) const {
  const RuntimeFacts& runtime = facts.kubernetes->runtime;
  KRAKEN_ASSIGN(const std::string wanted, wanted_config(runtime));
  if (wanted != runtime.config.content) {
    KRAKEN_TRY(write_config(runtime, wanted, system));
  } else if (lacks_driver(runtime)) {
    KRAKEN_TRY(system.run_program({"systemctl", "restart", unit_of(runtime)}, kRestartLimit));
  }
  return wait_for_runtime(*facts.kubernetes, system);
}

Status KubernetesRuntimeStep::wait_for_runtime(const KubernetesFacts& facts, System& system) const {
  const auto look = [&] { return gather_runtime(access_.root, facts.version, &access_.engine); };
  const auto is_up = [](const RuntimeFacts& runtime) { return runtime.is_up; };
  const RuntimeFacts now = try_again(system, kRuntimePatience, Deadline::after(kRuntimeLimit), look, is_up);
  if (now.is_up) return ok_status();
  return Error(ErrorCode::kIo, std::string(to_word(now.kind)) + " does not answer: " + now.problem);
}

}  // namespace

std::unique_ptr<const Step> make_kubernetes_runtime_step(ClusterAccess access) {
  return std::make_unique<KubernetesRuntimeStep>(std::move(access));
}

}  // namespace kraken
