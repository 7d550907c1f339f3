// A journal that is taken must come back as it was written, and stay one whatever is noted in it.
#include <cstdint>
#include <cstdlib>

#include "journal/journal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto journal = kraken::parse_journal(text);
  if (!journal.ok()) return 0;
  const auto again = kraken::parse_journal(kraken::format_journal(*journal));
  if (!again.ok() || *again != *journal) std::abort();
  for (const auto& entry : std::vector(journal->entries())) {
    journal->note_failed(entry.step);
    journal->note_waited(entry.step);
  }
  if (!kraken::parse_journal(kraken::format_journal(*journal)).ok()) std::abort();
  return 0;
}
