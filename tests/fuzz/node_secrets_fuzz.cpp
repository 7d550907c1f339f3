// A secrets file that is taken must be valid and come back as it was written.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "contract/node_secrets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto secrets = kraken::parse_node_secrets(text);
  if (!secrets.ok()) return 0;
  if (!kraken::check_node_secrets(*secrets).ok()) std::abort();
  const kraken::SecretBytes written = kraken::format_node_secrets(*secrets);
  const auto again = kraken::parse_node_secrets(kraken::as_text(written.view()));
  if (!again.ok()) std::abort();
  const kraken::SecretBytes twice = kraken::format_node_secrets(*again);
  if (kraken::as_text(twice.view()) != kraken::as_text(written.view())) std::abort();
  return 0;
}
