// kubeadm, kubectl and systemctl of a pretended node: what they leave in files, phase by phase, so that it outlives a
// power cut. As strict as kubeadm's preflight checks about what lies there already. What goes wrong is the test's to
// say.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "contract/node_record.h"
#include "kubernetes/paths.h"
#include "support/fake_system.h"
#include "support/test_authority.h"

namespace kraken::test {

class FakeKubeadm {
 public:
  explicit FakeKubeadm(std::filesystem::path root) : root_(std::move(root)) {}

  std::string version = "v1.28.3";
  bool is_manager = false;
  std::string problem;       // init and join get half through, and end with this
  int kubectl_failures = 0;  // so many calls fail
  bool restart_fails = false;
  std::vector<std::string> calls;     // "kubeadm init", "kubeadm join phase", "systemctl restart containerd.service"
  std::vector<std::string> breaches;  // of what a caller must keep to

  void attach(FakeSystem& system) {
    system.set_programs([this](const auto& argv) { return run(argv); });
    system.set_torn_programs([this](const auto& argv) { run_half(argv); });
    system.set_answers([this](const auto& argv) { return answer(argv); });
  }

  bool did(const std::string& call) const { return std::ranges::find(calls, call) != calls.end(); }
  int count(const std::string& call) const { return static_cast<int>(std::ranges::count(calls, call)); }
  bool has(std::string_view path) const { return std::filesystem::exists(below(root_, path)); }
  std::string read(std::string_view path) const {
    const auto text = read_whole_file(below(root_, path), 64 * kKiB);
    return text.ok() ? *text : std::string();
  }
  void put(std::string_view path, std::string_view content) const {
    std::filesystem::create_directories(below(root_, path).parent_path());
    std::ofstream(below(root_, path), std::ios::binary) << content;
  }
  // What this node would have if somebody had run kubeadm on it before.
  void make_member(const TestAuthority& authority) const {
    put(kKubernetesCa, authority.certificate);
    put(kKubeletClient, kubelet_certificate());
    put(kKubeletConf, "client-certificate: " + std::string(kKubeletClient) + "\n");
    if (is_manager) make_plane();
  }

 private:
  Result<std::string> answer(const std::vector<std::string>& argv) {
    if (!argv.front().ends_with("/kubeadm")) return Error(ErrorCode::kNotFound, "run " + argv.front());
    return version + "\n";
  }

  Status run(const std::vector<std::string>& argv) {
    const std::string program = argv.front().substr(argv.front().rfind('/') + 1);
    std::string call = program;
    for (std::size_t i = 1; i < argv.size() && argv[i].front() != '/' && argv[i] != "--config"; ++i)
      call += " " + argv[i];
    calls.push_back(call);
    for (const std::string& word : argv) {
      if (word.find("0123456789abcdef") != std::string::npos)
        breaches.push_back("a token among the arguments: " + call);
    }
    if (program == "kubeadm") return run_kubeadm(argv);
    if (program == "kubectl") return run_kubectl(argv);
    if (program == "systemctl" && call.find("restart containerd") != std::string::npos) {
      if (restart_fails && read(kContainerdConfig).find("SystemdCgroup") != std::string::npos)
        return failure("restart");
      put("/run/containerd/containerd.sock", "");
    }
    return ok_status();
  }

  void run_half(const std::vector<std::string>& argv) {
    if (!argv.front().ends_with("/kubeadm")) return;
    if (argv[1] == "reset") return remove("/etc/kubernetes/manifests");
    if (argv[2] == "phase") return;
    if (argv[1] == "init") return first_half_of_init();
    first_half_of_join();
  }

  static Status failure(const std::string& what) { return Error(ErrorCode::kIo, what); }

  void remove(std::string_view path) const {
    std::error_code ignored;
    std::filesystem::remove_all(below(root_, path), ignored);
  }

  Status run_kubectl(const std::vector<std::string>& argv) {
    if (kubectl_failures > 0) {
      --kubectl_failures;
      return failure("the server could not find the requested resource");
    }
    put("/var/lib/fake/" + argv.back().substr(argv.back().rfind('/') + 1), "applied");
    return ok_status();
  }

  Status run_kubeadm(const std::vector<std::string>& argv) {
    if (argv[1] == "reset") {
      for (const char* path : {"/etc/kubernetes", "/var/lib/etcd", "/var/lib/kubelet"}) remove(path);
      return ok_status();
    }
    check_config();
    if (argv[2] == "phase") {
      put("/var/lib/fake/last-phases", "done");
      return ok_status();
    }
    if (const std::string found = preflight(argv[1] == "join"); !found.empty()) return failure(found);
    return argv[1] == "init" ? init() : join();
  }

  void check_config() {
    struct stat about = {};
    if (::stat(below(root_, kKubeadmConfig).c_str(), &about) != 0) {
      breaches.emplace_back("there is no configuration");
    } else if ((about.st_mode & 077) != 0) {
      breaches.emplace_back("others can read the configuration");
    }
  }

  std::string preflight(bool is_join) const {
    if (has(kApiServerManifest) || has(kEtcdManifest)) return "[ERROR FileAvailable--etc-kubernetes-manifests]";
    if (has(kEtcdMember)) return "[ERROR DirAvailable--var-lib-etcd]: /var/lib/etcd is not empty";
    if (!is_join) return "";
    if (has(kKubeletConf)) return "[ERROR FileAvailable--etc-kubernetes-kubelet.conf]";
    if (has(kBootstrapConf)) return "[ERROR FileAvailable--etc-kubernetes-bootstrap-kubelet.conf]";
    if (!is_manager && has(kKubernetesCa)) return "[ERROR FileAvailable--etc-kubernetes-pki-ca.crt]";
    return "";
  }

  void make_plane() const {
    put(kApiServerManifest, "kind: Pod\n");
    put(kEtcdManifest, "kind: Pod\n");
    put(std::string(kEtcdMember) + "/wal", "data");
  }

  // Without an authority of the cluster's it makes one of its own.
  void certificates() const {
    if (!has(kKubernetesCa)) put(kKubernetesCa, other_authority().certificate);
  }

  void first_half_of_init() const {
    certificates();
    put(kAdminConf, "users: admin\n");
    put(kKubeletConf, "client-certificate-data: abc\n");
    put(kKubeletClient, kubelet_certificate());
    make_plane();
  }

  Status init() const {
    first_half_of_init();
    if (!problem.empty()) return failure(problem);
    put(kKubeletConf, "client-certificate: " + std::string(kKubeletClient) + "\n");
    put("/var/lib/fake/last-phases", "done");
    return ok_status();
  }

  void first_half_of_join() const {
    put(kBootstrapConf, "token: abcdef.0123456789abcdef\n");
    if (!has(kKubernetesCa)) put(kKubernetesCa, cluster_authority().certificate);
    if (!is_manager) return;
    put(kKubeletClient, kubelet_certificate());
    put(kKubeletConf, "client-certificate: " + std::string(kKubeletClient) + "\n");
  }

  // It removes what it got in with also when it gives up.
  Status join() const {
    first_half_of_join();
    remove(kBootstrapConf);
    if (!problem.empty()) return failure(problem);
    make_member(cluster_authority());
    put("/var/lib/fake/last-phases", "done");
    return ok_status();
  }

  std::filesystem::path root_;
};

}  // namespace kraken::test
