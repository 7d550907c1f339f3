// A record that is taken must be valid, must come back as it was written, and must have a stable /etc/hosts.
#include <cstdint>
#include <cstdlib>

#include "contract/hosts_file.h"
#include "contract/node_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto record = kraken::parse_node_record(text);
  if (!record.ok()) return 0;
  if (!kraken::check_node_record(*record).ok()) std::abort();
  const auto again = kraken::parse_node_record(kraken::format_node_record(*record));
  if (!again.ok() || *again != *record) std::abort();
  const std::string hosts = kraken::managed_hosts(text, *record);
  if (kraken::managed_hosts(hosts, *record) != hosts) std::abort();
  return 0;
}
