// Certificate authorities that are taken come back as the same text, and work.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "cluster/kubernetes_pki.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto pki = kraken::parse_kubernetes_pki(text);
  if (!pki.ok()) return 0;
  const kraken::SecretBytes again = kraken::format_kubernetes_pki(*pki);
  if (kraken::as_text(again.view()) != text) std::abort();
  if (!kraken::public_key_digest(pki->ca.certificate).ok()) std::abort();
  return 0;
}
