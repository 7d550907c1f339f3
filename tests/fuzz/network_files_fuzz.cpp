// The network step's own files, of which a card may bring any: what is taken must come back as it was written.
#include <cstdint>
#include <cstdlib>

#include "facts/link_speeds.h"
#include "facts/settled_network.h"
#include "steps/network_rollback.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto settled = kraken::parse_settled_network(text); settled.ok()) {
    const auto again = kraken::parse_settled_network(kraken::format_settled_network(*settled));
    if (!again.ok() || *again != *settled) std::abort();
  }
  if (const auto speeds = kraken::parse_link_speeds(text); speeds.ok()) {
    const auto again = kraken::parse_link_speeds(kraken::format_link_speeds(*speeds));
    if (!again.ok() || *again != *speeds) std::abort();
  }
  if (const auto files = kraken::parse_files_before(text); files.ok()) {
    const auto again = kraken::parse_files_before(kraken::format_files_before(*files));
    if (!again.ok() || *again != *files) std::abort();
    for (const auto& [path, file] : *files) {
      if (!path.starts_with("/etc/")) std::abort();
    }
  }
  return 0;
}
