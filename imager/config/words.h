// The words of the YAML files, to the model's values: the other way of to_word().
#pragma once

#include <array>
#include <string_view>

#include "config/model.h"

namespace kraken {

template <typename E>
inline constexpr std::array<E, 0> kAllOf = {};
template <>
inline constexpr std::array kAllOf<Role> = {Role::kManager, Role::kWorker};
template <>
inline constexpr std::array kAllOf<Orchestrator> = {Orchestrator::kNone, Orchestrator::kSwarm, Orchestrator::kKubeadm,
                                                    Orchestrator::kK3s};
template <>
inline constexpr std::array kAllOf<NicPrimary> = {NicPrimary::kUsbGigabit, NicPrimary::kOnboard, NicPrimary::kAuto};
template <>
inline constexpr std::array kAllOf<NicFallback> = {NicFallback::kOnboard, NicFallback::kNone};
template <>
inline constexpr std::array kAllOf<NicMode> = {NicMode::kFailover, NicMode::kSingle};

// All words of an enumeration, for the definitions.
template <typename E>
std::vector<std::string> words_of() {
  std::vector<std::string> words;
  for (const E value : kAllOf<E>) words.push_back(to_word(value));
  return words;
}

// Nothing for a word that is none of them.
template <typename E>
std::optional<E> from_word(std::string_view word) {
  for (const E value : kAllOf<E>) {
    if (to_word(value) == word) return value;
  }
  return std::nullopt;
}

}  // namespace kraken
