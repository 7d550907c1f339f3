// An encrypted secret's file that is taken asks for a cost that is borne, and comes back as it was written. It is
// opened only where that is cheap.
#include <cstdint>
#include <cstdlib>

#include "base/text.h"
#include "cluster/sealed_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto file = kraken::parse_sealed_file(text);
  if (!file.ok()) return 0;
  if (!kraken::is_sealed_file(text) || !kraken::is_bearable(file->cost)) std::abort();
  const auto again = kraken::parse_sealed_file(kraken::format_sealed_file(*file));
  if (!again.ok() || *again != *file) std::abort();
  const bool is_cheap = file->cost.log2_n == 10 && file->cost.r * file->cost.p <= 4;
  if (is_cheap && !kraken::open_sealed_file(*file, kraken::as_bytes("passphrase")).ok()) std::abort();
  return 0;
}
