#include "kubernetes/node_labels.h"

#include <algorithm>

#include "base/text.h"

namespace kraken {

namespace {

constexpr std::size_t kLongestPrefix = 253;
constexpr std::size_t kLongestName = 63;

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_label_name(std::string_view text) {
  return is_plain_word(text, "-_.", kLongestName) && is_alphanumeric(text.front()) && is_alphanumeric(text.back());
}

bool is_domain_part(const std::string& part) {
  return is_plain_word(part, "-", kLongestName) && part.front() != '-' && part.back() != '-' &&
         std::ranges::none_of(part, [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_domain(std::string_view text) {
  return text.size() <= kLongestPrefix && std::ranges::all_of(split(text, '.'), is_domain_part);
}

bool is_in_domain(std::string_view text, std::string_view domain) {
  return text == domain || (text.ends_with(domain) && text[text.size() - domain.size() - 1] == '.');
}

bool may_set_itself(std::string_view prefix) {
  if (is_in_domain(prefix, "kubelet.kubernetes.io") || is_in_domain(prefix, "node.kubernetes.io")) return true;
  return !is_in_domain(prefix, "kubernetes.io") && !is_in_domain(prefix, "k8s.io");
}

}  // namespace

bool is_kubelet_label(std::string_view key, std::string_view value) {
  if (!value.empty() && !is_label_name(value)) return false;
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return is_label_name(key);
  const std::string_view prefix = key.substr(0, slash);
  return is_domain(prefix) && may_set_itself(prefix) && is_label_name(key.substr(slash + 1));
}

KubeletLabels kubelet_labels(const std::map<std::string, std::string>& labels) {
  KubeletLabels result;
  for (const auto& [key, value] : labels) {
    if (!is_kubelet_label(key, value)) {
      result.left.push_back(key);
      continue;
    }
    result.argument += (result.argument.empty() ? "" : ",") + key;
    result.argument += "=" + value;
  }
  return result;
}

}  // namespace kraken
