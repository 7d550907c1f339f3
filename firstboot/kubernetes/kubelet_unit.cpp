#include "kubernetes/kubelet_unit.h"

namespace kraken {

std::string kubelet_unit(std::string_view program) {
  return "# Written by kraken-firstboot.\n"
         "[Unit]\n"
         "Description=kubelet: The Kubernetes Node Agent\n"
         "Documentation=https://kubernetes.io/docs/\n"
         "Wants=network-online.target\n"
         "After=network-online.target\n"
         "StartLimitIntervalSec=0\n"
         "\n"
         "[Service]\n"
         "ExecStart=" +
         std::string(program) +
         "\n"
         "Restart=always\n"
         "RestartSec=10\n"
         "\n"
         "[Install]\n"
         "WantedBy=multi-user.target\n";
}

std::string kubelet_drop_in(std::string_view program) {
  return "# Written by kraken-firstboot. Until kubeadm has written the files that are named here, the kubelet ends and "
         "is\n"
         "# started again every ten seconds.\n"
         "[Service]\n"
         "Environment=\"KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf "
         "--kubeconfig=/etc/kubernetes/kubelet.conf\"\n"
         "Environment=\"KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml\"\n"
         "EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env\n"
         "EnvironmentFile=-/etc/default/kubelet\n"
         "ExecStart=\n"
         "ExecStart=" +
         std::string(program) +
         " $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS\n";
}

std::string_view kubelet_at_boot() {
  return "# Written by kraken-firstboot.\n"
         "[Unit]\n"
         "Wants=kubelet.service\n";
}

}  // namespace kraken
