// The first byte says in how large pieces what follows comes in as an HTTP answer; however it does, the outcome is the
// same. A body that comes out is read as each of the engine's documents.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "join/engine_documents.h"

namespace {

std::optional<kraken::HttpAnswer> read(std::string_view text, std::size_t piece) {
  kraken::HttpAnswerReader reader(4096);
  while (!text.empty() && !reader.complete()) {
    const std::size_t size = std::min(piece, text.size());
    if (!reader.feed(text.substr(0, size)).ok()) return std::nullopt;
    text.remove_prefix(size);
  }
  if (!reader.complete() && !reader.end().ok()) return std::nullopt;
  return reader.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = read(text, text.size() + 1);
  const auto pieces = read(text, std::size_t{1} + data[0] % 16);
  if (whole.has_value() != pieces.has_value()) std::abort();
  if (!whole) return 0;
  if (whole->body != pieces->body || whole->status != pieces->status || whole->body.size() > 4096) std::abort();
  static_cast<void>(kraken::parse_engine_info(whole->body).ok());
  static_cast<void>(kraken::parse_swarm(whole->body).ok());
  const auto nodes = kraken::parse_swarm_nodes(whole->body);
  if (nodes.ok()) {
    for (kraken::SwarmNode node : *nodes) {
      kraken::add_labels(node, {{"a", "b"}});
      if (node.id.find('/') != std::string::npos || kraken::format_node_spec(node).empty()) std::abort();
    }
  }
  if (kraken::engine_message(*whole).find("SWMTKN") != std::string::npos) std::abort();
  return 0;
}
