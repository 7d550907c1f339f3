// systemd's units for a kubelet that kubeadm sets up, for images whose packages bring none.
#pragma once

#include <string>
#include <string_view>

namespace kraken {

inline constexpr std::string_view kKubeletUnitName = "kubelet.service";
inline constexpr std::string_view kKubeletDropInName = "kubelet.service.d/10-kubeadm.conf";
inline constexpr std::string_view kKubeletUnit = "/etc/systemd/system/kubelet.service";
inline constexpr std::string_view kKubeletDropIn = "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf";
inline constexpr std::string_view kKubeletDropInFolder = "/etc/systemd/system/kubelet.service.d";
// A drop-in in the place of the link that `systemctl enable` makes.
inline constexpr std::string_view kKubeletAtBoot = "/etc/systemd/system/multi-user.target.d/kraken-kubelet.conf";
inline constexpr std::string_view kKubeletAtBootFolder = "/etc/systemd/system/multi-user.target.d";

// `program`: "/usr/bin/kubelet". As in the packages of kubernetes/release (cmd/krel/templates/latest/kubelet and
// kubeadm): kubeadm writes the files that they read.
std::string kubelet_unit(std::string_view program);
std::string kubelet_drop_in(std::string_view program);
std::string_view kubelet_at_boot();

}  // namespace kraken
