#include "kubernetes/kubeadm_version.h"

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestVersion = 64;
constexpr std::uint64_t kMaxPart = 9999;
constexpr unsigned kFirstOfV1beta2 = 15;
constexpr unsigned kFirstOfV1beta3 = 22;
constexpr unsigned kFirstOfV1beta4 = 31;

}  // namespace

std::string_view to_word(KubeadmApi api) {
  switch (api) {
    case KubeadmApi::kV1beta2:
      return "v1beta2";
    case KubeadmApi::kV1beta3:
      return "v1beta3";
    case KubeadmApi::kV1beta4:
      return "v1beta4";
  }
  return "";
}

std::optional<KubeadmVersion> parse_kubeadm_version(std::string_view text) {
  const std::string_view word = trim(text);
  if (!word.starts_with("v") || !is_plain_word(word, ".-+", kLongestVersion)) return std::nullopt;
  const auto parts = split(word.substr(1), '.');
  if (parts.size() < 3 || parts[2].empty() || parts[2].front() < '0' || parts[2].front() > '9') return std::nullopt;
  const auto major = parse_u64(parts[0]);
  const auto minor = parse_u64(parts[1]);
  if (!major || !minor || *major > kMaxPart || *minor > kMaxPart) return std::nullopt;
  return KubeadmVersion{static_cast<unsigned>(*major), static_cast<unsigned>(*minor), std::string(word)};
}

std::optional<KubeadmApi> api_of(const KubeadmVersion& version) {
  if (version.major != 1 || version.minor < kFirstOfV1beta2) return std::nullopt;
  if (version.minor >= kFirstOfV1beta4) return KubeadmApi::kV1beta4;
  return version.minor >= kFirstOfV1beta3 ? KubeadmApi::kV1beta3 : KubeadmApi::kV1beta2;
}

}  // namespace kraken
