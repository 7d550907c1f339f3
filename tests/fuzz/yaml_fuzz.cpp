// The first byte picks the kind of file, the rest is its text. No other file is there to be found.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/cluster_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'c': {
      const auto cluster = kraken::read_cluster_text(text, "/nonexistent/cluster.yaml", {});
      // What was taken must hold what the header promises.
      if (cluster.ok() && cluster->nodes.empty()) std::abort();
      break;
    }
    case 'p':
      static_cast<void>(kraken::check_text(kraken::SchemaKind::kProfile, text, "worker").ok());
      break;
    case 'o':
      static_cast<void>(kraken::check_text(kraken::SchemaKind::kOverlay, text, "overlay").ok());
      break;
    default:
      static_cast<void>(kraken::check_text(kraken::SchemaKind::kBase, text, "base").ok());
  }
  return 0;
}
