// How long a run may take, so that no step is cut off that is still at work: the units' TimeoutStartSec, which kills,
// are longer than what a run ends itself after.
#pragma once

#include <chrono>

#include "run/first_boot.h"
#include "run/tuning_measurement.h"
#include "steps/kubeadm_member.h"

namespace kraken {

// The cluster's engine and its manager come up when they do, and kubeadm may need half an hour to make a control plane.
inline constexpr std::chrono::seconds kTimeForClusterSteps{1500};  // beside RunOptions::time_for_steps
inline constexpr std::chrono::seconds kTimeForMeasuring =
    kMostMeasurements * kLongestMetering + kMostPatienceForTurns + kLongestSettling;

// The end of everything that could hang in the kernel.
inline constexpr std::chrono::seconds kEndOfEarlyRun{270};
inline constexpr std::chrono::seconds kEndOfNetworkRun = kEndOfEarlyRun + kTimeForMeasuring;
inline constexpr std::chrono::seconds kEndOfClusterRun = kEndOfNetworkRun + kTimeForClusterSteps + kLongestKubeadmStep;

}  // namespace kraken
