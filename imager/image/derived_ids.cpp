#include "image/derived_ids.h"

#include <string>

#include "base/endian.h"
#include "base/text.h"
#include "crypto/digest.h"

namespace kraken {

std::uint32_t derived_disk_id(std::string_view cluster, std::uint32_t node_id, std::string_view base_sha256) {
  std::string text = "kraken disk id";
  for (const std::string& part : {std::string(cluster), std::to_string(node_id), std::string(base_sha256)}) {
    text += '\0';
    text += part;
  }
  const std::uint32_t id = read_le<std::uint32_t>(sha256(as_bytes(text)), 0).value_or(0);
  return id == 0 ? 1 : id;
}

}  // namespace kraken
