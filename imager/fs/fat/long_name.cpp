#include "fs/fat/long_name.h"

#include <algorithm>

#include "fs/fat/name_text.h"

namespace kraken::fat {

namespace {

constexpr std::uint8_t kMaxParts = 20;  // 255 units

// What may be taken for a name: a slash or ".." in it would lead a reader of paths astray.
bool is_usable(const std::u16string& text) {
  const bool is_dots = text == u"." || text == u"..";
  return !text.empty() && text.size() <= 255 && !is_dots && std::ranges::all_of(text, is_long_name_char) &&
         to_utf8(text).has_value();
}

}  // namespace

void LongNameReader::add(const LongNamePart& part, std::size_t slot) {
  if (part.is_last) {
    drop();
    if (part.ordinal == 0 || part.ordinal > kMaxParts) return;
    first_slot_ = slot;
    checksum_ = part.checksum;
  } else if (!has_parts() || part.ordinal == 0 || part.ordinal != next_ordinal_ || part.checksum != checksum_) {
    drop();
    return;
  }
  text_.insert(text_.begin(), part.units.begin(), part.units.end());
  next_ordinal_ = static_cast<std::uint8_t>(part.ordinal - 1);
}

std::optional<LongName> LongNameReader::finish(std::uint8_t checksum) {
  if (!has_parts() || next_ordinal_ != 0 || checksum != checksum_) return std::nullopt;
  LongName name{first_slot_, text_.substr(0, text_.find(u'\0'))};
  if (!is_usable(name.text)) name.text.clear();
  return name;
}

void LongNameReader::drop() {
  text_.clear();
  next_ordinal_ = 0;
}

}  // namespace kraken::fat
