// Whether a text is UTF-8 (RFC 3629), and what else keeps it from being a configuration file.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace kraken {

// The offset of the first byte that is no UTF-8 (RFC 3629 section 4: no overlong form, no surrogate, at most U+10FFFF).
std::optional<std::size_t> find_broken_utf8(std::string_view text);

}  // namespace kraken
