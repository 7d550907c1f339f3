// Where kubeadm, the kubelet, k3s and what this program gives them lie on a node.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace kraken {

inline constexpr std::uint16_t kApiServerPort = 6443;

// kubeadm's own (its documentation, "Implementation details").
inline constexpr std::string_view kKubernetesFolder = "/etc/kubernetes";
inline constexpr std::string_view kKubeletConf = "/etc/kubernetes/kubelet.conf";
inline constexpr std::string_view kBootstrapConf = "/etc/kubernetes/bootstrap-kubelet.conf";
inline constexpr std::string_view kAdminConf = "/etc/kubernetes/admin.conf";
inline constexpr std::string_view kKubernetesCa = "/etc/kubernetes/pki/ca.crt";
inline constexpr std::string_view kApiServerManifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";
inline constexpr std::string_view kEtcdManifest = "/etc/kubernetes/manifests/etcd.yaml";
inline constexpr std::string_view kEtcdMember = "/var/lib/etcd/member";
inline constexpr std::string_view kKubeletClient = "/var/lib/kubelet/pki/kubelet-client-current.pem";

// What kubeadm is told: here for as long as it runs, since there are tokens in it.
inline constexpr std::string_view kKubeadmConfig = "/etc/kraken/kubeadm.yaml";

inline constexpr std::string_view kContainerdConfig = "/etc/containerd/config.toml";
inline constexpr std::string_view kDockerConfig = "/etc/docker/daemon.json";

inline constexpr std::string_view kK3sProgram = "/usr/local/bin/k3s";
inline constexpr std::string_view kK3sClient = "/var/lib/rancher/k3s/agent/client-kubelet.crt";
inline constexpr std::string_view kK3sInterfaceFolder = "/etc/rancher/k3s/config.yaml.d";
inline constexpr std::string_view kK3sInterfaceFile = "/etc/rancher/k3s/config.yaml.d/90-kraken.yaml";

// Where images and packages put programs.
inline constexpr std::array<std::string_view, 5> kProgramFolders = {"/usr/local/bin", "/usr/local/sbin", "/usr/bin",
                                                                    "/usr/sbin", "/opt/bin"};

}  // namespace kraken
