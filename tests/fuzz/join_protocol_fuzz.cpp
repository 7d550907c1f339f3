// A message that is taken comes back as it was written, as a question and as an answer; a frame never says more than it
// may.
#include <cstdint>
#include <cstdlib>

#include "join/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto framed = kraken::framed_size(text, kraken::kMaxQuestion);
  if (framed.ok() && (*framed == 0 || *framed > kraken::kMaxQuestion)) std::abort();
  const auto question = kraken::parse_question(text);
  if (question.ok()) {
    const auto again = kraken::parse_question(kraken::format_question(*question));
    if (!again.ok() || *again != *question) std::abort();
  }
  const auto answer = kraken::parse_answer(text);
  if (answer.ok()) {
    const auto again = kraken::parse_answer(kraken::format_answer(*answer));
    if (!again.ok() || again->kind != answer->kind || again->token != answer->token) std::abort();
  }
  return 0;
}
