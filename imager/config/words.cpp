#include "config/words.h"

namespace kraken {

std::string to_word(Role role) {
  return role == Role::kManager ? "manager" : "worker";
}

std::string to_word(Orchestrator orchestrator) {
  switch (orchestrator) {
    case Orchestrator::kNone:
      return "none";
    case Orchestrator::kSwarm:
      return "swarm";
    case Orchestrator::kKubeadm:
      return "kubeadm";
    case Orchestrator::kK3s:
      return "k3s";
  }
  return "none";
}

std::string to_word(NicPrimary primary) {
  switch (primary) {
    case NicPrimary::kUsbGigabit:
      return "usb-gigabit";
    case NicPrimary::kOnboard:
      return "onboard";
    case NicPrimary::kAuto:
      return "auto";
  }
  return "auto";
}

std::string to_word(NicFallback fallback) {
  return fallback == NicFallback::kOnboard ? "onboard" : "none";
}

std::string to_word(NicMode mode) {
  return mode == NicMode::kFailover ? "failover" : "single";
}

}  // namespace kraken
