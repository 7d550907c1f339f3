// What kubeadm says of itself, and the files of runtimes, kubeadm and this program that a node of a Kubernetes reads,
// of which a card or a program may bring any.
#include <cstdint>
#include <cstdlib>

#include "kubernetes/certificates.h"
#include "kubernetes/kubeadm_version.h"
#include "kubernetes/node_labels.h"
#include "kubernetes/runtime_config.h"
#include "kubernetes/settled_kubernetes.h"
#include "system/blank_tokens.h"

namespace {

void check_containerd(std::string_view text) {
  const std::string wanted = kraken::wanted_containerd_config(text, kraken::CgroupDriver::kSystemd);
  if (!kraken::has_systemd_cgroup(wanted)) std::abort();
  if (text.find("disabled_plugins") != std::string_view::npos) return;
  if (kraken::wanted_containerd_config(wanted, kraken::CgroupDriver::kSystemd) != wanted) std::abort();
}

void check_docker(std::string_view text) {
  const auto wanted = kraken::docker_config_with_systemd(text);
  if (!wanted.ok()) return;
  const auto again = kraken::docker_config_with_systemd(*wanted);
  if (!again.ok() || *again != *wanted) std::abort();
}

void check_settled(std::string_view text) {
  const auto settled = kraken::parse_settled_kubernetes(text);
  if (!settled.ok()) return;
  const auto again = kraken::parse_settled_kubernetes(kraken::format_settled_kubernetes(*settled));
  if (!again.ok() || *again != *settled) std::abort();
}

void check_words(std::string_view text) {
  if (const auto version = kraken::parse_kubeadm_version(text)) {
    if (kraken::parse_kubeadm_version(version->text) != version) std::abort();
  }
  const std::size_t half = text.size() / 2;
  const auto labels = kraken::kubelet_labels({{std::string(text.substr(0, half)), std::string(text.substr(half))}});
  if (labels.argument.find_first_of(" \n\"'\\") != std::string::npos) std::abort();
  std::string said(text);
  kraken::blank_tokens(said);
  const std::string once = said;
  kraken::blank_tokens(said);
  if (said.size() != text.size() || said != once) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_containerd(text);
  check_docker(text);
  check_settled(text);
  check_words(text);
  static_cast<void>(kraken::read_certificate(text).ok());
  return 0;
}
